/*
 * button.h - driver 0x3: the board's buttons, by index. ABI: docs/syscalls/00003_button.md.
 */
#ifndef KERNEL_CAPSULES_BUTTON_H
#define KERNEL_CAPSULES_BUTTON_H

#include <stdint.h>

#include "kernel/capsule/driver.h"
#include "kernel/hil/button.h"

#define BUTTON_COUNT_MAX 32u /* a bit each in what a process has enabled */

/* A row of the board's table, which can lie in flash. */
struct button_slot {
    struct hil_button button;
    struct hil_gpio_client client; /* as BUTTON_CLIENT makes it */
};

/* `driver` is the address of the struct button_driver, `index` the row's position in the table. */
#define BUTTON_CLIENT(driver, index)                                                               \
    {                                                                                              \
        button_changed, (driver), (index)                                                          \
    }

struct button_driver {
    const struct button_slot *slots; /* borrowed for ever */
    uint32_t count;
};

extern const struct driver_ops button_driver_ops;

/* Makes the pins inputs and becomes their client. At most BUTTON_COUNT_MAX; further ones are as if
 * they were not there. */
void button_init(struct button_driver *button, const struct button_slot *slots, uint32_t count);

/* For BUTTON_CLIENT only. */
void button_changed(void *self, uint32_t index);

#endif
