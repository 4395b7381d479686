/*
 * humidity.h - driver 0x60001: the board's hygrometer. ABI: docs/syscalls/60001_humidity.md.
 */
#ifndef KERNEL_CAPSULES_HUMIDITY_H
#define KERNEL_CAPSULES_HUMIDITY_H

#include "kernel/capsules/sensor.h"

extern const struct driver_ops humidity_driver_ops; /* self: struct sensor_driver */

/* Becomes the client of `sensor`, which measures in hundredths of a percent and which nobody else
 * may use. */
void humidity_init(struct sensor_driver *driver, const struct hil_sensor *sensor);

#endif
