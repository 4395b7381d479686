/*
 * gpio.h - driver 0x4: the pins that the board leaves to apps, by index. Pins are not owned: any
 * process may use any of them, and an edge is told to every process that uses the driver. When the
 * edge detectors run out, those that only ended processes wanted are taken back.
 * ABI: docs/syscalls/00004_gpio.md.
 */
#ifndef KERNEL_CAPSULES_GPIO_H
#define KERNEL_CAPSULES_GPIO_H

#include <stdint.h>

#include "kernel/capsule/driver.h"
#include "kernel/hil/gpio.h"

#define GPIO_COUNT_MAX 32u /* a bit each in what a process has enabled */

/* A row of the board's table, which can lie in flash. */
struct gpio_slot {
    struct hil_gpio pin;           /* ops NULL: this index has no pin */
    struct hil_gpio_client client; /* as GPIO_CLIENT makes it */
};

/* `driver` is the address of the struct gpio_driver, `index` the row's position in the table. */
#define GPIO_CLIENT(driver, index)                                                                 \
    {                                                                                              \
        gpio_changed, (driver), (index)                                                            \
    }

struct gpio_driver {
    const struct gpio_slot *slots; /* borrowed for ever */
    uint32_t count;
};

extern const struct driver_ops gpio_driver_ops;

/* Becomes the client of the pins; leaves them as they are. At most GPIO_COUNT_MAX; further ones are
 * as if they were not there. */
void gpio_init(struct gpio_driver *gpio, const struct gpio_slot *slots, uint32_t count);

/* For GPIO_CLIENT only. */
void gpio_changed(void *self, uint32_t index);

#endif
