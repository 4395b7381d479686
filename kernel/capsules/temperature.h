/*
 * temperature.h - driver 0x60000: the board's thermometer. ABI: docs/syscalls/60000_temperature.md.
 */
#ifndef KERNEL_CAPSULES_TEMPERATURE_H
#define KERNEL_CAPSULES_TEMPERATURE_H

#include "kernel/capsules/sensor.h"

/* self: struct sensor_driver, set up by sensor_init with a sensor that measures hundredths of a
 * degree Celsius. */
extern const struct driver_ops temperature_driver_ops;

#endif
