/* sim/ui/board_hold.h - who holds which button or touch key of the board: a finger, keys, a latch.
 * The part is told when the first comes and when the last lets go, so that no release is lost and
 * none is sent twice. */
#ifndef SIM_UI_BOARD_HOLD_H
#define SIM_UI_BOARD_HOLD_H

#include "sim/ui/pane.h"

enum board_holder {
    BOARD_HELD_BY_MOUSE = 1,
    BOARD_HELD_BY_DIGIT = 2,
    BOARD_HELD_BY_LETTER = 4, /* T */
    BOARD_HELD_BY_ENTER = 8,
    BOARD_LATCHED = 16, /* until somebody unlatches it */
};

/* All zero: nothing is held. */
struct board_holds {
    uint8_t holders[VIEW_PARTS_MAX]; /* by device: of enum board_holder */
};

/* Holds or lets go; tells the machine what follows from that. Of a touch panel: at the place
 * `place` (X + DEVICE_TOUCH_PLACES * Y), which may also be another one than before; `place` means
 * nothing to others. */
void board_hold(struct board_holds *holds, size_t device, enum board_holder holder, int32_t place,
                const struct ui_context *context);
void board_let_go(struct board_holds *holds, size_t device, enum board_holder holder,
                  const struct ui_context *context);
void board_toggle_latch(struct board_holds *holds, size_t device, int32_t place,
                        const struct ui_context *context);

/* What this holder holds. */
void board_let_go_all(struct board_holds *holds, enum board_holder holder,
                      const struct ui_context *context);

static inline bool board_is_held(const struct board_holds *holds, size_t device)
{
    return holds->holders[device] != 0;
}

static inline bool board_is_latched(const struct board_holds *holds, size_t device)
{
    return (holds->holders[device] & BOARD_LATCHED) != 0;
}

#endif
