/*
 * adc.h - an analogue-to-digital converter with several inputs, one conversion at a time.
 */
#ifndef KERNEL_HIL_ADC_H
#define KERNEL_HIL_ADC_H

#include <stdint.h>

/* Whom to call, from the kernel's main loop, with 0 .. 2^resolution_bits - 1. May ask again. */
struct hil_adc_client {
    void (*sampled)(void *self, uint32_t value);
    void *self;
};

struct hil_adc_ops {
    /* Starts one conversion of that channel; `sampled` follows. K_EBUSY while one is under way,
     * K_EINVAL: no such channel. */
    int (*sample)(void *self, uint32_t channel);
    /* `client` (borrowed for ever) gets the calls from now on. */
    void (*set_client)(void *self, const struct hil_adc_client *client);
};

struct hil_adc {
    const struct hil_adc_ops *ops;
    void *self;
    uint32_t channel_count;
    uint32_t resolution_bits;
    uint32_t reference_mv; /* what the value 2^resolution_bits would stand for */
};

#endif
