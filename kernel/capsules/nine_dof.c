#include "kernel/capsules/nine_dof.h"

#include "kernel/capsule/grant.h"

CAPSULE(nine_dof, .needs = {ACCELEROMETER, GRANT});

struct nine_dof_process {
    bool waiting;
};
GRANT(nine_dof_grant, struct nine_dof_process, ABI_NINE_DOF_UPCALLS, 0, 0);

static command_return read_acceleration(const struct nine_dof_driver *driver, struct process_id id)
{
    bool was_waiting = false;
    grant_enter (nine_dof_grant, id, p) {
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
    status = hil_accelerometer_measure(driver->accelerometer);
    /* A measurement under way is as good as one of its own. */
    if (status == K_OK || status == K_EBUSY) {
        return command_success();
    }
    grant_enter (nine_dof_grant, id, p) {
        p->waiting = false;
    }
    return command_error(status);
}

static command_return nine_dof_command(void *self, struct process_id id, uint32_t command,
                                       uint32_t unused0, uint32_t unused1)
{
    const struct nine_dof_driver *driver = self;
    (void)unused0;
    (void)unused1;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_NINE_DOF_ACCELERATION:
        return read_acceleration(driver, id);
    case ABI_NINE_DOF_MAGNETIC:
    case ABI_NINE_DOF_ROTATION:
        return command_error(K_ENODEVICE);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

/* Tock's upcall has no room for a status: three zeros stand for it. */
static void nine_dof_measured(void *self, int unused_status, struct hil_acceleration acceleration)
{
    (void)self;
    (void)unused_status;
    grant_each (nine_dof_grant, id, p) {
        if (p->waiting) {
            p->waiting = false;
            (void)upcall_schedule(&nine_dof_grant, id, ABI_NINE_DOF_UPCALL_READY,
                                  (uint32_t)(int32_t)acceleration.x_mg,
                                  (uint32_t)(int32_t)acceleration.y_mg,
                                  (uint32_t)(int32_t)acceleration.z_mg);
        }
    }
}

const struct driver_ops nine_dof_driver_ops = {
    .number = ABI_DRIVER_NINE_DOF,
    .command = nine_dof_command,
    .grant = &nine_dof_grant,
    .owner = &this_capsule,
};

void nine_dof_init(struct nine_dof_driver *driver, const struct hil_accelerometer *accelerometer)
{
    *driver = (struct nine_dof_driver){
        .accelerometer = accelerometer,
        .client = {.measured = nine_dof_measured, .self = driver, .owner = &this_capsule},
    };
    hil_accelerometer_set_client(accelerometer, &driver->client);
}
