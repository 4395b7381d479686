/* TIMER: the cycle of each compare event, widths, shortcuts, counting, and a comparison with a
 * timer that is stepped one 16 MHz period at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/timer.h"

#define START      0x000
#define STOP       0x004
#define COUNT      0x008
#define CLEAR      0x00C
#define SHUTDOWN   0x010
#define CAPTURE(i) (0x040U + 4U * (i))
#define COMPARE(i) (0x140U + 4U * (i))
#define SHORTS     0x200
#define INTENSET   0x304
#define INTENCLR   0x308
#define MODE       0x504
#define BITMODE    0x508
#define PRESCALER  0x510
#define CC(i)      (0x540U + 4U * (i))
#define TICK       4U /* CPU cycles per period of 16 MHz */

static int setup(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    assert_null(bench_start(b, &nrf52_timer_class, 0x40008000));
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static uint32_t guest_errors(const struct bench *b)
{
    return b->diag.count[DIAG_GUEST_ERROR];
}

static uint32_t capture(struct bench *b)
{
    bench_write(b, CAPTURE(5), 1);
    return bench_read(b, CC(5));
}

static void reset_values(void **state)
{
    struct bench *b = *state;
    for (uint32_t offset = START; offset <= SHUTDOWN; offset += 4) {
        assert_int_equal(bench_read(b, offset), 0);
    }
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(bench_read(b, CAPTURE(i)), 0);
        assert_int_equal(bench_read(b, COMPARE(i)), 0);
        assert_int_equal(bench_read(b, CC(i)), 0);
    }
    assert_int_equal(bench_read(b, SHORTS), 0);
    assert_int_equal(bench_read(b, INTENSET), 0);
    assert_int_equal(bench_read(b, INTENCLR), 0);
    assert_int_equal(bench_read(b, MODE), 0);
    assert_int_equal(bench_read(b, BITMODE), 0);
    assert_int_equal(bench_read(b, PRESCALER), 4);
    assert_int_equal(guest_errors(b), 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void each_prescaler_has_its_rate(void **state)
{
    struct bench *b = *state;
    bench_write(b, BITMODE, 3);
    for (uint32_t p = 0; p <= 9; p++) {
        bench_write(b, PRESCALER, p);
        bench_write(b, CLEAR, 1);
        uint64_t start = clock_now(&b->clock);
        bench_write(b, START, 1);
        bench_run_to(b, start + (1000U << p) * TICK - 1);
        assert_int_equal(capture(b), 999);
        bench_run_to(b, start + (1000U << p) * TICK);
        assert_int_equal(capture(b), 1000);
        bench_write(b, STOP, 1);
    }
    bench_write(b, PRESCALER, 12);
    assert_int_equal(bench_read(b, PRESCALER), 9);
    assert_int_equal(guest_errors(b), 1);
}

static void compare_fires_in_its_cycle(void **state)
{
    struct bench *b = *state;
    bench_run_to(b, 4000);
    bench_write(b, PRESCALER, 0);
    bench_write(b, INTENSET, 1U << 17);
    for (uint32_t i = 0; i < 6; i++) {
        bench_write(b, CC(i), 100 * (i + 1));
    }
    bench_write(b, START, 1);
    bench_run_to(b, 4000 + 200 * TICK - 1);
    assert_false(b->irq);
    assert_int_equal(bench_event_count(b, COMPARE(0)), 1);
    bench_run_to(b, 4000 + 200 * TICK);
    assert_true(b->irq);
    bench_write(b, COMPARE(1), 0);
    assert_false(b->irq);
    bench_run_to(b, 4000 + 1000 * TICK);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(bench_event_cycle(b, COMPARE(i)), 4000 + 100 * (i + 1) * TICK);
        assert_int_equal(bench_read(b, COMPARE(i)), i != 1);
    }
    bench_run_to(b, 4000 + (65536 + 200) * TICK); /* 16 bits: again after a turn */
    assert_int_equal(bench_event_cycle(b, COMPARE(1)), 4000 + (65536 + 200) * TICK);
}

static void widths(void **state)
{
    struct bench *b = *state;
    static const struct {
        uint32_t bitmode;
        uint64_t turn;
    } cases[] = {{0, 1ULL << 16}, {1, 1ULL << 8}, {2, 1ULL << 24}, {3, 1ULL << 32}};
    bench_write(b, PRESCALER, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench_write(b, BITMODE, cases[i].bitmode);
        bench_write(b, CLEAR, 1);
        uint64_t start = clock_now(&b->clock);
        bench_write(b, START, 1);
        clock_set_now(&b->clock, start + (cases[i].turn - 1) * TICK);
        assert_int_equal(capture(b), cases[i].turn - 1);
        clock_set_now(&b->clock, start + cases[i].turn * TICK);
        assert_int_equal(capture(b), 0);
        bench_write(b, STOP, 1);
    }
}

static void a_shortcut_to_clear_makes_a_period(void **state)
{
    struct bench *b = *state;
    bench_write(b, PRESCALER, 0);
    bench_write(b, CC(0), 250);
    bench_write(b, CC(1), 100);
    bench_write(b, SHORTS, 1);
    bench_write(b, START, 1);
    bench_run_to(b, 1000 * 250 * TICK);
    assert_int_equal(bench_event_count(b, COMPARE(0)), 1000);
    assert_int_equal(bench_event_cycle(b, COMPARE(0)), 1000 * 250 * TICK);
    assert_int_equal(bench_event_count(b, COMPARE(1)), 1000);
    assert_int_equal(bench_event_cycle(b, COMPARE(1)), (999 * 250 + 100) * TICK);
}

static void a_shortcut_to_stop_is_a_one_shot(void **state)
{
    struct bench *b = *state;
    bench_write(b, PRESCALER, 0);
    bench_write(b, CC(2), 77);
    bench_write(b, SHORTS, 1U << 10);
    bench_write(b, START, 1);
    bench_run_to(b, 10000 * TICK);
    assert_int_equal(bench_event_count(b, COMPARE(2)), 1);
    assert_int_equal(capture(b), 77);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    bench_write(b, START, 1); /* goes on from there, without a new match */
    bench_run_to(b, 10100 * TICK);
    assert_int_equal(capture(b), 177);
    assert_int_equal(bench_event_count(b, COMPARE(2)), 1);
}

static void counter_mode_counts_tasks(void **state)
{
    struct bench *b = *state;
    for (uint32_t mode = 1; mode <= 2; mode++) {
        bench_write(b, MODE, mode);
        bench_write(b, CLEAR, 1);
        bench_write(b, CC(0), 3);
        bench_write(b, COUNT, 1); /* not started */
        bench_write(b, START, 1);
        bench_run_to(b, 1000 * mode);
        assert_int_equal(capture(b), 0);
        for (uint32_t i = 0; i < 3; i++) {
            assert_int_equal(bench_event_count(b, COMPARE(0)), mode - 1);
            bench_write(b, COUNT, 1);
        }
        assert_int_equal(bench_event_count(b, COMPARE(0)), mode);
        assert_int_equal(capture(b), 3);
        assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
        bench_write(b, STOP, 1);
    }
    bench_write(b, MODE, 0);
    bench_write(b, CLEAR, 1);
    bench_write(b, START, 1);
    bench_write(b, COUNT, 1); /* a timer does not count tasks */
    assert_int_equal(capture(b), 0);
}

static void stop_keeps_and_shutdown_clears(void **state)
{
    struct bench *b = *state;
    bench_write(b, PRESCALER, 0);
    bench_write(b, START, 1);
    bench_run_to(b, 500 * TICK);
    bench_write(b, STOP, 1);
    bench_run_to(b, 900 * TICK);
    assert_int_equal(capture(b), 500);
    bench_write(b, START, 1);
    bench_run_to(b, 1000 * TICK);
    assert_int_equal(capture(b), 600);
    bench_write(b, CLEAR, 1);
    bench_run_to(b, 1010 * TICK);
    assert_int_equal(capture(b), 10);
    bench_write(b, SHUTDOWN, 1);
    bench_run_to(b, 1100 * TICK);
    assert_int_equal(capture(b), 0);
}

static void a_cc_that_has_passed_waits_a_turn(void **state)
{
    struct bench *b = *state;
    bench_write(b, PRESCALER, 0);
    bench_write(b, BITMODE, 1);
    bench_write(b, START, 1);
    bench_run_to(b, 100 * TICK);
    bench_write(b, CC(0), 100); /* equal now: no match */
    bench_write(b, CC(1), 99);
    bench_run_to(b, 400 * TICK);
    assert_int_equal(bench_event_cycle(b, COMPARE(0)), 356 * TICK);
    assert_int_equal(bench_event_cycle(b, COMPARE(1)), 355 * TICK);
}

static void settings_while_running_are_reported(void **state)
{
    struct bench *b = *state;
    bench_write(b, PRESCALER, 0);
    bench_write(b, START, 1);
    bench_run_to(b, 100 * TICK);
    bench_write(b, PRESCALER, 0); /* the same: nothing changes */
    assert_int_equal(guest_errors(b), 0);
    bench_write(b, PRESCALER, 1);
    assert_int_equal(guest_errors(b), 1);
    bench_run_to(b, 300 * TICK);
    assert_int_equal(capture(b), 200);
}

static void stop_through_ppi_within_the_event(struct bench *b, uint32_t address)
{
    if (address == 0x40008000 + COMPARE(1)) {
        bench_write(b, STOP, 1);
        bench_write(b, CLEAR, 1);
    }
}

static void a_task_from_within_an_event(void **state)
{
    struct bench *b = *state;
    b->on_event = stop_through_ppi_within_the_event;
    bench_write(b, PRESCALER, 0);
    bench_write(b, CC(1), 10);
    bench_write(b, CC(2), 10);
    bench_write(b, CC(3), 11);
    bench_write(b, START, 1);
    bench_run_to(b, 1000);
    assert_int_equal(bench_event_count(b, COMPARE(1)), 1);
    assert_int_equal(bench_event_count(b, COMPARE(2)), 1);
    assert_int_equal(bench_event_count(b, COMPARE(3)), 0);
    assert_int_equal(capture(b), 0);
}

static void cc_num_and_unknown_registers(void **state)
{
    (void)state;
    struct bench *b = bench_new();
    b->props[0] = (struct bench_prop){"cc-num", 4};
    assert_null(bench_start(b, &nrf52_timer_class, 0x40008000));
    bench_write(b, INTENSET, UINT32_MAX);
    assert_int_equal(bench_read(b, INTENSET), 0x000F0000);
    bench_write(b, SHORTS, UINT32_MAX);
    assert_int_equal(bench_read(b, SHORTS), 0x00000F0F);
    assert_int_equal(guest_errors(b), 0);
    bench_write(b, CC(4), 1);
    bench_write(b, CAPTURE(4), 1);
    bench_write(b, 0x50C, 1);
    assert_int_equal(bench_read(b, COMPARE(4)), 0);
    assert_int_equal(guest_errors(b), 4);
    bench_free(b);
}

static void reset_stops(void **state)
{
    struct bench *b = *state;
    bench_write(b, CC(0), 2);
    bench_write(b, INTENSET, 1U << 16);
    bench_write(b, START, 1);
    bench_run_to(b, 1000);
    assert_true(b->irq);
    bench_reset(b, RESET_SREQ);
    assert_false(b->irq);
    bench_run_to(b, 1000000);
    assert_int_equal(capture(b), 0);
    assert_int_equal(bench_event_count(b, COMPARE(0)), 1);
}

/* One 16 MHz period after the other, in the plainest way. */
struct naive {
    bool running;
    uint32_t count, divider, prescaler, mask, shorts, cc[3], hits[3];
};

static void naive_period(struct naive *n)
{
    if (!n->running || ++n->divider != 1U << n->prescaler) {
        return;
    }
    n->divider = 0;
    n->count = (n->count + 1) & n->mask;
    uint32_t now = n->count;
    for (uint32_t i = 0; i < 3; i++) {
        if (now == (n->cc[i] & n->mask)) {
            n->hits[i]++;
            n->count = (n->shorts >> i & 1U) != 0 ? 0 : n->count;
            n->running = n->running && (n->shorts >> (8 + i) & 1U) == 0;
        }
    }
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static void naive_task(struct bench *b, struct naive *n, uint32_t *seed)
{
    uint32_t i = next_random(seed) % 3;
    switch (next_random(seed) % 6) {
    case 0:
        bench_write(b, STOP, 1);
        n->running = false;
        break;
    case 1:
        bench_write(b, CLEAR, 1);
        n->count = 0;
        n->divider = 0;
        break;
    case 2:
        n->cc[i] = next_random(seed) & 0xFF;
        bench_write(b, CC(i), n->cc[i]);
        break;
    case 3:
        n->shorts = 1U << (next_random(seed) % 12) & 0x0707;
        bench_write(b, SHORTS, n->shorts);
        break;
    default:
        bench_write(b, START, 1);
        n->divider = n->running ? n->divider : 0;
        n->running = true;
        break;
    }
}

static void agrees_with_a_stepped_timer(void **state)
{
    (void)state;
    uint32_t seed = 99;
    for (uint32_t run = 0; run < 200; run++) {
        struct bench *b = bench_new();
        assert_null(bench_start(b, &nrf52_timer_class, 0x40008000));
        struct naive n = {.prescaler = next_random(&seed) % 4, .mask = 0xFF};
        bench_write(b, BITMODE, 1);
        bench_write(b, PRESCALER, n.prescaler);
        for (uint32_t period = 1; period < 2000; period++) {
            bench_run_to(b, period * TICK);
            naive_period(&n);
            if (next_random(&seed) % 64 == 0) {
                naive_task(b, &n, &seed);
            }
            for (uint32_t i = 0; i < 3; i++) {
                if (capture(b) != n.count || bench_event_count(b, COMPARE(i)) != n.hits[i]) {
                    fail_msg(
                        "run %u, period %u: count %u, expected %u; hits of %u: %u, expected %u",
                        run, period, capture(b), n.count, i, bench_event_count(b, COMPARE(i)),
                        n.hits[i]);
                }
            }
        }
        bench_free(b);
    }
}

static void a_skewed_timer_counts_faster_or_slower(void **state)
{
    struct bench *b = *state;
    bench_write(b, 0x508, 3); /* BITMODE: 32 bits */
    bench_write(b, 0x510, 0); /* PRESCALER */
    bench_write(b, 0x540, 1100000);
    bench_write(b, 0x304, 1U << 16);
    bench_write(b, 0x000, 1);
    assert_true(bench_input(b, "skew", 100000));
    bench_run_to(b, 4000000 - 1);
    assert_int_equal(bench_event_count(b, COMPARE(0)), 0);
    bench_run_to(b, 4000000); /* a million ticks, and a tenth */
    assert_int_equal(bench_event_count(b, COMPARE(0)), 1);
    assert_true(bench_input(b, "skew", -100000));
    bench_run_to(b, 8000000);
    assert_int_equal(capture(b), 2000000);
    assert_true(bench_input(b, "skew", 0));
    bench_run_to(b, 12000000);
    assert_int_equal(capture(b), 3000000);
    bench_reset(b, RESET_SREQ);
    assert_false(bench_input(b, "skew", 100001));
}

#define WITH_TIMER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TIMER(reset_values),
        WITH_TIMER(each_prescaler_has_its_rate),
        WITH_TIMER(compare_fires_in_its_cycle),
        WITH_TIMER(widths),
        WITH_TIMER(a_shortcut_to_clear_makes_a_period),
        WITH_TIMER(a_shortcut_to_stop_is_a_one_shot),
        WITH_TIMER(counter_mode_counts_tasks),
        WITH_TIMER(stop_keeps_and_shutdown_clears),
        WITH_TIMER(a_cc_that_has_passed_waits_a_turn),
        WITH_TIMER(settings_while_running_are_reported),
        WITH_TIMER(a_task_from_within_an_event),
        cmocka_unit_test(cc_num_and_unknown_registers),
        WITH_TIMER(reset_stops),
        WITH_TIMER(a_skewed_timer_counts_faster_or_slower),
        cmocka_unit_test(agrees_with_a_stepped_timer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
