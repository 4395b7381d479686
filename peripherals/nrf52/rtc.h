/* peripherals/nrf52/rtc.h - 24 bit real-time counter in the 32,768 Hz domain.
 *
 * Reference: nRF52832 product specification 1.4, "RTC". Devicetree: `cc-num` (default 4).
 *
 * COUNTER is computed when read; an event is queued only for what is enabled in EVTEN or INTEN, and
 * for a task on its way into the slow clock domain. What the specification gives as jitter is exact
 * here, by one rule: a task or a new CC value takes effect at the first rising edge of the slow
 * clock that follows a falling one, so 0.5 to 1.5 periods later. From this follow, as on the chip:
 *   - the first increment comes 0.5 to 1.5 periods after START (PRESCALER 0)
 *   - CC = COUNTER + 2 always matches; COUNTER + 1 does when written in the first half of a period
 *   - the old CC value may still match after the new one was written
 *   - CC = 0 does not match at CLEAR, CC = COUNTER does not at START
 * An event register is set only while its event is enabled in EVTEN or INTEN; PPI sees those in
 * EVTEN.
 * While the slow clock stands still (CLOCK has not started it) nothing counts, and tasks wait for
 * its next edge.
 */
#ifndef PERIPHERALS_NRF52_RTC_H
#define PERIPHERALS_NRF52_RTC_H

#include "peripherals/iface/device.h"
#include "peripherals/nrf52/nrf_common.h"

#define RTC_CC_MAX 4U

enum rtc_run { RTC_RUN_KEEP, RTC_RUN_START, RTC_RUN_STOP };
enum rtc_count { RTC_COUNT_KEEP, RTC_COUNT_CLEAR, RTC_COUNT_TRIGOVRFLW };

/* Tasks on their way into the slow domain; of several for one edge the last of each kind counts. */
struct rtc_pending {
    uint64_t edge; /* tick at which they take effect; 0: none */
    enum rtc_run run;
    enum rtc_count count;
};

/* A compare value and those it replaces. Tick t is compared with held[0] while t < until[0], with
 * held[1] while t < until[1], then with `value`. */
struct rtc_compare {
    uint32_t value; /* as written last */
    uint32_t held[2];
    uint64_t until[2]; /* in order */
};

enum rtc_fault { RTC_FAULT_COMPARE_LOST, RTC_FAULTS };

/* Kept over a reset. */
struct rtc_faults {
    int32_t values[RTC_FAULTS];
};

struct rtc {
    struct device_env env;
    uint32_t cc_num;
    uint32_t implemented; /* events */
    struct rtc_state {
        struct nrf_events events;
        uint32_t evten;
        uint32_t prescaler; /* as written; `divider` is what counts */
        bool running;
        uint32_t divider;              /* slow clock periods per increment */
        uint32_t base_count;           /* COUNTER at base_tick; while stopped: COUNTER */
        uint64_t base_tick;            /* in slow clock periods since time 0, as all ticks here */
        uint64_t events_tick;          /* increments up to here have had their events */
        struct rtc_pending pending[2]; /* in order: two edges at most lie ahead */
        struct rtc_compare compare[RTC_CC_MAX];
        struct rtc_faults faults;
    } state;
    struct event event;
    struct lf_listener listener;
};

extern const struct device_class nrf52_rtc_class;

#endif
