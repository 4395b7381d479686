#include "kernel/capsules/touch.h"

#include "kernel/capsule/grant.h"

CAPSULE(touch, .needs = {BUTTON, GRANT});

struct touch_process {
    bool enabled;
};
GRANT(touch_grant, struct touch_process, ABI_TOUCH_UPCALLS, 0, ABI_TOUCH_RWS);

static bool any_process_wants(void)
{
    bool wanted = false;
    grant_each (touch_grant, id, p) {
        wanted = wanted || p->enabled;
    }
    return wanted;
}

static command_return enable(const struct hil_button *key, struct process_id id)
{
    int status = K_OK;
    /* Memory first, so that no detector is taken for a process that cannot be told. */
    grant_enter (touch_grant, id, p) {
        status = hil_button_enable_interrupt(key);
        p->enabled = p->enabled || status == K_OK;
    }
    return grant_answer(command_status(status));
}

static command_return disable(const struct hil_button *key, struct process_id id)
{
    grant_enter (touch_grant, id, p) {
        p->enabled = false;
    }
    command_return result = grant_answer(command_success());
    if (!any_process_wants()) {
        hil_button_disable_interrupt(key);
    }
    return result;
}

static command_return touch_command(void *self, struct process_id id, uint32_t command,
                                    uint32_t unused0, uint32_t unused1)
{
    const struct touch_driver *driver = self;
    (void)unused0;
    (void)unused1;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_TOUCH_ENABLE:
        return enable(driver->key, id);
    case ABI_TOUCH_DISABLE:
        return disable(driver->key, id);
    case ABI_TOUCH_COUNT:
        return command_success_u32(1);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

static void touch_changed(void *self, uint32_t index)
{
    const struct touch_driver *driver = self;
    uint32_t status = hil_button_is_pressed(driver->key) ? ABI_TOUCH_PRESSED : ABI_TOUCH_RELEASED;
    bool wanted = false;
    (void)index;
    grant_each (touch_grant, id, p) {
        if (p->enabled) {
            wanted = true;
            (void)upcall_schedule(&touch_grant, id, ABI_TOUCH_UPCALL_SINGLE, status, 0, 0);
        }
    }
    /* Those who enabled it may have ended without saying so. */
    if (!wanted) {
        hil_button_disable_interrupt(driver->key);
    }
}

const struct driver_ops touch_driver_ops = {
    .number = ABI_DRIVER_TOUCH,
    .command = touch_command,
    .grant = &touch_grant,
    .owner = &this_capsule,
};

void touch_init(struct touch_driver *touch, const struct hil_button *key)
{
    *touch = (struct touch_driver){.key = key, .client = {touch_changed, touch, &this_capsule}};
    hil_button_init(key, &touch->client, 0);
}
