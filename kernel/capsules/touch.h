/*
 * touch.h - driver 0x90002 over one touch key: single touch, position always (0, 0).
 * ABI: docs/syscalls/90002_touch.md.
 */
#ifndef KERNEL_CAPSULES_TOUCH_H
#define KERNEL_CAPSULES_TOUCH_H

#include "kernel/capsule/driver.h"
#include "kernel/hil/button.h"

struct touch_driver {
    const struct hil_button *key; /* borrowed for ever */
    struct hil_gpio_client client;
};

extern const struct driver_ops touch_driver_ops;

/* Makes the pin an input and becomes its client. */
void touch_init(struct touch_driver *touch, const struct hil_button *key);

#endif
