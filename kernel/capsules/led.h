/*
 * led.h - driver 0x2: the board's LEDs, by index. ABI: docs/syscalls/00002_led.md.
 */
#ifndef KERNEL_CAPSULES_LED_H
#define KERNEL_CAPSULES_LED_H

#include "kernel/capsule/driver.h"
#include "kernel/hil/led.h"

struct led_driver {
    struct hil_led_list leds; /* borrowed for ever */
};

extern const struct driver_ops led_driver_ops;

/* Makes the pins outputs, dark. */
void led_init(struct led_driver *led, struct hil_led_list leds);

#endif
