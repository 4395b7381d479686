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

struct gpio_driver {
    struct hil_gpio_list pins; /* borrowed for ever; a gap is an index without a pin */
    uint32_t count;            /* of those that are used */
    struct hil_gpio_client client;
};

extern const struct driver_ops gpio_driver_ops;

/* Becomes the client of the pins; leaves them as they are. At most GPIO_COUNT_MAX; further ones are
 * as if they were not there. */
void gpio_init(struct gpio_driver *gpio, struct hil_gpio_list pins);

#endif
