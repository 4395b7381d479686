/*
 * ambient_light.h - driver 0x60002: the board's light meter. ABI:
 * docs/syscalls/60002_ambient_light.md.
 */
#ifndef KERNEL_CAPSULES_AMBIENT_LIGHT_H
#define KERNEL_CAPSULES_AMBIENT_LIGHT_H

#include "kernel/capsules/sensor.h"

/* self: struct sensor_driver, set up by sensor_init with a sensor that measures lux. */
extern const struct driver_ops ambient_light_driver_ops;

#endif
