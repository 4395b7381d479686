/*
 * buzzer.h - driver 0x90000: tones of a piezo that a pulse drives, one at a time; those of other
 * processes wait. ABI: docs/syscalls/90000_buzzer.md.
 */
#ifndef KERNEL_CAPSULES_BUZZER_H
#define KERNEL_CAPSULES_BUZZER_H

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/hil/delay.h"
#include "kernel/hil/pwm.h"

struct buzzer_driver {
    const struct hil_pwm *pwm;
    const struct hil_delay *delay;
    struct hil_delay_client client;
    struct deferred_call deferred;
    struct process_id active; /* whose tone it is, or was the last */
    bool sounding;
    bool stopping; /* it has been stopped, and its process is to be told */
};

extern const struct driver_ops buzzer_driver_ops;

/* Becomes the user of the pulse and the client of the delay. */
void buzzer_init(struct buzzer_driver *driver, const struct hil_pwm *pwm,
                 const struct hil_delay *delay);

#endif
