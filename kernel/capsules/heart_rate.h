/*
 * heart_rate.h - driver 0x80060000: the light of a heart-rate sensor, and what comes back of it.
 * ABI: docs/syscalls/80060000_heart_rate.md.
 */
#ifndef KERNEL_CAPSULES_HEART_RATE_H
#define KERNEL_CAPSULES_HEART_RATE_H

#include "kernel/capsule/driver.h"
#include "kernel/hil/delay.h"
#include "kernel/hil/pulse.h"

struct heart_rate_driver {
    const struct hil_pulse *pulse; /* borrowed for ever */
    const struct hil_delay *delay; /* borrowed for ever */
    struct hil_pulse_client pulse_client;
    struct hil_delay_client delay_client;
};

extern const struct driver_ops heart_rate_driver_ops;

/* Becomes the client of `pulse` and `delay`, which nobody else may use. */
void heart_rate_init(struct heart_rate_driver *driver, const struct hil_pulse *pulse,
                     const struct hil_delay *delay);

#endif
