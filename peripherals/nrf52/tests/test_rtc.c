/* RTC: the cycle of each event, the rules for tasks and CC values near an edge, and a comparison
 * with a counter that is stepped edge by edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/rtc.h"

#define START      0x000
#define STOP       0x004
#define CLEAR      0x008
#define TRIGOVRFLW 0x00C
#define TICK       0x100
#define OVRFLW     0x104
#define COMPARE(i) (0x140U + 4U * (i))
#define INTENSET   0x304
#define INTENCLR   0x308
#define EVTEN      0x340
#define EVTENSET   0x344
#define EVTENCLR   0x348
#define COUNTER    0x504
#define PRESCALER  0x508
#define CC(i)      (0x540U + 4U * (i))
#define BIT_TICK   1U
#define BIT_OVRFLW 2U
#define BIT_CC(i)  (1U << (16 + (i)))

/* The first cycle at which n periods of 32,768 Hz are complete: 1953.125 cycles each. */
static uint64_t edge(uint64_t n)
{
    return (n * 15625 + 7) / 8;
}

static int setup(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    assert_null(bench_start(b, &nrf52_rtc_class, 0x40011000));
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static void reset_values(void **state)
{
    struct bench *b = *state;
    static const uint16_t all[] = {START, STOP,     CLEAR,    TRIGOVRFLW, TICK,      OVRFLW,
                                   0x140, 0x144,    0x148,    0x14C,      INTENSET,  INTENCLR,
                                   EVTEN, EVTENSET, EVTENCLR, COUNTER,    PRESCALER, 0x540,
                                   0x544, 0x548,    0x54C};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_int_equal(bench_read(b, all[i]), 0);
    }
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void counts_from_the_edge_after_start(void **state)
{
    struct bench *b = *state;
    bench_write(b, START, 1); /* in the first half of a period: the next rising edge counts */
    bench_run_to(b, edge(1) - 1);
    assert_int_equal(bench_read(b, COUNTER), 0);
    bench_run_to(b, edge(1));
    assert_int_equal(bench_read(b, COUNTER), 1);
    bench_run_to(b, edge(1000) - 1);
    assert_int_equal(bench_read(b, COUNTER), 999);
    bench_run_to(b, edge(1000));
    assert_int_equal(bench_read(b, COUNTER), 1000);
    assert_int_equal(b->device_class->peek(b->device, COUNTER), 1000);
}

static void a_task_in_the_second_half_waits_for_the_edge_after_next(void **state)
{
    struct bench *b = *state;
    bench_run_to(b, edge(5) + 1000); /* past the falling edge at 976.6 */
    bench_write(b, START, 1);
    bench_run_to(b, edge(7) - 1);
    assert_int_equal(bench_read(b, COUNTER), 0);
    bench_run_to(b, edge(7));
    assert_int_equal(bench_read(b, COUNTER), 1);
    bench_run_to(b, edge(10) + 10);
    assert_int_equal(bench_read(b, COUNTER), 4);
    bench_write(b, CLEAR, 1); /* first half: at edge 11 */
    assert_int_equal(bench_read(b, COUNTER), 4);
    bench_run_to(b, edge(11));
    assert_int_equal(bench_read(b, COUNTER), 0);
    bench_run_to(b, edge(12));
    assert_int_equal(bench_read(b, COUNTER), 1);
    bench_run_to(b, edge(20) + 5);
    bench_write(b, STOP, 1);
    bench_run_to(b, edge(30));
    assert_int_equal(bench_read(b, COUNTER), 9);
    bench_write(b, TRIGOVRFLW, 1);
    bench_run_to(b, edge(31));
    assert_int_equal(bench_read(b, COUNTER), 0xFFFFF0);
}

static void an_idle_hour_costs_no_event(void **state)
{
    struct bench *b = *state;
    bench_write(b, CC(0), 100);
    bench_write(b, START, 1);
    bench_run_to(b, edge(2));
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    clock_set_now(&b->clock, 3600ULL * BENCH_CPU_HZ);
    assert_int_equal(bench_read(b, COUNTER), (3600U * 32768U) & 0xFFFFFF);
    assert_int_equal(bench_read(b, COMPARE(0)), 0); /* not enabled: no event register either */
    assert_int_equal(b->events.count, 0);
}

static void compare_fires_in_its_cycle(void **state)
{
    struct bench *b = *state;
    for (uint32_t i = 0; i < 4; i++) {
        bench_write(b, CC(i), 1000 + 7 * i);
    }
    bench_write(b, EVTENSET, BIT_CC(0) | BIT_CC(1));
    bench_write(b, INTENSET, BIT_CC(1) | BIT_CC(2));
    bench_write(b, START, 1);
    bench_run_to(b, edge(1007) - 1);
    assert_int_equal(bench_event_cycle(b, COMPARE(0)), edge(1000));
    assert_false(b->irq);
    bench_run_to(b, edge(1007));
    assert_true(b->irq);
    bench_write(b, COMPARE(1), 0);
    assert_false(b->irq);
    bench_run_to(b, edge(1014));
    assert_true(b->irq);
    bench_run_to(b, edge(2000));
    assert_int_equal(bench_event_count(b, COMPARE(0)), 1);
    assert_int_equal(bench_event_count(b, COMPARE(1)), 1);
    assert_int_equal(bench_event_count(b, COMPARE(2)), 0); /* interrupt only: PPI hears nothing */
    assert_int_equal(bench_read(b, COMPARE(0)), 1);
    assert_int_equal(bench_read(b, COMPARE(2)), 1);
    assert_int_equal(bench_read(b, COMPARE(3)), 0);
    bench_run_to(b, edge(1000 + 0x1000000)); /* once more after a turn */
    assert_int_equal(bench_event_count(b, COMPARE(0)), 2);
    assert_int_equal(bench_event_cycle(b, COMPARE(0)), edge(1000 + 0x1000000));
}

static void no_drift_over_many_alarms(void **state)
{
    struct bench *b = *state;
    uint32_t next = 16384;
    bench_write(b, INTENSET, BIT_CC(0));
    bench_write(b, CC(0), next);
    bench_write(b, START, 1);
    for (uint32_t i = 1; i <= 2000; i++) {
        bench_run_to(b, edge(16384ULL * i) - 1);
        assert_false(b->irq);
        bench_run_to(b, edge(16384ULL * i));
        assert_true(b->irq);
        bench_write(b, COMPARE(0), 0);
        next += 16384;
        bench_write(b, CC(0), next);
    }
}

static void tick_and_overflow(void **state)
{
    struct bench *b = *state;
    bench_write(b, EVTEN, BIT_TICK | BIT_OVRFLW);
    bench_write(b, PRESCALER, 7);
    bench_write(b, TRIGOVRFLW, 1);
    bench_write(b, START, 1);
    bench_run_to(b, edge(1 + 8));
    assert_int_equal(bench_event_count(b, TICK), 1);
    assert_int_equal(bench_read(b, COUNTER), 0xFFFFF1);
    bench_run_to(b, edge(1 + 16 * 8) - 1);
    assert_int_equal(bench_event_count(b, TICK), 15);
    assert_int_equal(bench_event_count(b, OVRFLW), 0);
    bench_run_to(b, edge(1 + 16 * 8));
    assert_int_equal(bench_event_count(b, TICK), 16);
    assert_int_equal(bench_event_cycle(b, OVRFLW), edge(1 + 16 * 8));
    assert_int_equal(bench_read(b, COUNTER), 0);
}

static void cc_close_to_the_counter(void **state)
{
    (void)state;
    /* Written while COUNTER is 100, so many cycles after its edge: does it match? */
    static const struct {
        uint32_t cc, offset_cycles;
        bool fires;
    } cases[] = {{102, 10, true},    {102, 1940, true}, {101, 10, true},
                 {101, 1000, false}, {100, 10, false},  {99, 10, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench *b = bench_new();
        assert_null(bench_start(b, &nrf52_rtc_class, 0x40011000));
        bench_write(b, EVTENSET, BIT_CC(0));
        bench_write(b, START, 1);
        bench_run_to(b, edge(100) + cases[i].offset_cycles);
        assert_int_equal(bench_read(b, COUNTER), 100);
        bench_write(b, CC(0), cases[i].cc);
        bench_run_to(b, edge(200));
        assert_int_equal(bench_event_count(b, COMPARE(0)), cases[i].fires);
        if (cases[i].fires) {
            assert_int_equal(bench_event_cycle(b, COMPARE(0)), edge(cases[i].cc));
        }
        bench_free(b);
    }
}

static void the_old_cc_may_still_match(void **state)
{
    struct bench *b = *state;
    bench_write(b, EVTENSET, BIT_CC(0) | BIT_CC(1));
    bench_write(b, CC(0), 101);
    bench_write(b, CC(1), 102);
    bench_write(b, START, 1);
    bench_run_to(b, edge(100) + 1000);
    bench_write(b, CC(0), 500); /* too late to take 101 back */
    bench_write(b, CC(1), 501);
    bench_run_to(b, edge(600));
    assert_int_equal(bench_event_count(b, COMPARE(0)), 2);
    assert_int_equal(bench_event_count(b, COMPARE(1)), 1);
    assert_int_equal(bench_event_cycle(b, COMPARE(1)), edge(501));
}

static void no_match_at_clear_or_start(void **state)
{
    struct bench *b = *state;
    bench_write(b, EVTENSET, BIT_CC(0) | BIT_CC(1));
    bench_write(b, CC(0), 0);
    bench_write(b, CC(1), 5);
    bench_write(b, START, 1);
    bench_run_to(b, edge(3) + 10);
    bench_write(b, CLEAR, 1);
    bench_run_to(b, edge(9) + 10); /* 0 at edge 4, so 5 now */
    assert_int_equal(bench_event_count(b, COMPARE(0)), 0);
    assert_int_equal(bench_event_count(b, COMPARE(1)), 1);
    bench_write(b, STOP, 1);
    bench_run_to(b, edge(20) + 10);
    assert_int_equal(bench_read(b, COUNTER), 5);
    bench_write(b, START, 1);
    bench_run_to(b, edge(25));
    assert_int_equal(bench_event_count(b, COMPARE(1)), 1);
    assert_int_equal(bench_read(b, COUNTER), 10);
}

static void prescaler_is_taken_over_by_tasks(void **state)
{
    struct bench *b = *state;
    bench_write(b, START, 1);
    bench_run_to(b, edge(10) + 10);
    bench_write(b, PRESCALER, 3);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    bench_run_to(b, edge(20) + 10);
    assert_int_equal(bench_read(b, COUNTER), 20);
    bench_write(b, CLEAR, 1);
    bench_run_to(b, edge(21 + 40));
    assert_int_equal(bench_read(b, COUNTER), 10);
    bench_write(b, PRESCALER, 0xFFFFF);
    assert_int_equal(bench_read(b, PRESCALER), 0xFFF);
}

static void enables_are_kept_apart(void **state)
{
    struct bench *b = *state;
    bench_write(b, EVTEN, UINT32_MAX);
    assert_int_equal(bench_read(b, EVTENSET), 0x000F0003);
    bench_write(b, EVTENCLR, BIT_TICK | BIT_CC(3));
    assert_int_equal(bench_read(b, EVTENCLR), 0x00070002);
    assert_int_equal(bench_read(b, INTENSET), 0);
    bench_write(b, INTENSET, UINT32_MAX);
    bench_write(b, INTENCLR, BIT_OVRFLW);
    assert_int_equal(bench_read(b, INTENCLR), 0x000F0001);
    assert_int_equal(bench_read(b, EVTEN), 0x00070002);
}

static void three_compares_by_property(void **state)
{
    (void)state;
    struct bench *b = bench_new();
    b->props[0] = (struct bench_prop){"cc-num", 3};
    assert_null(bench_start(b, &nrf52_rtc_class, 0x4000B000));
    bench_write(b, EVTEN, UINT32_MAX);
    assert_int_equal(bench_read(b, EVTEN), 0x00070003);
    bench_write(b, CC(3), 1);
    assert_int_equal(bench_read(b, COMPARE(3)), 0);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2);
    bench_free(b);
}

static void reset_stops_and_clears(void **state)
{
    struct bench *b = *state;
    bench_write(b, CC(0), 100);
    bench_write(b, INTENSET, BIT_CC(0));
    bench_write(b, START, 1);
    bench_run_to(b, edge(100));
    assert_true(b->irq);
    bench_reset(b, RESET_SREQ);
    assert_false(b->irq);
    bench_run_to(b, edge(300));
    assert_int_equal(bench_read(b, COUNTER), 0);
    assert_int_equal(bench_read(b, CC(0)), 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

/* A counter that is stepped at each rising edge, with what was written since as plain lists. */
struct naive {
    bool running;
    uint32_t count, phase, divider, prescaler, cc;
    uint32_t compares;
    struct {
        uint64_t edge;
        uint32_t offset, value;
    } writes[64];
    uint32_t write_count;
};

static void naive_write(struct naive *n, uint64_t cycles, uint32_t offset, uint32_t value)
{
    uint64_t period = cycles * 8 / 15625;
    bool second_half = 2 * (cycles * 8 - period * 15625) >= 15625;
    n->writes[n->write_count].edge = period + (second_half ? 2 : 1);
    n->writes[n->write_count].offset = offset;
    n->writes[n->write_count].value = value;
    n->write_count++;
}

static bool naive_has(struct naive *n, uint64_t at, uint32_t offset, uint32_t *value)
{
    bool found = false;
    for (uint32_t i = 0; i < n->write_count; i++) {
        if (n->writes[i].edge == at && n->writes[i].offset == offset) {
            found = true;
            *value = n->writes[i].value;
        }
    }
    return found;
}

static void naive_edge(struct naive *n, uint64_t at)
{
    uint32_t value;
    (void)naive_has(n, at, CC(0), &n->cc);
    if (naive_has(n, at, START, &value) && !n->running) {
        n->running = true;
        n->phase = 0;
        n->divider = n->prescaler + 1;
    }
    if (naive_has(n, at, CLEAR, &value)) {
        n->count = 0;
        n->phase = 0;
        n->divider = n->prescaler + 1;
    } else if (naive_has(n, at, STOP, &value)) {
        n->running = false;
    } else if (n->running && ++n->phase == n->divider) {
        n->phase = 0;
        n->count++;
        n->compares += n->count == n->cc;
    }
}

static void agrees_with_a_stepped_counter(void **state)
{
    (void)state;
    uint32_t random = 12345;
    for (uint32_t run = 0; run < 200; run++) {
        struct bench *b = bench_new();
        struct naive n = {0};
        assert_null(bench_start(b, &nrf52_rtc_class, 0x40011000));
        random = random * 1664525U + 1013904223U;
        n.prescaler = random >> 28;
        bench_write(b, PRESCALER, n.prescaler);
        bench_write(b, EVTEN, BIT_CC(0));
        uint64_t next_write = 0;
        for (uint64_t e = 0; e < 300; e++) {
            /* Up to a few writes in [edge(e), edge(e + 1)). */
            while (n.write_count < 64 && next_write < edge(e + 1)) {
                random = random * 1664525U + 1013904223U;
                uint32_t choice = random >> 24;
                uint32_t offset = choice < 60 ? START : choice < 80 ? CLEAR : CC(0);
                if (choice >= 230) {
                    offset = STOP;
                }
                /* START and STOP for one edge: their order is not the chip's to say. */
                uint32_t value = offset == CC(0) ? n.count + 1 + (random >> 8) % 4 : 1;
                bench_run_to(b, next_write);
                uint32_t before = n.write_count;
                naive_write(&n, next_write, offset, value);
                uint64_t at = n.writes[before].edge;
                uint32_t ignored;
                bool other = (offset == START && naive_has(&n, at, STOP, &ignored)) ||
                             (offset == STOP && naive_has(&n, at, START, &ignored)) ||
                             (offset == STOP && naive_has(&n, at, CLEAR, &ignored)) ||
                             (offset == CLEAR && naive_has(&n, at, STOP, &ignored));
                if (other) {
                    n.write_count--;
                } else {
                    bench_write(b, offset, value);
                }
                next_write += (random >> 4) % 30000;
            }
            bench_run_to(b, edge(e + 1));
            naive_edge(&n, e + 1);
            if (bench_read(b, COUNTER) != n.count ||
                bench_event_count(b, COMPARE(0)) != n.compares) {
                fail_msg("run %u, edge %u: counter %u, expected %u; compares %u, expected %u", run,
                         (uint32_t)e + 1, bench_read(b, COUNTER), n.count,
                         bench_event_count(b, COMPARE(0)), n.compares);
            }
        }
        bench_free(b);
    }
}

#define WITH_RTC(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static void run_slow_clock(struct bench *b, struct lf_state *lf, bool running, int32_t ppm)
{
    lf_clock_drive(&b->nets.lf, lf);
    lf_clock_set(&b->nets.lf, lf, &b->clock, running, ppm);
}

static void nothing_counts_while_the_slow_clock_stands_still(void **state)
{
    struct bench *b = *state;
    struct lf_state lf = {0};
    run_slow_clock(b, &lf, false, 0);
    bench_write(b, EVTENSET, BIT_CC(0) | BIT_TICK);
    bench_write(b, CC(0), 3);
    bench_write(b, START, 1);
    bench_run_to(b, 1000000);
    assert_int_equal(bench_read(b, COUNTER), 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    run_slow_clock(b, &lf, true, 0); /* periods begin here: the third step is at the third edge */
    bench_run_to(b, 1000000 + edge(3) - 1);
    assert_int_equal(bench_read(b, COUNTER), 2);
    bench_run_to(b, 1000000 + edge(3));
    assert_int_equal(bench_event_cycle(b, COMPARE(0)), 1000000 + edge(3));
    bench_run_to(b, 1000000 + edge(10) + 100);
    run_slow_clock(b, &lf, false, 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    bench_run_to(b, 5000000);
    assert_int_equal(bench_read(b, COUNTER), 10);
    run_slow_clock(b, &lf, true, 0);
    bench_run_to(b, 5000000 + edge(1));
    assert_int_equal(bench_read(b, COUNTER), 11);
    assert_int_equal(bench_event_count(b, TICK), 11);
}

static void a_skewed_slow_clock_counts_faster(void **state)
{
    struct bench *b = *state;
    struct lf_state lf = {0};
    run_slow_clock(b, &lf, true, 100000);
    bench_write(b, START, 1);
    bench_run_to(b, BENCH_CPU_HZ);
    assert_int_equal(bench_read(b, COUNTER), 36044); /* 32,768 and a tenth; 0.8 of a period short */
    run_slow_clock(b, &lf, true, -50000);
    bench_run_to(b, 2ULL * BENCH_CPU_HZ + 2000);
    assert_in_range(bench_read(b, COUNTER), 36044 + 31129, 36044 + 31131);
}

static void a_fault_loses_a_compare(void **state)
{
    struct bench *b = *state;
    bench_write(b, CC(0), 10);
    bench_write(b, CC(1), 20);
    bench_write(b, INTENSET, BIT_CC(0) | BIT_CC(1) | BIT_TICK);
    assert_true(bench_input(b, "compare-lost", 1));
    bench_reset(b, RESET_SREQ);
    bench_write(b, CC(0), 10);
    bench_write(b, CC(1), 20);
    bench_write(b, INTENSET, BIT_CC(0) | BIT_CC(1) | BIT_TICK);
    bench_write(b, START, 1);
    bench_run_to(b, edge(30));
    assert_int_equal(bench_read(b, COMPARE(0)), 0);
    assert_int_equal(bench_read(b, COMPARE(1)), 1);
    assert_int_equal(bench_read(b, TICK), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RTC(reset_values),
        WITH_RTC(counts_from_the_edge_after_start),
        WITH_RTC(a_task_in_the_second_half_waits_for_the_edge_after_next),
        WITH_RTC(an_idle_hour_costs_no_event),
        WITH_RTC(compare_fires_in_its_cycle),
        WITH_RTC(no_drift_over_many_alarms),
        WITH_RTC(tick_and_overflow),
        WITH_RTC(cc_close_to_the_counter),
        WITH_RTC(the_old_cc_may_still_match),
        WITH_RTC(no_match_at_clear_or_start),
        WITH_RTC(prescaler_is_taken_over_by_tasks),
        WITH_RTC(enables_are_kept_apart),
        cmocka_unit_test(three_compares_by_property),
        WITH_RTC(reset_stops_and_clears),
        cmocka_unit_test(agrees_with_a_stepped_counter),
        WITH_RTC(nothing_counts_while_the_slow_clock_stands_still),
        WITH_RTC(a_skewed_slow_clock_counts_faster),
        WITH_RTC(a_fault_loses_a_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
