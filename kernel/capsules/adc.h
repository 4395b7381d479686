/*
 * adc.h - driver 0x5: voltages at the board's analogue inputs, one sample at a time. Processes take
 * turns. ABI: docs/syscalls/00005_adc.md.
 */
#ifndef KERNEL_CAPSULES_ADC_H
#define KERNEL_CAPSULES_ADC_H

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/hil/adc.h"

struct adc_driver {
    const struct hil_adc *adc; /* borrowed for ever */
    struct hil_adc_client client;
    struct deferred_call deferred;
    struct process_id sampling; /* for whom; none: the converter is idle */
};

extern const struct driver_ops adc_driver_ops;

/* Becomes the client of `adc`, which nobody else may use. */
void adc_init(struct adc_driver *driver, const struct hil_adc *adc);

#endif
