#include "kernel/capsules/temperature.h"

#include "kernel/capsule/grant.h"

CAPSULE(temperature, .needs = {GRANT, SENSOR, SENSOR_DRIVER});

GRANT(temperature_grant, struct sensor_process, ABI_SENSOR_UPCALLS, 0, 0);

static command_return temperature_command(void *self, struct process_id id, uint32_t command,
                                          uint32_t unused0, uint32_t unused1)
{
    struct sensor_driver *driver = self;
    (void)unused0;
    (void)unused1;
    if (command == ABI_COMMAND_EXISTS) {
        return command_success();
    }
    if (command != ABI_SENSOR_READ) {
        return command_error(K_ENOSUPPORT);
    }
    command_return result = command_success();
    grant_enter (temperature_grant, id, p) {
        result = sensor_read(driver, p);
    }
    return grant_answer(result);
}

static void temperature_measured(void *self, int status, int32_t value)
{
    (void)self;
    grant_each (temperature_grant, id, p) {
        if (sensor_take_waiting(p)) {
            (void)upcall_schedule(&temperature_grant, id, ABI_SENSOR_UPCALL_READY, (uint32_t)value,
                                  (uint32_t)-status, 0);
        }
    }
}

const struct driver_ops temperature_driver_ops = {
    .number = ABI_DRIVER_TEMPERATURE,
    .command = temperature_command,
    .grant = &temperature_grant,
    .owner = &this_capsule,
};

void temperature_init(struct sensor_driver *driver, const struct hil_sensor *sensor)
{
    *driver = (struct sensor_driver){
        .sensor = sensor,
        .client = {temperature_measured, driver, &this_capsule},
    };
    hil_sensor_set_client(sensor, &driver->client);
}
