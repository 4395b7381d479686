/*
 * saadc.h - the analogue-to-digital converter: 12 bits, single-ended, 0 to 3.6 V, one conversion at
 * a time, or one at each period of TIMER1, which starts it by PPI channel 0, so that no sample
 * waits for the CPU. Product specification, SAADC, TIMER, PPI.
 */
#ifndef KERNEL_CHIPS_NRF52_SAADC_H
#define KERNEL_CHIPS_NRF52_SAADC_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/adc.h"

#define NRF52_SAADC_RESOLUTION_BITS 12u
#define NRF52_SAADC_REFERENCE_MV    3600u /* 0.6 V, divided by 6 */
/* A sample takes 42 us, acquisition and conversion. */
#define NRF52_SAADC_MAX_HZ  20000u
#define NRF52_SAADC_SAMPLES 8u /* of a batch */

/* Inputs, as PSELP has them. */
#define NRF52_SAADC_AIN(n) ((n) + 1u)
#define NRF52_SAADC_VDD    9u

struct nrf52_saadc {
    const uint8_t *inputs; /* of the channels; borrowed for ever */
    uint32_t count;
    const struct hil_adc_client *client;
    uint8_t which, batch;
    bool busy, repeating;
    /* The DMA's while busy; noise can make one negative. At a rate it fills one half after the
     * other ("which"), each up to `batch`. */
    int16_t results[2][NRF52_SAADC_SAMPLES];
};

extern const struct hil_adc_ops nrf52_saadc_ops; /* self: struct nrf52_saadc */

/* Channel i of the HIL is inputs[i], a NRF52_SAADC_... value. */
void nrf52_saadc_init(struct nrf52_saadc *saadc, const uint8_t *inputs, uint32_t count);

/* The SAADC interrupt. self: struct nrf52_saadc. */
void nrf52_saadc_serve(void *self);

/* Samples no more at a rate when the client's owner is dead. */
void nrf52_saadc_stop_dead(void *self);

#endif
