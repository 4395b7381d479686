/*
 * alarm.h - driver 0x0: one alarm per process, all of them over one hardware alarm.
 *
 * Apps see 32-bit ticks that wrap at 2^32. A counter of fewer bits is shifted left until it has 32,
 * and its frequency with it (24 bits at 32,768 Hz: 8,388,608 Hz). What an app asks for in finer
 * steps than the counter's is rounded so that no alarm is early: reference down, expiry up.
 * ABI: docs/syscalls/00000_alarm.md.
 */
#ifndef KERNEL_CAPSULES_ALARM_H
#define KERNEL_CAPSULES_ALARM_H

#include "kernel/capsule/driver.h"
#include "kernel/hil/alarm.h"

struct alarm_driver {
    const struct hil_alarm *hardware; /* borrowed for ever */
    struct hil_alarm_client client;
    uint32_t due; /* what the hardware was set for last, in its ticks */
};

extern const struct driver_ops alarm_driver_ops;

/* Becomes the client of `hardware`, which nobody else may use. */
void alarm_init(struct alarm_driver *alarm, const struct hil_alarm *hardware);

#endif
