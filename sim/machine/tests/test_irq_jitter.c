/* Delays of interrupt lines: within the bound, reproducible, and no pulse is lost, no cleared cause
 * comes. */
#include "sim/machine/irq_jitter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LINES 3
#define BOUND 64
#define RISES 2000

struct seen {
    struct clock clock;
    struct irq_jitter jitter;
    struct irq_jitter_line lines[LINES];
    struct irq_line to_device[LINES];
    uint32_t rises[LINES];
    uint64_t rise_cycle[LINES]; /* the last */
    bool level[LINES];
};

static void on_out(void *context, uint32_t irqn, bool level)
{
    struct seen *seen = context;
    if (level && !seen->level[irqn]) {
        seen->rises[irqn]++;
        seen->rise_cycle[irqn] = clock_now(&seen->clock);
    }
    seen->level[irqn] = level;
}

static void set_up(struct seen *seen, uint64_t seed, uint64_t bound)
{
    memset(seen, 0, sizeof *seen);
    clock_init(&seen->clock, 64000000);
    irq_jitter_init(&seen->jitter, &(struct irq_jitter_config){.seed = seed, .bound_cycles = bound},
                    &seen->clock, seen->lines, LINES);
    for (uint32_t i = 0; i < LINES; i++) {
        seen->to_device[i] = irq_jitter_connect(
            &seen->jitter, i, (struct irq_line){.set = on_out, .context = seen, .irqn = i});
    }
}

static void run_to(struct seen *seen, uint64_t cycle)
{
    while (clock_next_due(&seen->clock) <= cycle) {
        clock_set_now(&seen->clock, clock_next_due(&seen->clock));
        clock_fire_due(&seen->clock);
    }
    clock_set_now(&seen->clock, cycle);
}

static void drive(struct seen *seen, uint32_t line, bool level)
{
    irq_line_set(&seen->to_device[line], level);
}

static void by_guest(struct seen *seen, uint32_t line, bool level)
{
    seen->jitter.guest_acts = true;
    drive(seen, line, level);
    seen->jitter.guest_acts = false;
}

/* The delay of each of `count` rises, 1000 cycles apart. */
static void measure(uint64_t seed, uint32_t line, bool busy_neighbour, uint32_t count,
                    uint64_t *delay)
{
    struct seen seen;
    set_up(&seen, seed, BOUND);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = 1000U * (i + 1);
        run_to(&seen, at);
        drive(&seen, line, true);
        if (busy_neighbour) {
            drive(&seen, 2, i % 2 == 0);
        }
        run_to(&seen, at + BOUND);
        assert_int_equal(seen.rises[line], i + 1);
        delay[i] = seen.rise_cycle[line] - at;
        by_guest(&seen, line, false);
        assert_false(seen.level[line]); /* a fall is never late */
    }
}

static void test_delays_fill_the_bound_and_nothing_more(void **state)
{
    (void)state;
    static uint64_t delay[RISES];
    uint32_t histogram[BOUND + 1] = {0};
    measure(1, 0, false, RISES, delay);
    for (uint32_t i = 0; i < RISES; i++) {
        assert_in_range(delay[i], 0, BOUND);
        histogram[delay[i]]++;
    }
    for (uint32_t i = 0; i <= BOUND; i++) {
        assert_in_range(histogram[i], 1, 4 * RISES / BOUND); /* expected: 31 */
    }
}

static void test_the_seed_and_the_line_decide(void **state)
{
    (void)state;
    static uint64_t first[100], other[100];
    measure(1, 0, false, 100, first);
    measure(1, 0, true, 100, other);
    assert_memory_equal(first, other, sizeof first);
    measure(2, 0, false, 100, other);
    assert_memory_not_equal(first, other, sizeof first);
    measure(1, 1, false, 100, other);
    assert_memory_not_equal(first, other, sizeof first);
}

/* A seed whose first delay is not 0: the tests below need a rise that waits. */
static void set_up_waiting(struct seen *seen)
{
    set_up(seen, 3, BOUND);
    drive(seen, 0, true);
    assert_int_equal(seen->rises[0], 0);
    run_to(seen, 1);
    assert_int_equal(seen->rises[0], 0);
}

static void test_a_cause_that_the_guest_clears_in_time_does_not_come(void **state)
{
    (void)state;
    struct seen seen;
    set_up_waiting(&seen);
    by_guest(&seen, 0, false);
    run_to(&seen, 1000);
    assert_int_equal(seen.rises[0], 0);
    drive(&seen, 0, true); /* and the next one does */
    run_to(&seen, 2000);
    assert_int_equal(seen.rises[0], 1);
    assert_true(seen.level[0]);
}

static void test_a_pulse_is_not_lost(void **state)
{
    (void)state;
    struct seen seen;
    set_up_waiting(&seen);
    drive(&seen, 0, false);
    run_to(&seen, 1000);
    assert_int_equal(seen.rises[0], 1);
    assert_false(seen.level[0]);
    assert_in_range(seen.rise_cycle[0], 2, BOUND);
}

static void test_pulses_within_a_delay_are_one(void **state)
{
    (void)state;
    struct seen seen;
    set_up_waiting(&seen);
    drive(&seen, 0, false);
    drive(&seen, 0, true);
    by_guest(&seen, 0, false); /* the first one is still owed */
    run_to(&seen, 1000);
    assert_int_equal(seen.rises[0], 1);
    assert_false(seen.level[0]);
    drive(&seen, 0, true);
    drive(&seen, 0, false);
    drive(&seen, 0, true);
    run_to(&seen, 2000);
    assert_int_equal(seen.rises[0], 2);
    assert_true(seen.level[0]);
}

static void test_clearing_the_pending_bit_takes_a_pulse_back_but_no_level(void **state)
{
    (void)state;
    struct seen seen;
    set_up_waiting(&seen);
    irq_jitter_pending_cleared(&seen.jitter, 0);
    irq_jitter_pulse(&seen.jitter, 1);
    irq_jitter_pulse(&seen.jitter, 2);
    irq_jitter_pending_cleared(&seen.jitter, 1);
    uint32_t before = seen.rises[1];
    run_to(&seen, 1000);
    assert_int_equal(seen.rises[0], 1);
    assert_int_equal(seen.rises[1], before);
    assert_int_equal(seen.rises[2], 1);
    assert_true(seen.level[0]);
    assert_false(seen.level[2]);
    irq_jitter_pending_cleared(&seen.jitter, 0); /* nothing waits: nothing happens */
    assert_true(seen.level[0]);
}

static void test_a_reset_forgets_what_waits(void **state)
{
    (void)state;
    struct seen seen;
    set_up_waiting(&seen);
    irq_jitter_reset(&seen.jitter);
    assert_int_equal(clock_next_due(&seen.clock), CLOCK_NEVER);
    run_to(&seen, 1000);
    assert_int_equal(seen.rises[0], 0);
    drive(&seen, 0, true);
    run_to(&seen, 2000);
    assert_int_equal(seen.rises[0], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delays_fill_the_bound_and_nothing_more),
        cmocka_unit_test(test_the_seed_and_the_line_decide),
        cmocka_unit_test(test_a_cause_that_the_guest_clears_in_time_does_not_come),
        cmocka_unit_test(test_a_pulse_is_not_lost),
        cmocka_unit_test(test_pulses_within_a_delay_are_one),
        cmocka_unit_test(test_clearing_the_pending_bit_takes_a_pulse_back_but_no_level),
        cmocka_unit_test(test_a_reset_forgets_what_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
