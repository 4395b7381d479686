/* peripherals/nrf52/pwm.h - PWM: a counter, four compare channels, and sequences of values that
 * EasyDMA reads from RAM.
 *
 * Reference: nRF52832 product specification 1.4, "PWM"; nRF52840 product specification 1.1 (one
 * more instance, pins of two ports). Where the specification leaves the moment of SEQEND and
 * LOOPSDONE open, the notes of the vendor's driver decide: when the last value is loaded.
 *
 * Drives the `claim` wire of the pins in PSEL in the cycle of each edge, while it generates;
 * otherwise GPIO's OUT and DIR decide. An event is queued for each edge of a connected channel and
 * for each end of a period; a stopped PWM costs nothing.
 */
#ifndef PERIPHERALS_NRF52_PWM_H
#define PERIPHERALS_NRF52_PWM_H

#include "peripherals/nrf52/nrf_common.h"

enum pwm_register {
    PWM_TASKS_STOP = 0x004,
    PWM_TASKS_SEQSTART_0 = 0x008,
    PWM_TASKS_SEQSTART_1 = 0x00C,
    PWM_TASKS_NEXTSTEP = 0x010,
    PWM_EVENTS_STOPPED = 0x104,
    PWM_EVENTS_SEQSTARTED_0 = 0x108, /* and 1 */
    PWM_EVENTS_SEQEND_0 = 0x110,     /* and 1 */
    PWM_EVENTS_PWMPERIODEND = 0x118,
    PWM_EVENTS_LOOPSDONE = 0x11C,
    PWM_ENABLE = 0x500,
    PWM_MODE = 0x504,
    PWM_COUNTERTOP = 0x508, /* reset value 0x3FF */
    PWM_PRESCALER = 0x50C,
    PWM_DECODER = 0x510,
    PWM_LOOP = 0x514,
    PWM_SEQ_0_PTR =
        0x520, /* then CNT, REFRESH (reset value 1), ENDDELAY; 0x20 bytes for each of 2 */
    PWM_PSEL_OUT_0 = 0x560, /* reset value 0xFFFFFFFF; 4 of them */
};

#define PWM_CHANNELS       4U
#define PWM_SEQUENCES      2U
#define PWM_COUNTERTOP_MIN 3U

enum pwm_fault { PWM_FAULT_STUCK_LOW, PWM_FAULT_STUCK_HIGH, PWM_FAULT_EVENT_LOST, PWM_FAULTS };

/* Kept over a reset. */
struct pwm_faults {
    int32_t values[PWM_FAULTS];
};

struct pwm_sequence {
    uint32_t ptr, cnt, refresh, enddelay;
};

struct pwm {
    struct device_env env;
    struct pwm_state {
        struct nrf_events events;
        uint32_t shorts, enable, mode, countertop, prescaler, decoder, loop;
        struct pwm_sequence sequences[PWM_SEQUENCES];
        uint32_t psel[PWM_CHANNELS];
        /* What is played. */
        uint32_t sequence;             /* 0 or 1 */
        uint32_t next, steps_left;     /* address of the next values, and how many follow */
        uint32_t periods_left;         /* of this step, or of ENDDELAY, after the current period */
        uint32_t loops_left;           /* 0: the sequence is played once */
        uint32_t starts_next;          /* 1 or 2: SEQSTART[0] or [1] waits for the period's end */
        uint32_t starts_after;         /* 1 or 2: the same, for the end of the sequence */
        uint16_t values[PWM_CHANNELS]; /* compare values with their polarity */
        uint32_t top;                  /* of this period */
        uint32_t period_prescaler, period_mode;
        uint64_t period_start; /* cycle */
        uint64_t claimed;      /* pins whose `claim` wire we drive */
        bool running, stopping;
        bool delaying;    /* in ENDDELAY */
        bool over;        /* the sequence is: its last value stays */
        bool step_wanted; /* NEXTSTEP came */
        struct pwm_faults faults;
    } state;
    struct event tick; /* the next edge or the end of the period */
};

extern const struct device_class nrf52_pwm_class;

#endif
