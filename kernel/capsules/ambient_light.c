#include "kernel/capsules/ambient_light.h"

#include "kernel/capsule/grant.h"

CAPSULE(ambient_light, .needs = {GRANT, SENSOR_DRIVER});

GRANT(ambient_light_grant, struct sensor_process, ABI_SENSOR_UPCALLS, 0, 0);

const struct driver_ops ambient_light_driver_ops = {
    .number = ABI_DRIVER_AMBIENT_LIGHT,
    .command = sensor_command,
    .grant = &ambient_light_grant,
    .owner = &this_capsule,
};
