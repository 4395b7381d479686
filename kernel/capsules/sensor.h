/*
 * sensor.h - what the drivers temperature, humidity and ambient light have in common: one
 * measurement answers every process that waits. No driver of its own.
 */
#ifndef KERNEL_CAPSULES_SENSOR_H
#define KERNEL_CAPSULES_SENSOR_H

#include <stdbool.h>

#include "kernel/capsule/driver.h"
#include "kernel/hil/sensor.h"

/* What each of those drivers keeps for a process: the type of its grant. */
struct sensor_process {
    bool waiting;
};

struct sensor_driver {
    const struct hil_sensor *sensor; /* borrowed for ever */
    const struct grant *grant;       /* the driver's, of struct sensor_process */
    struct hil_sensor_client client;
};

/* For driver_ops.command. self: struct sensor_driver. */
struct command_return sensor_command(void *self, struct process_id id, uint32_t command,
                                     uint32_t argument0, uint32_t argument1);

/* `ops` are those of the driver that it is to be. Becomes the client of `sensor`, which nobody else
 * may use. */
void sensor_init(struct sensor_driver *driver, const struct driver_ops *ops,
                 const struct hil_sensor *sensor);

#endif
