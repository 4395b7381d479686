/* peripherals/parts/potentiometer.h - a turned resistor between ground and the supply, its wiper on
 * an input of the ADC: `sandglass,potentiometer`.
 *
 * Devicetree: `io-channels` (the ADC and its channel); `sandglass,percent` (50 without it): where
 * it stands at first. Inputs: "percent" (0 to 100, of VDD, which it follows), "millivolts" (0 to
 * 5000, whatever VDD is, for other analogue sources). Tells the observer "millivolts". Fault:
 * "stuck": 1: the wiper stays where it is; what is turned meanwhile counts afterwards.
 */
#ifndef PERIPHERALS_PARTS_POTENTIOMETER_H
#define PERIPHERALS_PARTS_POTENTIOMETER_H

#include "peripherals/iface/device.h"

#define POTENTIOMETER_MILLIVOLTS_MAX 5000

struct potentiometer {
    struct device_env env;
    struct analog_node *node; /* of the wiper's pin */
    struct analog_listener vdd;
    struct potentiometer_state {
        int32_t percent;    /* 0..100; -1: `millivolts` counts */
        int32_t millivolts; /* 0..POTENTIOMETER_MILLIVOLTS_MAX */
        int32_t stuck;      /* the fault */
    } state;
};

extern const struct device_class part_potentiometer_class;

#endif
