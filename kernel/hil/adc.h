/*
 * adc.h - an analogue-to-digital converter with several inputs, one conversion at a time.
 */
#ifndef KERNEL_HIL_ADC_H
#define KERNEL_HIL_ADC_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

/* Whom to call, from the kernel's main loop, with 0 .. 2^resolution_bits - 1. May ask again. */
struct hil_adc_client {
    PRIVATE void (*sampled)(void *self, uint32_t value);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_adc_ops {
    PRIVATE int (*sample)(void *self, uint32_t channel);
    PRIVATE void (*set_client)(void *self, const struct hil_adc_client *client);
};

struct hil_adc {
    PRIVATE const struct hil_adc_ops *ops;
    PRIVATE void *self;
    uint32_t channel_count;
    uint32_t resolution_bits;
    uint32_t reference_mv; /* what the value 2^resolution_bits would stand for */
};

/* Starts one conversion of that channel; `sampled` follows. K_EBUSY while one is under way,
 * K_EINVAL: no such channel. */
static inline int hil_adc_sample(BORROWED const struct hil_adc *adc, uint32_t channel)
{
    return adc->ops->sample(adc->self, channel);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_adc_set_client(BORROWED const struct hil_adc *adc,
                                      const struct hil_adc_client *client)
{
    adc->ops->set_client(adc->self, client);
}

/* For drivers. NULL: nobody is told. */
static inline void hil_adc_client_sampled(BORROWED const struct hil_adc_client *client,
                                          uint32_t value)
{
    if (client != NULL) {
        GUARD_CALL_VOID(client->owner, client->sampled, client->self, value);
    }
}

#endif
