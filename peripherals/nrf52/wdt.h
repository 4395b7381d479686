/* peripherals/nrf52/wdt.h - WDT: resets the chip unless all enabled reload registers are written in
 * time.
 *
 * Reference: nRF52832 product specification 1.4, "WDT", and the table of reset sources in "POWER".
 * It counts in ticks of 32,768 Hz from CRV down: a timeout comes after CRV + 1 ticks. With the
 * TIMEOUT interrupt enabled the reset comes two ticks after the event, else at once. Once started
 * it cannot be stopped or configured. A soft reset and a lockup leave it running as it is; a pin
 * reset, its own reset and a wake-up from System OFF stop it.
 *
 * Input: "sleep" - value 1: the CPU went to sleep, 0: it woke up; pauses the count when
 * CONFIG.SLEEP is 0. CONFIG.HALT needs no model: virtual time stands still while a debugger halts
 * the CPU.
 *
 * Not modelled: that it starts the RC oscillator when no 32,768 Hz clock runs (it always counts).
 */
#ifndef PERIPHERALS_NRF52_WDT_H
#define PERIPHERALS_NRF52_WDT_H

#include "peripherals/nrf52/nrf_common.h"

enum wdt_register {
    WDT_TASKS_START = 0x000,
    WDT_EVENTS_TIMEOUT = 0x100,
    WDT_RUNSTATUS = 0x400,
    WDT_REQSTATUS = 0x404,
    WDT_CRV = 0x504,
    WDT_RREN = 0x508,
    WDT_CONFIG = 0x50C,
    WDT_RR0 = 0x600, /* RR0..RR7 */
};

#define WDT_RELOAD_KEY        0x6E524635U
#define WDT_RESET_DELAY_TICKS 2U

enum wdt_fault { WDT_FAULT_DEAD, WDT_FAULT_EARLY, WDT_FAULTS };

/* Kept over a reset. */
struct wdt_faults {
    int32_t values[WDT_FAULTS];
};

struct wdt {
    struct device_env env;
    struct wdt_state {
        struct nrf_events events;
        uint32_t crv, rren, config;
        uint32_t requested; /* reload registers that were written since the last reload */
        bool running;
        bool asleep;         /* the CPU */
        uint64_t due_ticks;  /* while it counts: the tick of the timeout */
        uint64_t left_ticks; /* while it is paused: ticks to the timeout */
        struct wdt_faults faults;
    } state;
    struct event timeout;
    struct event reset;
};

extern const struct device_class nrf52_wdt_class;

#endif
