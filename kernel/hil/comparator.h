/*
 * comparator.h - voltages that are compared, two by two: channels, each with a positive and a
 * negative input. One channel at a time is watched.
 */
#ifndef KERNEL_HIL_COMPARATOR_H
#define KERNEL_HIL_COMPARATOR_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

/* Whom to call, from the kernel's main loop: the channel's positive input has risen above the
 * negative one. Rises that follow each other faster than the kernel looks are one call. */
struct hil_comparator_client {
    PRIVATE void (*rose)(void *self, uint32_t channel);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_comparator_ops {
    PRIVATE int (*compare)(void *self, uint32_t channel);
    PRIVATE int (*watch)(void *self, uint32_t channel);
    PRIVATE void (*unwatch)(void *self);
    PRIVATE void (*set_client)(void *self, const struct hil_comparator_client *client);
};

struct hil_comparator {
    PRIVATE const struct hil_comparator_ops *ops;
    PRIVATE void *self;
    READ_ONLY uint32_t count; /* channels */
};

/* 1: the positive input is above the negative one now, else 0. Takes some microseconds. K_EINVAL:
 * no such channel; K_EBUSY: another one is watched; K_EFAIL: the comparator does not start. */
static inline int hil_comparator_compare(BORROWED const struct hil_comparator *comparator,
                                         uint32_t channel)
{
    return HIL_CALL(comparator, compare, channel);
}

/* The client is told of each rise from now on. K_EINVAL, K_EBUSY as above. */
static inline int hil_comparator_watch(BORROWED const struct hil_comparator *comparator,
                                       uint32_t channel)
{
    return HIL_CALL(comparator, watch, channel);
}

/* No more, of whichever channel. */
static inline void hil_comparator_unwatch(BORROWED const struct hil_comparator *comparator)
{
    HIL_CALL(comparator, unwatch);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_comparator_set_client(BORROWED const struct hil_comparator *comparator,
                                             const struct hil_comparator_client *client)
{
    HIL_CALL(comparator, set_client, client);
}

/* For drivers. NULL: nobody is told. */
static inline void hil_comparator_client_rose(BORROWED const struct hil_comparator_client *client,
                                              uint32_t channel)
{
    GUARD_TELL(client, rose, channel);
}

#endif
