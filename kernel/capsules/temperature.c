#include "kernel/capsules/temperature.h"

#include "kernel/capsule/grant.h"

CAPSULE(temperature, ABI_DRIVER_TEMPERATURE, "hil/temperature");

struct temperature_process {
    bool waiting;
};
GRANT(temperature_grant, struct temperature_process, ABI_TEMPERATURE_UPCALLS, 0, 0);

static struct command_return read_temperature(const struct hil_temperature *sensor,
                                              struct process_id id)
{
    bool was_waiting = false;
    grant_enter (temperature_grant, id, p) {
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
    status = sensor->ops->measure(sensor->self);
    /* A measurement under way is as good as one of its own. */
    if (status == K_OK || status == K_EBUSY) {
        return command_success();
    }
    grant_enter (temperature_grant, id, p) {
        p->waiting = false;
    }
    return command_error(status);
}

static struct command_return temperature_command(void *self, struct process_id id, uint32_t command,
                                                 uint32_t unused0, uint32_t unused1)
{
    const struct temperature_driver *driver = self;
    (void)unused0;
    (void)unused1;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_TEMPERATURE_READ:
        return read_temperature(driver->sensor, id);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

static void temperature_measured(void *self, int32_t centidegrees)
{
    (void)self;
    grant_each (temperature_grant, id, p) {
        if (p->waiting) {
            p->waiting = false;
            (void)upcall_schedule(&temperature_grant, id, ABI_TEMPERATURE_UPCALL_READY,
                                  (uint32_t)centidegrees, 0, 0);
        }
    }
}

const struct driver_ops temperature_driver_ops = {
    .number = ABI_DRIVER_TEMPERATURE,
    .command = temperature_command,
    .grant = &temperature_grant,
};

void temperature_init(struct temperature_driver *temperature, const struct hil_temperature *sensor)
{
    *temperature = (struct temperature_driver){sensor, {temperature_measured, temperature}};
    sensor->ops->set_client(sensor->self, &temperature->client);
}
