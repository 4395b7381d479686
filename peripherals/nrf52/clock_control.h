/* peripherals/nrf52/clock_control.h - CLOCK: the start of the 64 MHz crystal and of the 32,768 Hz
 * clock, with their start-up times, and the calibration timer of the RC oscillator.
 *
 * Reference: nRF52832 product specification 1.4, "CLOCK"; nRF52840 product specification 1.1. CLOCK
 * shares its register window, its interrupt and its INTEN with POWER: clock_power.c is the device
 * and calls this part for every access.
 *
 * RTC counts only while the 32,768 Hz clock runs; WDT has its own count, since it forces the RC
 * oscillator on.
 *
 * Faults: "hfxo-dead", "lfxo-dead" (a crystal that is to start does not), "lf-skew" (the 32,768 Hz
 * clock, whichever source, is off by so many ppm).
 *
 * Not modelled: frequency errors by themselves (each clock is exact at once, so calibration changes
 * nothing).
 */
#ifndef PERIPHERALS_NRF52_CLOCK_CONTROL_H
#define PERIPHERALS_NRF52_CLOCK_CONTROL_H

#include "peripherals/nrf52/nrf_common.h"

enum clock_control_register {
    CLOCK_TASKS_HFCLKSTART = 0x000,
    CLOCK_TASKS_HFCLKSTOP = 0x004,
    CLOCK_TASKS_LFCLKSTART = 0x008,
    CLOCK_TASKS_LFCLKSTOP = 0x00C,
    CLOCK_TASKS_CAL = 0x010,
    CLOCK_TASKS_CTSTART = 0x014,
    CLOCK_TASKS_CTSTOP = 0x018,
    CLOCK_EVENTS_HFCLKSTARTED = 0x100,
    CLOCK_EVENTS_LFCLKSTARTED = 0x104,
    CLOCK_EVENTS_DONE = 0x10C,
    CLOCK_EVENTS_CTTO = 0x110,
    CLOCK_EVENTS_CTSTARTED = 0x128, /* nRF52840 */
    CLOCK_EVENTS_CTSTOPPED = 0x12C, /* nRF52840 */
    CLOCK_HFCLKRUN = 0x408,
    CLOCK_HFCLKSTAT = 0x40C,
    CLOCK_LFCLKRUN = 0x414,
    CLOCK_LFCLKSTAT = 0x418,
    CLOCK_LFCLKSRCCOPY = 0x41C,
    CLOCK_LFCLKSRC = 0x518,
    CLOCK_HFXODEBOUNCE = 0x528, /* nRF52840 */
    CLOCK_CTIV = 0x538,
    CLOCK_TRACECONFIG = 0x55C,
    CLOCK_LFRCMODE = 0x5B4, /* nRF52840 */
};

/* Typical start-up times of the product specification. */
#define CLOCK_HFXO_START_US  360U
#define CLOCK_LFRC_START_US  600U
#define CLOCK_LFXO_START_US  250000U
#define CLOCK_SYNTH_START_US 100U
#define CLOCK_CALIBRATION_US 16000U

enum clock_lf_phase {
    CLOCK_LF_OFF,
    CLOCK_LF_STARTING,     /* nothing runs yet */
    CLOCK_LF_RC_MEANWHILE, /* the RC oscillator runs until the crystal does */
    CLOCK_LF_RUNNING,
};

struct clock_control_state {
    bool hfclk_requested, hfclk_running;
    enum clock_lf_phase lf_phase;
    uint32_t lfclksrc, lfclksrccopy, ctiv, hfxodebounce, lfrcmode, traceconfig;
    bool calibrating, timer_running;
    struct lf_state lf; /* goes on counting over a reset */
};

enum clock_fault {
    CLOCK_FAULT_HFXO_DEAD,
    CLOCK_FAULT_LFXO_DEAD,
    CLOCK_FAULT_LF_SKEW,
    CLOCK_FAULTS,
};

/* The part inside struct clock_power; its pointers are into that struct. */
struct clock_control {
    const struct device_env *env;
    struct nrf_events *events; /* shared with POWER */
    struct clock_control_state *state;
    const int32_t *faults; /* by enum clock_fault */
    struct event hf_started, lf_step, calibrated, timer_expired;
};

/* The events that CLOCK has on this chip, as a mask for nrf_events_get. */
uint32_t clock_control_events(const struct device_env *env);

void clock_control_init(struct clock_control *clock, const struct device_env *env,
                        struct nrf_events *events, struct clock_control_state *state,
                        const int32_t *faults);
/* One of the faults begins or ends. */
void clock_control_faults_changed(struct clock_control *clock);
void clock_control_reset(struct clock_control *clock);
/* The second pass of a reset: the 32,768 Hz clock is what the state says. */
void clock_control_update(struct clock_control *clock);

/* False: not a register of CLOCK (event registers and INTEN are the window's). */
bool clock_control_get(const struct clock_control *clock, uint32_t offset, uint32_t *value);
bool clock_control_write(struct clock_control *clock, uint32_t offset, uint32_t value);

#endif
