/*
 * adc.h - an analogue-to-digital converter with several inputs, one conversion at a time, by itself
 * or at a rate.
 */
#ifndef KERNEL_HIL_ADC_H
#define KERNEL_HIL_ADC_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

/* Whom to call, from the kernel's main loop, with 0 .. 2^resolution_bits - 1. May ask again, or
 * stop. */
struct hil_adc_client {
    PRIVATE void (*sampled)(void *self, uint32_t value);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_adc_ops {
    PRIVATE int (*sample)(void *self, uint32_t channel);
    PRIVATE void (*set_client)(void *self, const struct hil_adc_client *client);
    PRIVATE int (*repeat)(void *self, uint32_t channel, uint32_t frequency_hz, uint32_t batch);
    PRIVATE void (*stop)(void *self);
};

struct hil_adc {
    PRIVATE const struct hil_adc_ops *ops;
    PRIVATE void *self;
    uint32_t channel_count;
    uint32_t resolution_bits;
    uint32_t reference_mv;     /* what the value 2^resolution_bits would stand for */
    uint32_t frequency_max_hz; /* of hil_adc_repeat */
};

/* Starts one conversion of that channel; `sampled` follows. K_EBUSY while one is under way,
 * K_EINVAL: no such channel. */
static inline int hil_adc_sample(BORROWED const struct hil_adc *adc, uint32_t channel)
{
    return HIL_CALL(adc, sample, channel);
}

/* Converts that channel `frequency_hz` times a second until it is stopped, first after one period.
 * `sampled` follows for each, for up to `batch` (not 0; fewer if the driver likes) together. When
 * the main loop is late by more than a batch, the oldest are lost. K_EBUSY, K_EINVAL: as above;
 * frequency_hz is 1 .. frequency_max_hz. */
static inline int hil_adc_repeat(BORROWED const struct hil_adc *adc, uint32_t channel,
                                 uint32_t frequency_hz, uint32_t batch)
{
    return HIL_CALL(adc, repeat, channel, frequency_hz, batch);
}

/* Ends what hil_adc_repeat began; `sampled` comes no more. Nothing: there is none. */
static inline void hil_adc_stop(BORROWED const struct hil_adc *adc)
{
    HIL_CALL(adc, stop);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_adc_set_client(BORROWED const struct hil_adc *adc,
                                      const struct hil_adc_client *client)
{
    HIL_CALL(adc, set_client, client);
}

/* For drivers. NULL: nobody is told. */
static inline void hil_adc_client_sampled(BORROWED const struct hil_adc_client *client,
                                          uint32_t value)
{
    GUARD_TELL(client, sampled, value);
}

#endif
