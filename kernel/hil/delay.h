/*
 * delay.h - "call me in so many microseconds": for devices that want to be left alone a while. One
 * delay at a time; longer than asked for, never shorter.
 */
#ifndef KERNEL_HIL_DELAY_H
#define KERNEL_HIL_DELAY_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

/* Whom to call, from the kernel's main loop. May start the next. */
struct hil_delay_client {
    PRIVATE void (*elapsed)(void *self);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_delay_ops {
    PRIVATE void (*start)(void *self, uint32_t microseconds);
    PRIVATE void (*set_client)(void *self, const struct hil_delay_client *client);
    PRIVATE uint32_t (*left)(void *self);
};

struct hil_delay {
    PRIVATE const struct hil_delay_ops *ops;
    PRIVATE void *self;
};

/* At most 10 seconds. One under way is forgotten. */
static inline void hil_delay_start(BORROWED const struct hil_delay *delay, uint32_t microseconds)
{
    HIL_CALL(delay, start, microseconds);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_delay_set_client(BORROWED const struct hil_delay *delay,
                                        const struct hil_delay_client *client)
{
    HIL_CALL(delay, set_client, client);
}

/* Microseconds of the one under way that are not over yet; 0: there is none, or it is due. */
static inline uint32_t hil_delay_left(BORROWED const struct hil_delay *delay)
{
    return HIL_CALL(delay, left);
}

/* For drivers. NULL: nobody is told. */
static inline void hil_delay_client_elapsed(BORROWED const struct hil_delay_client *client)
{
    GUARD_TELL(client, elapsed);
}

#endif
