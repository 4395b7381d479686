/* peripherals/nrf52/temp.h - TEMP: the die's temperature in steps of 0.25 degrees Celsius.
 *
 * Reference: nRF52832 product specification 1.4, "TEMP". A measurement takes 36 us from START and
 * takes the temperature at its end.
 *
 * Input: "temperature" - in hundredths of a degree Celsius, -4000..8500. 25 degrees until it is
 * set; a reset of the chip does not change the weather.
 *
 * Fault: "stuck" (every measurement gives so many hundredths of a degree).
 *
 * Not modelled: the calibration constants A0..T4 can be read and written and change nothing; noise
 * and self-heating.
 */
#ifndef PERIPHERALS_NRF52_TEMP_H
#define PERIPHERALS_NRF52_TEMP_H

#include "peripherals/nrf52/nrf_common.h"

enum temp_register {
    TEMP_TASKS_START = 0x000,
    TEMP_TASKS_STOP = 0x004,
    TEMP_EVENTS_DATARDY = 0x100,
    TEMP_TEMP = 0x508,
    TEMP_A0 = 0x520, /* A0..A5 */
    TEMP_B0 = 0x540, /* B0..B5 */
    TEMP_T0 = 0x560, /* T0..T4 */
};

#define TEMP_MEASURE_US 36U

/* A0..A5, B0..B5, T0..T4. */
#define TEMP_CONSTANTS 17U

enum temp_fault { TEMP_FAULT_STUCK, TEMP_FAULTS };

struct temp {
    struct device_env env;
    struct temp_state {
        struct nrf_events events;
        uint32_t temp; /* the last result, two's complement */
        uint32_t constants[TEMP_CONSTANTS];
        int32_t centidegrees;        /* the world's; kept over a reset */
        int32_t faults[TEMP_FAULTS]; /* kept, too */
    } state;
    struct event measured;
};

extern const struct device_class nrf52_temp_class;

#endif
