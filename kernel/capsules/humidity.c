#include "kernel/capsules/humidity.h"

#include "kernel/capsule/grant.h"

CAPSULE(humidity, .needs = {GRANT, SENSOR_DRIVER});

GRANT(humidity_grant, struct sensor_process, ABI_SENSOR_UPCALLS, 0, 0);

const struct driver_ops humidity_driver_ops = {
    .number = ABI_DRIVER_HUMIDITY,
    .command = sensor_command,
    .grant = &humidity_grant,
    .owner = &this_capsule,
};
