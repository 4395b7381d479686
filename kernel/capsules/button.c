#include "kernel/capsules/button.h"

#include "kernel/capsule/grant.h"

CAPSULE(button, .needs = {BUTTON, GRANT});

struct button_process {
    uint32_t enabled; /* a bit for each button */
};
GRANT(button_grant, struct button_process, ABI_BUTTON_UPCALLS, 0, 0);

static bool any_process_wants(uint32_t index)
{
    bool wanted = false;
    grant_each (button_grant, id, p) {
        wanted = wanted || (p->enabled >> index & 1u) != 0;
    }
    return wanted;
}

static command_return enable(const struct hil_button *button, struct process_id id, uint32_t index)
{
    int status = K_OK;
    /* Memory first, so that no detector is taken for a process that cannot be told. */
    grant_enter (button_grant, id, p) {
        status = hil_button_enable_interrupt(button);
        if (status == K_OK) {
            p->enabled |= 1u << index;
        }
    }
    return grant_answer(command_status(status));
}

static command_return disable(const struct hil_button *button, struct process_id id, uint32_t index)
{
    grant_enter (button_grant, id, p) {
        p->enabled &= ~(1u << index);
    }
    command_return result = grant_answer(command_success());
    if (!any_process_wants(index)) {
        hil_button_disable_interrupt(button);
    }
    return result;
}

static command_return button_command(void *self, struct process_id id, uint32_t command,
                                     uint32_t index, uint32_t unused)
{
    const struct button_driver *driver = self;
    (void)unused;
    if (command == ABI_BUTTON_COUNT) {
        return command_success_u32(driver->count);
    }
    if (command > ABI_BUTTON_READ) {
        return command_error(K_ENOSUPPORT);
    }
    if (index >= driver->count) {
        return command_error(K_EINVAL);
    }
    const struct hil_button *button = &LIST_AT(driver->buttons, index);
    switch (command) {
    case ABI_BUTTON_ENABLE:
        return enable(button, id, index);
    case ABI_BUTTON_DISABLE:
        return disable(button, id, index);
    default:
        return command_success_u32(hil_button_is_pressed(button));
    }
}

static void button_changed(void *self, uint32_t index)
{
    const struct button_driver *driver = self;
    if (index >= driver->count) {
        return;
    }
    const struct hil_button *button = &LIST_AT(driver->buttons, index);
    bool pressed = hil_button_is_pressed(button);
    bool wanted = false;
    grant_each (button_grant, id, p) {
        if ((p->enabled >> index & 1u) != 0) {
            wanted = true;
            (void)upcall_schedule(&button_grant, id, ABI_BUTTON_UPCALL_CHANGED, index, pressed, 0);
        }
    }
    /* Those who enabled it may have ended without saying so. */
    if (!wanted) {
        hil_button_disable_interrupt(button);
    }
}

const struct driver_ops button_driver_ops = {
    .number = ABI_DRIVER_BUTTON,
    .command = button_command,
    .grant = &button_grant,
    .owner = &this_capsule,
};

void button_init(struct button_driver *button, struct hil_button_list buttons)
{
    *button = (struct button_driver){
        .buttons = buttons,
        .count = buttons.count < BUTTON_COUNT_MAX ? buttons.count : BUTTON_COUNT_MAX,
        .client = {button_changed, button, &this_capsule},
    };
    for (uint32_t i = 0; i < button->count; i++) {
        hil_button_init(&LIST_AT(buttons, i), &button->client, i);
    }
}
