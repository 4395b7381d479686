/*
 * pwm.h - driver 0x10: pins that are on for a share of the time, each for one process at a time.
 * ABI: docs/syscalls/00010_pwm.md.
 */
#ifndef KERNEL_CAPSULES_PWM_H
#define KERNEL_CAPSULES_PWM_H

#include "kernel/capsule/driver.h"
#include "kernel/hil/list.h"
#include "kernel/hil/pwm.h"

#define PWM_DRIVER_PINS_MAX 4u

struct pwm_driver {
    struct hil_pwm_list pins;
    struct process_id owners[PWM_DRIVER_PINS_MAX]; /* who has started it; none: it is stopped */
};

extern const struct driver_ops pwm_driver_ops;

/* At most PWM_DRIVER_PINS_MAX pins; more are not used. */
void pwm_init(struct pwm_driver *driver, struct hil_pwm_list pins);

#endif
