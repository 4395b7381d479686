/* peripherals/parts/button.h - a push button: a child node of `gpio-keys`.
 *
 * Devicetree: `gpios`. Flag bit 0: a press pulls the pin low, else high. With a pull flag (bits 4
 * and 5) the released button leaves the pin to the chip's own pull, as on boards without a
 * resistor; without one the board's resistor drives the released level.
 * Inputs: "press", "release". Tells the observer "pressed" and "released" (value 1, 0).
 * Not modelled: contact bounce.
 */
#ifndef PERIPHERALS_PARTS_BUTTON_H
#define PERIPHERALS_PARTS_BUTTON_H

#include "peripherals/iface/device.h"

struct button {
    struct device_env env;
    struct pin *pin; /* owned by the machine */
    enum wire_level pressed_level, released_level;
    struct button_state {
        bool pressed; /* the finger: no reset of the chip changes it */
    } state;
};

extern const struct device_class part_button_class;

#endif
