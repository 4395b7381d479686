/*
 * alarm.h - a free-running counter that can call back at one value. The counter is `width_bits`
 * wide (1..32), counts up `frequency_hz` times a second and wraps to 0; all ticks here are values
 * of that counter, so differences are taken modulo 2^width_bits.
 */
#ifndef KERNEL_HIL_ALARM_H
#define KERNEL_HIL_ALARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

/* Whom to call, from the kernel's main loop. May set the alarm again. */
struct hil_alarm_client {
    PRIVATE void (*fired)(void *self);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

/* Of a chip's driver; what they do is said at the functions below. */
struct hil_alarm_ops {
    PRIVATE uint32_t (*now)(void *self);
    PRIVATE void (*set)(void *self, uint32_t reference, uint32_t dt);
    PRIVATE void (*disarm)(void *self);
    PRIVATE bool (*is_armed)(void *self);
    PRIVATE void (*set_client)(void *self, const struct hil_alarm_client *client);
};

struct hil_alarm {
    PRIVATE const struct hil_alarm_ops *ops;
    PRIVATE void *self;
    READ_ONLY uint32_t frequency_hz;
    READ_ONLY uint32_t width_bits;
};

static inline uint32_t hil_alarm_now(BORROWED const struct hil_alarm *alarm)
{
    return HIL_CALL(alarm, now);
}

/* Fires once, as soon as `dt` ticks or more have passed since `reference`, which is now or in the
 * past; at once (but not from inside this call) when that is already so. An alarm is never missed
 * and never early; set again, the earlier one is forgotten. dt < 2^width_bits. */
static inline void hil_alarm_set(BORROWED const struct hil_alarm *alarm, uint32_t reference,
                                 uint32_t dt)
{
    HIL_CALL(alarm, set, reference, dt);
}

static inline void hil_alarm_disarm(BORROWED const struct hil_alarm *alarm)
{
    HIL_CALL(alarm, disarm);
}

static inline bool hil_alarm_is_armed(BORROWED const struct hil_alarm *alarm)
{
    return HIL_CALL(alarm, is_armed);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_alarm_set_client(BORROWED const struct hil_alarm *alarm,
                                        const struct hil_alarm_client *client)
{
    HIL_CALL(alarm, set_client, client);
}

/* For drivers. NULL: nobody is told. */
static inline void hil_alarm_client_fired(BORROWED const struct hil_alarm_client *client)
{
    GUARD_TELL(client, fired);
}

#endif
