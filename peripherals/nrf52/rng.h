/* peripherals/nrf52/rng.h - RNG: a byte at a time, at the rate of the real generator.
 *
 * Reference: nRF52832 product specification 1.4, "RNG". The first byte comes a start-up time and a
 * byte's time after START; a byte takes longer with bias correction (CONFIG.DERCEN). Bytes come
 * from the seed alone: two runs with one seed give the same ones, also over resets.
 *
 * Faults: "stuck" (every byte is VALUE - 1), "bias" (so many percent of all bits are 1 whatever the
 * noise says; 0 when negative). Both at once: stuck.
 *
 * Not modelled: the bias of the uncorrected generator; the spread of the time per byte (typical
 * times are exact here).
 */
#ifndef PERIPHERALS_NRF52_RNG_H
#define PERIPHERALS_NRF52_RNG_H

#include "peripherals/nrf52/nrf_common.h"

enum rng_register {
    RNG_TASKS_START = 0x000,
    RNG_TASKS_STOP = 0x004,
    RNG_EVENTS_VALRDY = 0x100,
    RNG_SHORTS = 0x200,
    RNG_CONFIG = 0x504,
    RNG_VALUE = 0x508,
};

#define RNG_START_US          128U
#define RNG_BYTE_US           30U
#define RNG_CORRECTED_BYTE_US 120U

enum rng_fault { RNG_FAULT_STUCK, RNG_FAULT_BIAS, RNG_FAULTS };

struct rng {
    struct device_env env;
    struct rng_state {
        struct nrf_events events;
        uint32_t shorts, config, value;
        bool running;
        uint64_t random;            /* kept over a reset: noise does not begin again */
        int32_t faults[RNG_FAULTS]; /* by enum rng_fault; kept, too */
    } state;
    struct event byte_ready;
};

extern const struct device_class nrf52_rng_class;

#endif
