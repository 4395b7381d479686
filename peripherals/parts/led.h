/* peripherals/parts/led.h - a light on a pin: a child node of `gpio-leds`.
 *
 * Devicetree: `gpios` (flag bit 0: active low). Tells the observer "on" and "off" in the cycle of
 * the change; the value is the number of changes so far. Not modelled: brightness, current.
 */
#ifndef PERIPHERALS_PARTS_LED_H
#define PERIPHERALS_PARTS_LED_H

#include "peripherals/iface/device.h"

struct led {
    struct device_env env;
    struct pin *pin; /* owned by the machine */
    bool active_low;
    struct wire_listener listener;
    struct led_state {
        bool lit;
        uint32_t toggles; /* changes since power-on: the part has no reset */
        uint64_t changed_cycles;
    } state;
};

extern const struct device_class part_led_class;

#endif
