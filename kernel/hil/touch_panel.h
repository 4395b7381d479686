/*
 * touch_panel.h - a panel that feels one finger.
 */
#ifndef KERNEL_HIL_TOUCH_PANEL_H
#define KERNEL_HIL_TOUCH_PANEL_H

#include <stdint.h>

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
    void (*touched)(void *self, struct hil_touch_event event);
    void *self;
};

struct hil_touch_panel_ops {
    int (*enable)(void *self); /* K_EBUSY when the chip has no detector left for its interrupt */
    void (*disable)(void *self);
    /* `client` (borrowed for ever) gets the calls from now on. */
    void (*set_client)(void *self, const struct hil_touch_panel_client *client);
};

struct hil_touch_panel {
    const struct hil_touch_panel_ops *ops;
    void *self;
};

#endif
