/*
 * temperature.h - driver 0x60000: the chip's temperature. One measurement answers every process
 * that waits. ABI: docs/syscalls/60000_temperature.md.
 */
#ifndef KERNEL_CAPSULES_TEMPERATURE_H
#define KERNEL_CAPSULES_TEMPERATURE_H

#include "kernel/capsule/driver.h"
#include "kernel/hil/temperature.h"

struct temperature_driver {
    const struct hil_temperature *sensor; /* borrowed for ever */
    struct hil_temperature_client client;
};

extern const struct driver_ops temperature_driver_ops;

/* Becomes the client of `sensor`, which nobody else may use. */
void temperature_init(struct temperature_driver *temperature, const struct hil_temperature *sensor);

#endif
