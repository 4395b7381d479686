#include "kernel/capsules/tests/fake_control.h"

struct fake_control fake_control;

uint32_t process_slot_count(void)
{
    return FAKE_CONTROL_SLOTS;
}

bool process_view_get(uint32_t index, struct process_view *view)
{
    if (index >= FAKE_CONTROL_SLOTS || fake_control.views[index].name.length == 0) {
        return false;
    }
    *view = fake_control.views[index];
    return true;
}

bool process_grant_get(uint32_t index, uint32_t number, struct process_grant_view *view)
{
    if (index >= FAKE_CONTROL_SLOTS || number >= FAKE_CONTROL_GRANTS) {
        return false;
    }
    *view = fake_control.grants[index][number];
    return true;
}

bool process_find_by_name(struct const_slice name, struct process_id *id)
{
    for (uint32_t i = 0; i < FAKE_CONTROL_SLOTS; i++) {
        if (slice_is_equal(fake_control.views[i].name, name)) {
            *id = fake_control.views[i].id;
            return true;
        }
    }
    return false;
}

bool refused_app_get(uint32_t index, struct refused_app_view *view)
{
    if (index >= fake_control.refused_count) {
        return false;
    }
    *view = fake_control.refused[index];
    return true;
}

int process_act(struct process_id id, enum abi_process_action action)
{
    fake_control.acted_on = id;
    fake_control.action = action;
    return fake_control.answer;
}

void kernel_view_get(struct kernel_view *view)
{
    *view = fake_control.kernel;
}

_Noreturn void kernel_panic(enum text_id why)
{
    fake_control.panic_reason = why;
    longjmp(fake_control.after_end, 2);
}

_Noreturn void kernel_reset(void)
{
    longjmp(fake_control.after_end, 1);
}
