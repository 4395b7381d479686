/* The event queue's order and the exact conversions between clock domains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/clock.h"

#define CPU_HZ 64000000U

struct log {
    char order[16];
    size_t length;
    uint64_t late_cycles;
};

struct named_event {
    struct event event;
    struct log *log;
    char name;
};

static void note(void *owner, uint64_t late_cycles)
{
    struct named_event *e = owner;
    e->log->order[e->log->length++] = e->name;
    e->log->late_cycles = late_cycles;
}

static void fires_in_order_of_cycle_then_of_scheduling(void **state)
{
    (void)state;
    struct clock clock;
    struct log log = {0};
    struct named_event e[4];
    clock_init(&clock, CPU_HZ);
    for (int i = 0; i < 4; i++) {
        e[i] = (struct named_event){.log = &log, .name = (char)('a' + i)};
        event_init(&e[i].event, note, &e[i]);
    }
    clock_schedule(&clock, &e[0].event, 50);
    clock_schedule(&clock, &e[1].event, 10);
    clock_schedule(&clock, &e[2].event, 50);
    clock_schedule(&clock, &e[3].event, 10);
    clock_schedule(&clock, &e[1].event, 50); /* moved: now the last of those at 50 */
    assert_int_equal(clock_next_due(&clock), 10);
    clock_set_now(&clock, 49);
    clock_fire_due(&clock);
    assert_string_equal(log.order, "d");
    assert_int_equal(log.late_cycles, 39);
    clock_set_now(&clock, 50);
    clock_fire_due(&clock);
    assert_string_equal(log.order, "dacb");
    assert_true(clock_next_due(&clock) == CLOCK_NEVER);
}

static void cancelled_events_do_not_fire(void **state)
{
    (void)state;
    struct clock clock;
    struct log log = {0};
    struct named_event e = {.log = &log, .name = 'x'};
    clock_init(&clock, CPU_HZ);
    event_init(&e.event, note, &e);
    clock_cancel(&clock, &e.event);
    clock_schedule(&clock, &e.event, 5);
    clock_cancel(&clock, &e.event);
    clock_set_now(&clock, 100);
    clock_fire_due(&clock);
    assert_int_equal(log.length, 0);
}

static void an_event_in_the_past_is_due_now(void **state)
{
    (void)state;
    struct clock clock;
    struct log log = {0};
    struct named_event e = {.log = &log, .name = 'x'};
    clock_init(&clock, CPU_HZ);
    event_init(&e.event, note, &e);
    clock_set_now(&clock, 100);
    clock_set_now(&clock, 90);
    assert_int_equal(clock_now(&clock), 100);
    clock_schedule(&clock, &e.event, 7);
    assert_int_equal(clock_next_due(&clock), 100);
}

static void low_frequency_ticks_are_exact(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock, CPU_HZ);
    /* 125,000 cycles are 64 ticks; the first tick is complete after 1953.125 cycles. */
    assert_int_equal(clock_cycles_to_lf_ticks(&clock, 1953), 0);
    assert_int_equal(clock_cycles_to_lf_ticks(&clock, 1954), 1);
    assert_int_equal(clock_lf_ticks_to_cycles(&clock, 1), 1954);
    assert_int_equal(clock_lf_ticks_to_cycles(&clock, 64), 125000);
    assert_int_equal(clock_cycles_to_lf_ticks(&clock, 125000), 64);
    /* A thousand years do not overflow. */
    uint64_t seconds = 1000ULL * 365 * 86400;
    assert_true(clock_cycles_to_lf_ticks(&clock, seconds * CPU_HZ) == seconds * 32768);
    assert_true(clock_lf_ticks_to_cycles(&clock, seconds * 32768) == seconds * CPU_HZ);
    assert_int_equal(clock_us_to_cycles(&clock, 3), 192);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_in_order_of_cycle_then_of_scheduling),
        cmocka_unit_test(cancelled_events_do_not_fire),
        cmocka_unit_test(an_event_in_the_past_is_due_now),
        cmocka_unit_test(low_frequency_ticks_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
