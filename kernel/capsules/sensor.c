#include "kernel/capsules/sensor.h"

#include "kernel/capsule/manifest.h"

CAPSULE(sensor, .needs = {SENSOR});

command_return sensor_read(BORROWED const struct sensor_driver *driver,
                           BORROWED struct sensor_process *process)
{
    if (process->waiting) {
        return command_error(K_EBUSY);
    }
    int status = hil_sensor_measure(driver->sensor);
    /* A measurement under way is as good as one of its own. */
    process->waiting = status == K_OK || status == K_EBUSY;
    return process->waiting ? command_success() : command_error(status);
}

bool sensor_take_waiting(BORROWED struct sensor_process *process)
{
    bool waited = process->waiting;
    process->waiting = false;
    return waited;
}
