#include "kernel/capsules/temperature.h"

#include "kernel/capsule/grant.h"

CAPSULE(temperature, .needs = {GRANT, SENSOR_DRIVER});

GRANT(temperature_grant, struct sensor_process, ABI_SENSOR_UPCALLS, 0, 0);

const struct driver_ops temperature_driver_ops = {
    .number = ABI_DRIVER_TEMPERATURE,
    .command = sensor_command,
    .grant = &temperature_grant,
    .owner = &this_capsule,
};
