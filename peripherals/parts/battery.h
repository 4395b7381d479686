/* peripherals/parts/battery.h - a battery behind a voltage divider on an input of the ADC:
 * `voltage-divider`, as in the public Zephyr binding.
 *
 * Devicetree: `io-channels`; `output-ohms` and `full-ohms` (without full-ohms the whole voltage
 * arrives); `power-gpios`: the divider is connected while that pin is active.
 * `sandglass,millivolts` (3700 without it): the battery's voltage at first. A divider on an input
 * that measures the supply (VDD, VDDH / 5) makes the battery the supply.
 * Inputs: "millivolts" (0 to 10000); "percent" (0 to 100): the charge of a lithium cell at rest,
 * by a typical curve. Tells the observer "millivolts" of the battery.
 * Fault: "sag": it gives so many millivolts less.
 */
#ifndef PERIPHERALS_PARTS_BATTERY_H
#define PERIPHERALS_PARTS_BATTERY_H

#include "peripherals/iface/device.h"

#define BATTERY_MILLIVOLTS_MAX 10000

struct battery {
    struct device_env env;
    struct analog_node *node; /* of the divider's middle */
    struct pin *power;        /* NULL: always connected */
    bool power_active_low;
    uint32_t output_ohms, full_ohms;
    struct wire_listener listener; /* on `power` */
    struct battery_state {
        int32_t millivolts; /* 0..BATTERY_MILLIVOLTS_MAX */
        int32_t sag;        /* the fault, likewise */
    } state;
};

extern const struct device_class part_battery_class;

/* The voltage of a lithium cell with so much charge, 0..100. */
int32_t battery_cell_millivolts(int32_t percent);

#endif
