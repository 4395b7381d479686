/* peripherals/parts/led.h - a light on a pin: a child node of `gpio-leds` or of `pwm-leds`.
 *
 * Devicetree: `gpios` or `pwms` (driven.h). Three of them with `sandglass,color` at one place are
 * an RGB LED. Tells the observer "on" and "off" in the cycle of the change; the value is the number
 * of changes so far. Brightness is the share of lit cycles: state.lit_cycles, and those since
 * state.changed_cycles while it is lit.
 * Fault: "stuck": 1 dark for ever, 2 lit for ever.
 * Not modelled: current.
 */
#ifndef PERIPHERALS_PARTS_LED_H
#define PERIPHERALS_PARTS_LED_H

#include "peripherals/parts/driven.h"

struct led {
    struct device_env env;
    struct driven driven;
    struct led_state {
        bool lit;
        uint32_t toggles; /* changes since power-on: the part has no reset */
        int32_t stuck;    /* the fault */
        uint64_t changed_cycles;
        uint64_t lit_cycles; /* in all, until the last change */
    } state;
};

extern const struct device_class part_led_class;

#endif
