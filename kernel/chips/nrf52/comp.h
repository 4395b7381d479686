/*
 * comp.h - the comparator, COMP, between two analogue inputs of the chip. Product specification,
 * COMP. On nRF52832 the negative one is AIN0 or AIN1.
 */
#ifndef KERNEL_CHIPS_NRF52_COMP_H
#define KERNEL_CHIPS_NRF52_COMP_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/comparator.h"

struct nrf52_comp_channel {
    uint8_t positive, negative; /* n of AINn */
};

struct nrf52_comp {
    const struct nrf52_comp_channel *channels; /* borrowed for ever */
    uint32_t count;
    const struct hil_comparator_client *client;
    bool watching;
    uint32_t watched; /* channel */
};

extern const struct hil_comparator_ops nrf52_comp_ops; /* self: struct nrf52_comp */

void nrf52_comp_init(struct nrf52_comp *comp, const struct nrf52_comp_channel *channels,
                     uint32_t count);

/* Its interrupt. self: struct nrf52_comp. */
void nrf52_comp_serve(void *self);

/* As struct nrf52_interrupt has it. */
void nrf52_comp_stop_dead(void *self);

#endif
