/*
 * button.h - a key at a pin: a push button, or a touch key, whose sensor chip drives the pin while
 * a finger is on it. The functions speak of pressed, not of levels.
 */
#ifndef KERNEL_HIL_BUTTON_H
#define KERNEL_HIL_BUTTON_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/gpio.h"
#include "kernel/hil/marks.h"

struct hil_button {
    PRIVATE struct hil_gpio pin;
    READ_ONLY bool active_low; /* pressed while the pin is low */
    READ_ONLY enum hil_gpio_pull pull;
};

struct hil_button_list {
    PRIVATE const struct hil_button *items;
    READ_ONLY uint32_t count;
};

static inline bool hil_button_is_pressed(BORROWED const struct hil_button *button)
{
    return hil_gpio_read(&button->pin) != button->active_low;
}

/* Makes the pin an input. `client` (borrowed for ever) is told of its edges, with `index`, which is
 * below 256, while they are enabled. */
static inline void hil_button_init(BORROWED const struct hil_button *button,
                                   const struct hil_gpio_client *client, uint32_t index)
{
    hil_gpio_make_input(&button->pin, button->pull);
    hil_gpio_set_client(&button->pin, client, index);
}

/* Both edges. K_EBUSY when the chip has no detector left. */
static inline int hil_button_enable_interrupt(BORROWED const struct hil_button *button)
{
    return hil_gpio_enable_interrupt(&button->pin, HIL_GPIO_EDGE_BOTH);
}

static inline void hil_button_disable_interrupt(BORROWED const struct hil_button *button)
{
    hil_gpio_disable_interrupt(&button->pin);
}

#endif
