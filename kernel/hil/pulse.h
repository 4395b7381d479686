/*
 * pulse.h - an optical heart-rate sensor: a light that shines into the skin, and what comes back of
 * it. With each beat of the heart a little less does.
 */
#ifndef KERNEL_HIL_PULSE_H
#define KERNEL_HIL_PULSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

/* Whom to call, from the kernel's main loop. May ask again. */
struct hil_pulse_client {
    /* What came back of its own light and what comes from elsewhere, in steps of the sensor's.
     * K_OK, or what went wrong, and both are 0 then. */
    PRIVATE void (*measured)(void *self, int status, uint32_t reflected, uint32_t ambient);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_pulse_ops {
    PRIVATE int (*set_power)(void *self, bool on);
    PRIVATE int (*measure)(void *self);
    PRIVATE void (*set_client)(void *self, const struct hil_pulse_client *client);
};

struct hil_pulse {
    PRIVATE const struct hil_pulse_ops *ops;
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* of who offers it; NULL: trusted code */
};

/* Light on or off; off at first. Takes effect soon; one that the sensor does not take is made again
 * with the next measurement. */
static inline void hil_pulse_set_power(BORROWED const struct hil_pulse *pulse, bool on)
{
    (void)GUARD_OP(pulse, set_power, on);
}

/* Fetches the latest sample; `measured` follows. K_EOFF: the light is off. K_EBUSY: one is under
 * way. */
static inline int hil_pulse_measure(BORROWED const struct hil_pulse *pulse)
{
    return GUARD_OP(pulse, measure);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_pulse_set_client(BORROWED const struct hil_pulse *pulse,
                                        const struct hil_pulse_client *client)
{
    GUARD_OP_VOID(pulse, set_client, client);
}

/* For who offers one. NULL: nobody is told. */
static inline void hil_pulse_client_measured(BORROWED const struct hil_pulse_client *client,
                                             int status, uint32_t reflected, uint32_t ambient)
{
    GUARD_TELL(client, measured, status, reflected, ambient);
}

#endif
