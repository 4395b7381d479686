/* peripherals/iface/clock.h - virtual time and the event queue.
 *
 * Time is one count of CPU clock cycles (64 MHz on nRF52). Slower domains are derived from it with
 * integers only. Events are intrusive: the device embeds them, nothing is allocated. Two events
 * that are due in the same cycle fire in the order in which they were scheduled. An event may
 * schedule or cancel any event, itself included, while it fires.
 */
#ifndef PERIPHERALS_IFACE_CLOCK_H
#define PERIPHERALS_IFACE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_NEVER UINT64_MAX

struct event {
    void (*fire)(void *owner, uint64_t late_cycles); /* set once by event_init; late: now - due */
    void *owner;
    uint64_t due_cycles; /* valid while queued */
    uint64_t sequence;   /* order among equals; given by clock_schedule */
    struct event *next;
    bool queued;
};

struct clock {
    uint64_t now_cycles;
    uint32_t cpu_hz;    /* 64,000,000 on nRF52 */
    struct event *head; /* sorted by (due_cycles, sequence) */
    uint64_t next_sequence;
};

void clock_init(struct clock *clock, uint32_t cpu_hz);
void event_init(struct event *event, void (*fire)(void *owner, uint64_t late_cycles), void *owner);

/* The current cycle. Exact to the instruction while a device is being accessed. */
uint64_t clock_now(const struct clock *clock);

/* Queues the event for a cycle; a cycle in the past means now. An event already queued is moved. */
void clock_schedule(struct clock *clock, struct event *event, uint64_t due_cycles);

/* Removes the event if it is queued. */
void clock_cancel(struct clock *clock, struct event *event);

/* The due cycle of the first event, or CLOCK_NEVER. */
uint64_t clock_next_due(const struct clock *clock);

/* Moves time forward to `cycles` (never back) without firing anything. */
void clock_set_now(struct clock *clock, uint64_t cycles);

/* Fires, in order, every event that is due at or before now. */
void clock_fire_due(struct clock *clock);

/* For a restored snapshot: no event is queued any more, the time is `now_cycles` (it may go back),
 * and counting of sequence numbers begins again. Events are then queued in their order with
 * clock_requeue, which leaves a due cycle in the past as it is. */
void clock_restart(struct clock *clock, uint64_t now_cycles);
void clock_requeue(struct clock *clock, struct event *event, uint64_t due_cycles);

/* 32,768 Hz domain: ticks completed at a cycle (cycles * 64 / 125,000 at 64 MHz) and the first
 * cycle at which `ticks` are complete. Exact for any cpu_hz. */
uint64_t clock_cycles_to_lf_ticks(const struct clock *clock, uint64_t cycles);
uint64_t clock_lf_ticks_to_cycles(const struct clock *clock, uint64_t ticks);

/* value * numerator / denominator, rounded down or up; denominator * numerator must fit into 64
 * bits, as must the result. */
uint64_t clock_scale_down(uint64_t value, uint64_t numerator, uint64_t denominator);
uint64_t clock_scale_up(uint64_t value, uint64_t numerator, uint64_t denominator);

/* Cycles that `microseconds` take, rounded up. */
uint64_t clock_us_to_cycles(const struct clock *clock, uint64_t microseconds);

#endif
