/*
 * led.h - an LED at a pin. `led` functions speak of light, not of levels.
 */
#ifndef KERNEL_HIL_LED_H
#define KERNEL_HIL_LED_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/gpio.h"
#include "kernel/hil/marks.h"

struct hil_led {
    PRIVATE struct hil_gpio pin;
    READ_ONLY bool active_low; /* lit while the pin is low */
};

struct hil_led_list {
    PRIVATE const struct hil_led *items;
    READ_ONLY uint32_t count;
};

static inline void hil_led_set(BORROWED const struct hil_led *led, bool lit)
{
    hil_gpio_write(&led->pin, lit != led->active_low);
}

static inline void hil_led_toggle(BORROWED const struct hil_led *led)
{
    hil_gpio_toggle(&led->pin);
}

static inline bool hil_led_is_lit(BORROWED const struct hil_led *led)
{
    return hil_gpio_read(&led->pin) != led->active_low;
}

/* Makes the pin an output, dark. */
static inline void hil_led_init(BORROWED const struct hil_led *led)
{
    hil_led_set(led, false);
    hil_gpio_make_output(&led->pin);
}

#endif
