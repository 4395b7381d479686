/*
 * button.h - a key at a pin: a push button, or a touch key, whose sensor chip drives the pin while
 * a finger is on it. The functions speak of pressed, not of levels.
 */
#ifndef KERNEL_HIL_BUTTON_H
#define KERNEL_HIL_BUTTON_H

#include <stdbool.h>

#include "kernel/hil/gpio.h"

struct hil_button {
    struct hil_gpio pin;
    bool active_low; /* pressed while the pin is low */
    enum hil_gpio_pull pull;
};

static inline bool hil_button_is_pressed(const struct hil_button *button)
{
    return button->pin.ops->read(button->pin.self) != button->active_low;
}

/* Makes the pin an input. Edges: the pin's own ops, HIL_GPIO_EDGE_BOTH. */
static inline void hil_button_init(const struct hil_button *button)
{
    button->pin.ops->make_input(button->pin.self, button->pull);
}

#endif
