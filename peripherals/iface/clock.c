#include "peripherals/iface/clock.h"

#include <stddef.h>

#define LF_HZ 32768U

void clock_init(struct clock *clock, uint32_t cpu_hz)
{
    *clock = (struct clock){.cpu_hz = cpu_hz};
}

void event_init(struct event *event, void (*fire)(void *owner, uint64_t late_cycles), void *owner)
{
    *event = (struct event){.fire = fire, .owner = owner};
}

uint64_t clock_now(const struct clock *clock)
{
    return clock->now_cycles;
}

void clock_cancel(struct clock *clock, struct event *event)
{
    if (!event->queued) {
        return;
    }
    struct event **link = &clock->head;
    while (*link != event) {
        link = &(*link)->next;
    }
    *link = event->next;
    event->next = NULL;
    event->queued = false;
}

void clock_requeue(struct clock *clock, struct event *event, uint64_t due_cycles)
{
    clock_cancel(clock, event);
    event->due_cycles = due_cycles;
    event->sequence = clock->next_sequence++;
    struct event **link = &clock->head;
    while (*link != NULL && (*link)->due_cycles <= event->due_cycles) {
        link = &(*link)->next;
    }
    event->next = *link;
    event->queued = true;
    *link = event;
}

void clock_schedule(struct clock *clock, struct event *event, uint64_t due_cycles)
{
    clock_requeue(clock, event, due_cycles < clock->now_cycles ? clock->now_cycles : due_cycles);
}

void clock_restart(struct clock *clock, uint64_t now_cycles)
{
    while (clock->head != NULL) {
        clock_cancel(clock, clock->head);
    }
    clock->now_cycles = now_cycles;
    clock->next_sequence = 0;
}

uint64_t clock_next_due(const struct clock *clock)
{
    return clock->head != NULL ? clock->head->due_cycles : CLOCK_NEVER;
}

void clock_set_now(struct clock *clock, uint64_t cycles)
{
    if (cycles > clock->now_cycles) {
        clock->now_cycles = cycles;
    }
}

void clock_fire_due(struct clock *clock)
{
    while (clock->head != NULL && clock->head->due_cycles <= clock->now_cycles) {
        struct event *event = clock->head;
        clock->head = event->next;
        event->next = NULL;
        event->queued = false;
        event->fire(event->owner, clock->now_cycles - event->due_cycles);
    }
}

/* The whole part first, so that nothing overflows. */
uint64_t clock_scale_down(uint64_t value, uint64_t numerator, uint64_t denominator)
{
    return value / denominator * numerator + value % denominator * numerator / denominator;
}

uint64_t clock_scale_up(uint64_t value, uint64_t numerator, uint64_t denominator)
{
    uint64_t rest = value % denominator * numerator;
    return value / denominator * numerator + rest / denominator + (rest % denominator != 0);
}

uint64_t clock_cycles_to_lf_ticks(const struct clock *clock, uint64_t cycles)
{
    return clock_scale_down(cycles, LF_HZ, clock->cpu_hz);
}

uint64_t clock_lf_ticks_to_cycles(const struct clock *clock, uint64_t ticks)
{
    return clock_scale_up(ticks, clock->cpu_hz, LF_HZ);
}

uint64_t clock_us_to_cycles(const struct clock *clock, uint64_t microseconds)
{
    return clock_scale_up(microseconds, clock->cpu_hz, 1000000U);
}
