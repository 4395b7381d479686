#include "sim/ui/board_hold.h"

/* The inputs are constants: what the device classes take for these is their contract. */
static void tell(size_t device, bool down, int32_t place, const struct ui_context *context)
{
    enum view_part_kind kind = context->frame->parts.parts[device].kind;
    if (kind == VIEW_PART_BUTTON) {
        ui_send_input(context, device, down ? "press" : "release", down ? 1 : 0);
    } else if (kind == VIEW_PART_TOUCH_KEY) {
        ui_send_input(context, device, down ? "touch" : "untouch", down ? 1 : 0);
    } else {
        ui_send_input(context, device, down ? "touch" : "untouch", down ? place : 0);
    }
}

void board_hold(struct board_holds *holds, size_t device, enum board_holder holder, int32_t place,
                const struct ui_context *context)
{
    bool moves = context->frame->parts.parts[device].kind == VIEW_PART_TOUCH_PANEL;
    bool first = holds->holders[device] == 0;
    holds->holders[device] |= (uint8_t)holder;
    if (first || moves) {
        tell(device, true, place, context);
    }
}

void board_let_go(struct board_holds *holds, size_t device, enum board_holder holder,
                  const struct ui_context *context)
{
    if ((holds->holders[device] & holder) == 0) {
        return;
    }
    holds->holders[device] &= (uint8_t)~holder;
    if (holds->holders[device] == 0) {
        tell(device, false, 0, context);
    }
}

void board_toggle_latch(struct board_holds *holds, size_t device, int32_t place,
                        const struct ui_context *context)
{
    if (board_is_latched(holds, device)) {
        board_let_go(holds, device, BOARD_LATCHED, context);
    } else {
        board_hold(holds, device, BOARD_LATCHED, place, context);
    }
}

void board_let_go_all(struct board_holds *holds, enum board_holder holder,
                      const struct ui_context *context)
{
    for (size_t i = 0; i < VIEW_PARTS_MAX; i++) {
        board_let_go(holds, i, holder, context);
    }
}
