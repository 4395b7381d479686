/*
 * ambient_light.h - driver 0x60002: the board's light meter. ABI:
 * docs/syscalls/60002_ambient_light.md.
 */
#ifndef KERNEL_CAPSULES_AMBIENT_LIGHT_H
#define KERNEL_CAPSULES_AMBIENT_LIGHT_H

#include "kernel/capsules/sensor.h"

extern const struct driver_ops ambient_light_driver_ops; /* self: struct sensor_driver */

/* Becomes the client of `sensor`, which measures in lux and which nobody else may use. */
void ambient_light_init(struct sensor_driver *driver, const struct hil_sensor *sensor);

#endif
