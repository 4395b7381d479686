/*
 * temperature.h - driver 0x60000: the board's thermometer. ABI: docs/syscalls/60000_temperature.md.
 */
#ifndef KERNEL_CAPSULES_TEMPERATURE_H
#define KERNEL_CAPSULES_TEMPERATURE_H

#include "kernel/capsules/sensor.h"

extern const struct driver_ops temperature_driver_ops; /* self: struct sensor_driver */

/* Becomes the client of `sensor`, which measures in hundredths of a degree
 * Celsius and which nobody else may use. */
void temperature_init(struct sensor_driver *driver, const struct hil_sensor *sensor);

#endif
