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

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/driver.h"
#include "kernel/hil/alarm.h"

struct alarm_driver {
    const struct hil_alarm *hardware; /* borrowed for ever */
    uint32_t padding;                 /* bits that the counter has less than an app's, at most 30 */
    struct hil_alarm_client client;
    uint32_t due; /* what the hardware was set for last, in its ticks */
};

extern const struct driver_ops alarm_driver_ops;

/*
 * A process's alarm, in its grant. In ticks of the hardware counter. It expires `dt` after
 * `reference`; whenever the alarms are looked at, what has passed is moved from dt to reference. So
 * their sum stays what was asked for, and "how long since reference" stays far below the counter's
 * wrap-around, which would otherwise make an expired alarm of nearly 2^width look fresh.
 */
struct alarm_process {
    uint32_t reference;
    uint32_t dt; /* 0..2^width + 1; 0 once it has expired */
    bool armed;
};

/* Becomes the client of `hardware`, which nobody else may use. */
void alarm_init(struct alarm_driver *alarm, const struct hil_alarm *hardware);

#endif
