/*
 * humidity.h - driver 0x60001: the board's hygrometer. ABI: docs/syscalls/60001_humidity.md.
 */
#ifndef KERNEL_CAPSULES_HUMIDITY_H
#define KERNEL_CAPSULES_HUMIDITY_H

#include "kernel/capsules/sensor.h"

/* self: struct sensor_driver, set up by sensor_init with a sensor that measures hundredths of a
 * percent. */
extern const struct driver_ops humidity_driver_ops;

#endif
