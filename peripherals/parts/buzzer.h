/* peripherals/parts/buzzer.h - a buzzer, as in the public Linux bindings: `gpio-beeper` (`gpios`)
 * sounds by itself while its pin is active; `pwm-beeper` (`pwms`) sounds at the rate of the edges
 * on its pin, whoever makes them.
 *
 * Tells the observer "on" and "off" (gpio-beeper, value 1 and 0), or "tone" with the frequency in
 * Hz when it changes by more than 1 % and "off" when no edge has come for 50 ms. A tone is known at
 * its second rising edge. Fault: "stuck": 1: silent. Not modelled: loudness.
 */
#ifndef PERIPHERALS_PARTS_BUZZER_H
#define PERIPHERALS_PARTS_BUZZER_H

#include "peripherals/parts/driven.h"

#define BUZZER_SILENCE_US 50000U

struct buzzer {
    struct device_env env;
    struct driven driven;
    struct buzzer_state {
        bool on;              /* gpio-beeper; pwm-beeper: a rising edge came within the 50 ms */
        uint32_t hz;          /* of the tone that was told; 0: none */
        int32_t stuck;        /* the fault */
        uint64_t edge_cycles; /* of the last rising edge */
    } state;
    struct event silence;
};

extern const struct device_class part_buzzer_class;

#endif
