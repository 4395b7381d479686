/*
 * rng.h - driver 0x40001: random bytes. Requests are served one after the other; no byte is given
 * to two processes. ABI: docs/syscalls/40001_rng.md.
 */
#ifndef KERNEL_CAPSULES_RNG_H
#define KERNEL_CAPSULES_RNG_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/hil/entropy.h"

#define RNG_PIECE_BYTES 16u

struct rng_driver {
    const struct hil_entropy *entropy; /* borrowed for ever */
    uint32_t tickets; /* given out so far: the oldest goes first, and to the back after a piece */
    uint32_t piece_length; /* bytes asked for last */
    bool filling;          /* the piece is lent */
    struct hil_entropy_client client;
    struct deferred_call deferred;
    struct dma_buffer piece;
    uint8_t bytes[RNG_PIECE_BYTES];
};

extern const struct driver_ops rng_driver_ops;

/* Becomes the client of `entropy`, which nobody else may use. */
void rng_init(struct rng_driver *rng, const struct hil_entropy *entropy);

#endif
