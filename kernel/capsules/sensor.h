/*
 * sensor.h - what the drivers temperature, humidity and ambient light have in common: one
 * measurement answers every process that waits. A library: each of them has its own grant.
 */
#ifndef KERNEL_CAPSULES_SENSOR_H
#define KERNEL_CAPSULES_SENSOR_H

#include <stdbool.h>

#include "kernel/capsule/driver.h"
#include "kernel/hil/marks.h"
#include "kernel/hil/sensor.h"

/* What each of those drivers keeps for a process: the type of its grant. */
struct sensor_process {
    bool waiting;
};

struct sensor_driver {
    const struct hil_sensor *sensor; /* borrowed for ever */
    struct hil_sensor_client client;
};

/* ABI_SENSOR_READ for the process with that state: it waits from now on. */
command_return sensor_read(BORROWED const struct sensor_driver *driver,
                           BORROWED struct sensor_process *process);

/* There is a value: whether the process has waited for it. It waits no more. */
bool sensor_take_waiting(BORROWED struct sensor_process *process);

#endif
