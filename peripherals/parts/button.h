/* peripherals/parts/button.h - a push button: a child node of `gpio-keys`.
 *
 * Devicetree: `gpios`. Flag bit 0: a press pulls the pin low, else high. With a pull flag (bits 4
 * and 5) the released button leaves the pin to the chip's own pull, as on boards without a
 * resistor; without one the board's resistor drives the released level. `sandglass,enable-gpios`:
 * a press connects the pin with that one instead, and does nothing while nobody drives it.
 * `sandglass,bounce-edges` (0 without it) and `sandglass,bounce-us`: contact.h.
 * Inputs: "press", "release". Tells the observer "pressed" and "released" (value 1, 0): the finger,
 * not the contact. Faults: those of contact.h.
 */
#ifndef PERIPHERALS_PARTS_BUTTON_H
#define PERIPHERALS_PARTS_BUTTON_H

#include "peripherals/parts/contact.h"

struct button {
    struct device_env env;
    struct pin *pin;    /* owned by the machine */
    struct pin *enable; /* NULL: it has none */
    enum wire_level pressed_level, released_level;
    struct wire_listener listener; /* on the enable pin */
    struct button_state {
        struct contact_state contact; /* no reset of the chip changes it */
    } state;
    struct contact contact;
};

extern const struct device_class part_button_class;

#endif
