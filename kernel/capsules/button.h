/*
 * button.h - driver 0x3: the board's buttons, by index. ABI: docs/syscalls/00003_button.md.
 */
#ifndef KERNEL_CAPSULES_BUTTON_H
#define KERNEL_CAPSULES_BUTTON_H

#include <stdint.h>

#include "kernel/capsule/driver.h"
#include "kernel/hil/button.h"

#define BUTTON_COUNT_MAX 32u /* a bit each in what a process has enabled */

struct button_driver {
    struct hil_button_list buttons; /* borrowed for ever */
    uint32_t count;                 /* of those that are used */
    struct hil_gpio_client client;
};

extern const struct driver_ops button_driver_ops;

/* Makes the pins inputs and becomes their client. At most BUTTON_COUNT_MAX; further ones are as if
 * they were not there. */
void button_init(struct button_driver *button, struct hil_button_list buttons);

#endif
