#include "kernel/capsules/sensor.h"

#include "kernel/capsule/grant.h"

CAPSULE(sensor, .needs = {GRANT, SENSOR});

static struct command_return read_sensor(const struct sensor_driver *driver, struct process_id id)
{
    bool was_waiting = false;
    grant_enter_as (driver->grant, struct sensor_process, id, p) {
        was_waiting = p->waiting;
        p->waiting = true;
    }
    int status = grant_error();
    if (status != K_OK) {
        return command_error(status);
    }
    if (was_waiting) {
        return command_error(K_EBUSY);
    }
    status = hil_sensor_measure(driver->sensor);
    /* A measurement under way is as good as one of its own. */
    if (status == K_OK || status == K_EBUSY) {
        return command_success();
    }
    grant_enter_as (driver->grant, struct sensor_process, id, p) {
        p->waiting = false;
    }
    return command_error(status);
}

struct command_return sensor_command(void *self, struct process_id id, uint32_t command,
                                     uint32_t unused0, uint32_t unused1)
{
    const struct sensor_driver *driver = self;
    (void)unused0;
    (void)unused1;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_SENSOR_READ:
        return read_sensor(driver, id);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

static void sensor_measured(void *self, int status, int32_t value)
{
    const struct sensor_driver *driver = self;
    grant_each_as (driver->grant, struct sensor_process, id, p) {
        if (p->waiting) {
            p->waiting = false;
            (void)upcall_schedule(driver->grant, id, ABI_SENSOR_UPCALL_READY, (uint32_t)value,
                                  (uint32_t)-status, 0);
        }
    }
}

void sensor_init(struct sensor_driver *driver, const struct driver_ops *ops,
                 const struct hil_sensor *sensor)
{
    *driver = (struct sensor_driver){
        .sensor = sensor,
        .grant = ops->grant,
        .client = {sensor_measured, driver, &this_capsule},
    };
    hil_sensor_set_client(sensor, &driver->client);
}
