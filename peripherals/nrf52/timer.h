/* peripherals/nrf52/timer.h - 32 bit timer and counter on the 16 MHz clock.
 *
 * Reference: nRF52832 product specification 1.4, "TIMER". Devicetree: `cc-num` (default 6; TIMER0
 * to 2 have 4).
 *
 * The counter is computed when it is captured; while it runs in timer mode one event is queued, for
 * the next compare match. Time is counted in whole periods of 16 MHz: a task takes effect at the
 * clock edge at or before it (at most 3 CPU cycles early). A match happens when a step or a COUNT
 * makes the counter equal to CC, not when CLEAR or a write does. START begins a new prescaler
 * period. CC is compared in the bits of BITMODE.
 *
 * Fault: "skew" (counts so many ppm too fast).
 */
#ifndef PERIPHERALS_NRF52_TIMER_H
#define PERIPHERALS_NRF52_TIMER_H

#include "peripherals/iface/device.h"
#include "peripherals/nrf52/nrf_common.h"

#define TIMER_CC_MAX 6U

enum timer_fault { TIMER_FAULT_SKEW, TIMER_FAULTS };

struct timer {
    struct device_env env;
    uint32_t cc_num;
    uint32_t implemented; /* events */
    struct timer_state {
        struct nrf_events events;
        uint32_t shorts;
        uint32_t mode;      /* 0 timer, 1 counter, 2 low-power counter */
        uint32_t bitmode;   /* 0: 16 bits, 1: 8, 2: 24, 3: 32 */
        uint32_t prescaler; /* 0..9: a step takes 2^prescaler periods */
        uint32_t cc[TIMER_CC_MAX];
        bool running;
        uint32_t base_count;   /* the counter at base_tick; while nothing steps it: the counter */
        uint64_t base_tick;    /* in periods of 16 MHz since time 0, as all ticks here */
        uint64_t matched_tick; /* steps up to here have had their events */
        struct timer_skew {
            uint64_t start_cycle, start_tick; /* so many ticks were complete at start_cycle */
            int32_t faults[TIMER_FAULTS];     /* kept over a reset, as all of this */
        } skew;
    } state;
    struct event match;
};

extern const struct device_class nrf52_timer_class;

#endif
