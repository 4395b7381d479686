/*
 * gpio.h - one pin. Levels are electrical: true = high.
 */
#ifndef KERNEL_HIL_GPIO_H
#define KERNEL_HIL_GPIO_H

#include <stdbool.h>
#include <stdint.h>

enum hil_gpio_pull { HIL_GPIO_PULL_NONE, HIL_GPIO_PULL_UP, HIL_GPIO_PULL_DOWN };
enum hil_gpio_edge { HIL_GPIO_EDGE_BOTH, HIL_GPIO_EDGE_RISING, HIL_GPIO_EDGE_FALLING };

/* Whom to call after an edge, from the kernel's main loop. `index` is the client's own: it tells
 * its pins apart. Edges that follow each other faster than the kernel looks are one call. */
struct hil_gpio_client {
    void (*changed)(void *self, uint32_t index);
    void *self;
    uint32_t index;
};

struct hil_gpio_ops {
    void (*make_output)(void *self);
    void (*make_input)(void *self, enum hil_gpio_pull pull);
    void (*disable)(void *self); /* neither input nor output, no interrupt, no current */
    void (*write)(void *self, bool high);
    void (*toggle)(void *self);
    bool (*read)(void *self); /* an output reads as what it drives */
    /* The pin must be an input. K_EBUSY when the chip has no detector left. */
    int (*enable_interrupt)(void *self, enum hil_gpio_edge edge);
    void (*disable_interrupt)(void *self);
    /* `client` (borrowed for ever) gets the calls from now on. */
    void (*set_client)(void *self, const struct hil_gpio_client *client);
};

struct hil_gpio {
    const struct hil_gpio_ops *ops;
    void *self;
};

#endif
