/*
 * adc.h - driver 0x5: voltages at the board's analogue inputs, one sample at a time, for which
 * processes take turns, or many at a rate, for one process. ABI: docs/syscalls/00005_adc.md.
 */
#ifndef KERNEL_CAPSULES_ADC_H
#define KERNEL_CAPSULES_ADC_H

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/hil/adc.h"

struct adc_driver {
    const struct hil_adc *adc;  /* borrowed for ever */
    struct process_id sampling; /* for whom a single one; none: there is none */
    bool cancelled;             /* and nobody wants that any more */

    bool running; /* somebody samples at a rate; not yet: single samples come first */
    uint8_t mode; /* ABI_ADC_..., ABI_ADC_SINGLE_SAMPLE: nobody does */
    uint8_t channel;
    uint8_t buffer;          /* which one is being filled */
    struct process_id owner; /* who samples at a rate */
    uint32_t frequency_hz;
    uint32_t samples; /* that the buffer has */

    struct hil_adc_client client;
    struct deferred_call deferred;
};

extern const struct driver_ops adc_driver_ops;

/* Becomes the client of `adc`, which nobody else may use. */
void adc_init(struct adc_driver *driver, const struct hil_adc *adc);

#endif
