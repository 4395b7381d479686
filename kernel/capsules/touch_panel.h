/*
 * touch_panel.h - driver 0x90002 over a panel with coordinates: single touch and gestures.
 * ABI: docs/syscalls/90002_touch.md.
 */
#ifndef KERNEL_CAPSULES_TOUCH_PANEL_H
#define KERNEL_CAPSULES_TOUCH_PANEL_H

#include "kernel/capsule/driver.h"
#include "kernel/hil/touch_panel.h"

struct touch_panel_driver {
    const struct hil_touch_panel *panel; /* borrowed for ever */
    struct hil_touch_panel_client client;
};

extern const struct driver_ops touch_panel_driver_ops;

/* Becomes the client of `panel`, which nobody else may use. */
void touch_panel_init(struct touch_panel_driver *driver, const struct hil_touch_panel *panel);

#endif
