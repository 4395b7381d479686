/*
 * saadc.h - the analogue-to-digital converter: 12 bits, single-ended, 0 to 3.6 V, one conversion at
 * a time. Product specification, SAADC.
 */
#ifndef KERNEL_CHIPS_NRF52_SAADC_H
#define KERNEL_CHIPS_NRF52_SAADC_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/adc.h"

#define NRF52_SAADC_RESOLUTION_BITS 12u
#define NRF52_SAADC_REFERENCE_MV    3600u /* 0.6 V, divided by 6 */

/* Inputs, as PSELP has them. */
#define NRF52_SAADC_AIN(n) ((n) + 1u)
#define NRF52_SAADC_VDD    9u

struct nrf52_saadc {
    const uint8_t *inputs; /* of the channels; borrowed for ever */
    uint32_t count;
    const struct hil_adc_client *client;
    int16_t result; /* the DMA's while busy; noise can make it negative */
    bool busy;
};

extern const struct hil_adc_ops nrf52_saadc_ops; /* self: struct nrf52_saadc */

/* Channel i of the HIL is inputs[i], a NRF52_SAADC_... value. */
void nrf52_saadc_init(struct nrf52_saadc *saadc, const uint8_t *inputs, uint32_t count);

/* The SAADC interrupt. self: struct nrf52_saadc. */
void nrf52_saadc_serve(void *self);

#endif
