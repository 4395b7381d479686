/*
 * rng.h - true random bytes, with the hardware's bias correction on.
 */
#ifndef KERNEL_CHIPS_NRF52_RNG_H
#define KERNEL_CHIPS_NRF52_RNG_H

#include <stdint.h>

#include "kernel/hil/entropy.h"

struct nrf52_rng {
    struct dma_buffer *buffer; /* claimed; NULL: idle */
    struct slice part;         /* of it, to be filled */
    uint32_t filled;
    const struct hil_entropy_client *client;
};

extern const struct hil_entropy_ops nrf52_rng_ops; /* self: struct nrf52_rng */

/* The RNG interrupt. self: struct nrf52_rng. */
void nrf52_rng_serve(void *self);

/* As struct nrf52_interrupt has it. */
void nrf52_rng_stop_dead(void *self);

#endif
