/*
 * touch_panel.h - a panel that feels one finger.
 */
#ifndef KERNEL_HIL_TOUCH_PANEL_H
#define KERNEL_HIL_TOUCH_PANEL_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

enum hil_touch_status { HIL_TOUCH_RELEASED, HIL_TOUCH_PRESSED, HIL_TOUCH_MOVED };
enum hil_touch_gesture {
    HIL_TOUCH_NO_GESTURE,
    HIL_TOUCH_SWIPE_UP,
    HIL_TOUCH_SWIPE_DOWN,
    HIL_TOUCH_SWIPE_LEFT,
    HIL_TOUCH_SWIPE_RIGHT,
};

struct hil_touch_event {
    enum hil_touch_status status;
    enum hil_touch_gesture gesture; /* that this event completes */
    uint16_t x, y;                  /* pixels; where the finger is, or was last */
};

/* Whom to call, from the kernel's main loop. */
struct hil_touch_panel_client {
    PRIVATE void (*touched)(void *self, struct hil_touch_event event);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_touch_panel_ops {
    PRIVATE int (*enable)(void *self);
    PRIVATE void (*disable)(void *self);
    PRIVATE void (*set_client)(void *self, const struct hil_touch_panel_client *client);
};

struct hil_touch_panel {
    PRIVATE const struct hil_touch_panel_ops *ops;
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* of who offers it; NULL: trusted code */
};

/* The panel tells of touches from now on. K_EBUSY when the chip has no detector left for its
 * interrupt. */
static inline int hil_touch_panel_enable(BORROWED const struct hil_touch_panel *panel)
{
    return GUARD_OP(panel, enable);
}

static inline void hil_touch_panel_disable(BORROWED const struct hil_touch_panel *panel)
{
    GUARD_OP_VOID(panel, disable);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_touch_panel_set_client(BORROWED const struct hil_touch_panel *panel,
                                              const struct hil_touch_panel_client *client)
{
    GUARD_OP_VOID(panel, set_client, client);
}

/* For who offers a panel. NULL: nobody is told. */
static inline void
hil_touch_panel_client_touched(BORROWED const struct hil_touch_panel_client *client,
                               struct hil_touch_event event)
{
    GUARD_TELL(client, touched, event);
}

#endif
