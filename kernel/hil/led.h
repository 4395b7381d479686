/*
 * led.h - an LED at a pin. `led` functions speak of light, not of levels.
 */
#ifndef KERNEL_HIL_LED_H
#define KERNEL_HIL_LED_H

#include <stdbool.h>

#include "kernel/hil/gpio.h"

struct hil_led {
    struct hil_gpio pin;
    bool active_low; /* lit while the pin is low */
};

static inline void hil_led_set(const struct hil_led *led, bool lit)
{
    led->pin.ops->write(led->pin.self, lit != led->active_low);
}

static inline void hil_led_toggle(const struct hil_led *led)
{
    led->pin.ops->toggle(led->pin.self);
}

static inline bool hil_led_is_lit(const struct hil_led *led)
{
    return led->pin.ops->read(led->pin.self) != led->active_low;
}

/* Makes the pin an output, dark. */
static inline void hil_led_init(const struct hil_led *led)
{
    hil_led_set(led, false);
    led->pin.ops->make_output(led->pin.self);
}

#endif
