/* peripherals/parts/motor.h - a vibration motor: `gpio-vibrator` (`enable-gpios`) or
 * `pwm-vibrator` (`pwms`).
 *
 * Tells the observer "on" and "off" in the cycle of the change; the value is the number of changes
 * so far. Fault: "stuck": 1: it does not turn. Not modelled: inertia, strength.
 */
#ifndef PERIPHERALS_PARTS_MOTOR_H
#define PERIPHERALS_PARTS_MOTOR_H

#include "peripherals/parts/driven.h"

struct motor {
    struct device_env env;
    struct driven driven;
    struct motor_state {
        bool on;
        uint32_t changes;
        int32_t stuck; /* the fault */
        uint64_t changed_cycles;
        uint64_t on_cycles; /* in all, until the last change */
    } state;
};

extern const struct device_class part_motor_class;

#endif
