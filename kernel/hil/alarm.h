/*
 * alarm.h - a free-running counter that can call back at one value. The counter is `width_bits`
 * wide (1..32), counts up `frequency_hz` times a second and wraps to 0; all ticks here are values
 * of that counter, so differences are taken modulo 2^width_bits.
 */
#ifndef KERNEL_HIL_ALARM_H
#define KERNEL_HIL_ALARM_H

#include <stdbool.h>
#include <stdint.h>

/* Whom to call, from the kernel's main loop. May set the alarm again. */
struct hil_alarm_client {
    void (*fired)(void *self);
    void *self;
};

struct hil_alarm_ops {
    uint32_t (*now)(void *self);
    /* Fires once, as soon as `dt` ticks or more have passed since `reference`, which is now or in
     * the past; at once (but not from inside this call) when that is already so. An alarm is never
     * missed and never early; set again, the earlier one is forgotten. dt < 2^width_bits. */
    void (*set)(void *self, uint32_t reference, uint32_t dt);
    void (*disarm)(void *self);
    bool (*is_armed)(void *self);
    /* `client` (borrowed for ever) gets the calls from now on. */
    void (*set_client)(void *self, const struct hil_alarm_client *client);
};

struct hil_alarm {
    const struct hil_alarm_ops *ops;
    void *self;
    uint32_t frequency_hz;
    uint32_t width_bits;
};

#endif
