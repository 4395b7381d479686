/* peripherals/iface/lf_clock.h - the chip's 32,768 Hz clock as those that count its periods see it:
 * CLOCK starts and stops it, RTC counts. Periods ("ticks") are counted since the power came; while
 * the clock stands still the count does, and each start begins a new period.
 *
 * Nothing is queued for it: counts are computed when asked for. It may be off by some ppm.
 */
#ifndef PERIPHERALS_IFACE_LF_CLOCK_H
#define PERIPHERALS_IFACE_LF_CLOCK_H

#include "peripherals/iface/clock.h"

#define LF_CLOCK_HZ      32768U
#define LF_CLOCK_PPM_MAX 100000 /* either way */

/* Plain values: part of the state of the device that drives the clock. */
struct lf_state {
    uint64_t start_cycle, base_ticks; /* so many ticks were complete at start_cycle */
    int32_t ppm;                      /* faster than it should be */
    uint32_t running;                 /* 0 or 1 */
};

/* Embedded by whoever counts; never allocated; lives as long as the machine. */
struct lf_listener {
    void (*changed)(void *owner);
    void *owner;
    struct lf_listener *next;
};

struct lf_clock {
    const struct lf_state *state; /* `always` until a device drives it */
    struct lf_state always;       /* runs from cycle 0 on */
    struct lf_listener *listeners;
};

void lf_clock_init(struct lf_clock *lf);

/* From now on *state, which the caller owns and lf_clock_set changes, is the clock's. */
void lf_clock_drive(struct lf_clock *lf, struct lf_state *state);

/* It runs so from now on. On a change every listener is told, in the order in which they joined. */
void lf_clock_set(struct lf_clock *lf, struct lf_state *state, const struct clock *clock,
                  bool running, int32_t ppm);

void lf_clock_listen(struct lf_clock *lf, struct lf_listener *listener,
                     void (*changed)(void *owner), void *owner);

/* Ticks, and half ticks, complete at `cycle`, which is not before the last change. */
uint64_t lf_clock_ticks(const struct lf_clock *lf, const struct clock *clock, uint64_t cycle);
uint64_t lf_clock_half_ticks(const struct lf_clock *lf, const struct clock *clock, uint64_t cycle);

/* The first cycle at which `ticks` are complete, if nothing changes; CLOCK_NEVER: it stands still,
 * or that is thousands of years ahead. */
uint64_t lf_clock_cycle(const struct lf_clock *lf, const struct clock *clock, uint64_t ticks);

/* A state from a file. */
bool lf_state_is_sane(const struct lf_state *state, uint64_t now_cycles);

#endif
