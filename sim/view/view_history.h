/* sim/view/view_history.h - the last seconds of a machine, from the events of its frames: who had
 * the core when, exceptions, pins, system calls. Kept in two forms: the events themselves, for any
 * zoom down to the cycle, and busy cycles by bucket of time, for what a column of pixels shows when
 * seconds are seen at once.
 *
 * Bounded: HISTORY_EVENTS_MAX events and HISTORY_SPAN_CYCLES of buckets; older ones are forgotten.
 */
#ifndef SIM_VIEW_VIEW_HISTORY_H
#define SIM_VIEW_VIEW_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/view/view_timeline.h"

#define HISTORY_EVENTS_MAX   (1U << 20)
#define HISTORY_FINE_SHIFT   12U /* 64 us at 64 MHz */
#define HISTORY_COARSE_SHIFT 16U /* 1 ms */
#define HISTORY_SPAN_SHIFT   30U
#define HISTORY_SPAN_CYCLES  (1ULL << HISTORY_SPAN_SHIFT) /* 16.8 s */

/* Lanes by number, fixed. */
enum {
    HISTORY_KERNEL = 0,
    HISTORY_SLEEP = 1,
    HISTORY_PROCESS = 2, /* + index */
    HISTORY_EXCEPTION = HISTORY_PROCESS + VIEW_NAMES_PROCESSES,
    HISTORY_PIN = HISTORY_EXCEPTION + VIEW_NAMES_EXCEPTIONS,
    HISTORY_LANES = HISTORY_PIN + VIEW_NAMES_PINS,
    HISTORY_NO_LANE = HISTORY_LANES,
};

#define HISTORY_GAPS_MAX  32U
#define HISTORY_MARKS_MAX 512U

/* What is on at one time: the lane that has the core, and one bit for each other lane. */
struct history_state {
    uint16_t running; /* HISTORY_NO_LANE: not known */
    uint64_t on[(HISTORY_LANES + 63) / 64];
    uint64_t since[HISTORY_LANES];       /* of a lane that is on: the cycle in which it went on */
    uint64_t call[VIEW_NAMES_PROCESSES]; /* the event of the call that it is in, + 1; 0: none */
};

struct history_lane {
    bool seen;         /* something has happened in it */
    uint64_t on_since; /* while it is on: from here on its buckets lack what it did */
    uint16_t *fine;    /* busy cycles of each bucket, a ring; NULL: none yet */
    uint32_t *coarse;
};

struct history_gap {
    uint64_t begin, end;
};

struct view_history {
    uint64_t begin_cycle;              /* of what is known in buckets */
    uint64_t now_cycles;               /* up to here */
    struct view_event *events;         /* a ring; owned */
    uint64_t first, end;               /* numbers of the oldest event, and of the next one */
    uint32_t capacity;                 /* a power of two */
    struct history_state *checkpoints; /* before event n * HISTORY_CHECKPOINT; a ring; owned */
    struct history_state state;        /* after the last event */
    struct history_lane lanes[HISTORY_LANES];
    struct history_gap gaps[HISTORY_GAPS_MAX]; /* the last ones, a ring */
    uint32_t gap_count;
    struct view_event marks[HISTORY_MARKS_MAX]; /* faults, starts and resets: the last, a ring */
    uint32_t mark_count;
};

/* *history is zeroed before the first one. */
void view_history_take(struct view_history *history, const struct view_timeline *timeline,
                       uint64_t now_cycles);
void view_history_free(struct view_history *history);

/* Event number n, history->first <= n < history->end. */
const struct view_event *view_history_event(const struct view_history *history, uint64_t number);
/* The number of the first event at or after `cycle`; history->end: there is none. */
uint64_t view_history_find(const struct view_history *history, uint64_t cycle);
/* From which cycle on the events themselves are there. */
uint64_t view_history_events_begin(const struct view_history *history);

/* The lane that an event belongs to. */
uint16_t view_history_lane_of(const struct view_event *event);

/* Goes through the busy stretches of all lanes, in the order in which they end: what overlaps
 * [begin, end), cut to it, and to what is known. For any lane whose events are still there. */
struct history_walk {
    void (*stretch)(void *context, uint16_t lane, uint64_t begin, uint64_t end);
    /* Each event in the range, after the stretch that it ends; may be NULL. */
    void (*event)(void *context, uint64_t number, const struct view_event *event);
    void *context;
};
void view_history_walk(const struct view_history *history, uint64_t begin, uint64_t end,
                       const struct history_walk *walk);

/* Busy cycles of a lane in the buckets that begin in [begin, end), coarse or fine. */
uint64_t view_history_busy(const struct view_history *history, uint16_t lane, uint64_t begin,
                           uint64_t end, bool coarse);

/* The whole stretch of the lane that `cycle` lies in; false: it is not on then, or that is not
 * known. One that goes on ends now. */
bool view_history_stretch(const struct view_history *history, uint16_t lane, uint64_t cycle,
                          uint64_t *begin, uint64_t *end);

/* The next event of the lane after `cycle`, or the last one before it; false: none. */
bool view_history_next(const struct view_history *history, uint16_t lane, uint64_t cycle,
                       uint64_t *number);
bool view_history_previous(const struct view_history *history, uint16_t lane, uint64_t cycle,
                           uint64_t *number);

/* The system call that a process is in at this cycle: its event's number; false: it is in none, or
 * that is not known. */
bool view_history_call(const struct view_history *history, uint16_t process, uint64_t cycle,
                       uint64_t *number);

/* When the process of a system call goes on again, and that event's number; false: not yet. */
bool view_history_return(const struct view_history *history, uint64_t call, uint64_t *number);

#endif
