#include "kernel/capsules/touch_panel.h"

#include "kernel/capsule/grant.h"

CAPSULE(touch_panel, .needs = {GRANT, TOUCH_PANEL});

struct touch_panel_process {
    bool enabled;
};
GRANT(touch_panel_grant, struct touch_panel_process, ABI_TOUCH_UPCALLS, 0, ABI_TOUCH_RWS);

_Static_assert((uint32_t)HIL_TOUCH_RELEASED == ABI_TOUCH_RELEASED &&
                   (uint32_t)HIL_TOUCH_PRESSED == ABI_TOUCH_PRESSED &&
                   (uint32_t)HIL_TOUCH_MOVED == ABI_TOUCH_MOVED,
               "the status is passed on as it is");
_Static_assert((uint32_t)HIL_TOUCH_SWIPE_UP == ABI_TOUCH_SWIPE_UP &&
                   (uint32_t)HIL_TOUCH_SWIPE_RIGHT == ABI_TOUCH_SWIPE_RIGHT,
               "so is the gesture");

static command_return enable(const struct hil_touch_panel *panel, struct process_id id)
{
    grant_enter (touch_panel_grant, id, p) {
        p->enabled = true;
    }
    int status = grant_error();
    if (status == K_OK) {
        status = hil_touch_panel_enable(panel);
    }
    if (status != K_OK) {
        grant_enter (touch_panel_grant, id, p) {
            p->enabled = false;
        }
    }
    return command_status(status);
}

static command_return disable(const struct hil_touch_panel *panel, struct process_id id)
{
    bool wanted = false;
    grant_enter (touch_panel_grant, id, p) {
        p->enabled = false;
    }
    command_return result = grant_answer(command_success());
    grant_each (touch_panel_grant, other, p) {
        wanted = wanted || p->enabled;
    }
    if (!wanted) {
        hil_touch_panel_disable(panel);
    }
    return result;
}

static command_return touch_panel_command(void *self, struct process_id id, uint32_t command,
                                          uint32_t unused0, uint32_t unused1)
{
    const struct touch_panel_driver *driver = self;
    (void)unused0;
    (void)unused1;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_TOUCH_ENABLE:
        return enable(driver->panel, id);
    case ABI_TOUCH_DISABLE:
        return disable(driver->panel, id);
    case ABI_TOUCH_COUNT:
        return command_success_u32(1);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

static void touch_panel_touched(void *self, struct hil_touch_event event)
{
    const struct touch_panel_driver *driver = self;
    bool wanted = false;
    grant_each (touch_panel_grant, id, p) {
        if (p->enabled) {
            wanted = true;
            (void)upcall_schedule(&touch_panel_grant, id, ABI_TOUCH_UPCALL_SINGLE, event.status,
                                  (uint32_t)event.x << 16 | event.y, 0);
            if (event.gesture != HIL_TOUCH_NO_GESTURE) {
                (void)upcall_schedule(&touch_panel_grant, id, ABI_TOUCH_UPCALL_GESTURE,
                                      event.gesture, 0, 0);
            }
        }
    }
    /* Those who enabled it may have ended without saying so. */
    if (!wanted) {
        hil_touch_panel_disable(driver->panel);
    }
}

const struct driver_ops touch_panel_driver_ops = {
    .number = ABI_DRIVER_TOUCH,
    .command = touch_panel_command,
    .grant = &touch_panel_grant,
    .owner = &this_capsule,
};

void touch_panel_init(struct touch_panel_driver *driver, const struct hil_touch_panel *panel)
{
    *driver = (struct touch_panel_driver){
        .panel = panel,
        .client = {touch_panel_touched, driver, &this_capsule},
    };
    hil_touch_panel_set_client(panel, &driver->client);
}
