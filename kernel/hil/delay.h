/*
 * delay.h - "call me in so many microseconds": for devices that want to be left alone a while. One
 * delay at a time; longer than asked for, never shorter.
 */
#ifndef KERNEL_HIL_DELAY_H
#define KERNEL_HIL_DELAY_H

#include <stdint.h>

/* Whom to call, from the kernel's main loop. May start the next. */
struct hil_delay_client {
    void (*elapsed)(void *self);
    void *self;
};

struct hil_delay_ops {
    /* At most 10 seconds. One under way is forgotten. */
    void (*start)(void *self, uint32_t microseconds);
    /* `client` (borrowed for ever) gets the calls from now on. */
    void (*set_client)(void *self, const struct hil_delay_client *client);
};

struct hil_delay {
    const struct hil_delay_ops *ops;
    void *self;
};

#endif
