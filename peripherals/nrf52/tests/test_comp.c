/* COMP and LPCOMP: thresholds, references, hysteresis, events, shortcuts, times, wake-up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/comp.h"

/* Of the specification. */
#define START     0x000
#define STOP      0x004
#define SAMPLE    0x008
#define READY     0x100
#define DOWN      0x104
#define UP        0x108
#define CROSS     0x10C
#define SHORTS    0x200
#define INTENSET  0x304
#define RESULT    0x400
#define ENABLE    0x500
#define PSEL      0x504
#define REFSEL    0x508
#define EXTREFSEL 0x50C
#define ANADETECT 0x520
#define TH        0x530
#define MODE      0x534
#define HYST      0x538

#define COMP   2U
#define LPCOMP 1U
#define DIFF   (1U << 8)
#define US(n)  ((uint64_t)(n)*64)

/* AIN0 to AIN7. */
static const uint8_t ain[8] = {2, 3, 4, 5, 28, 29, 30, 31};

static int setup(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    return bench_start(b, &nrf52_comp_class, 0x40013000) == NULL ? 0 : -1;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static void put(struct bench *b, uint32_t input, int32_t microvolts)
{
    analog_drive(&b->pins[ain[input]].analog, microvolts);
}

static void start(struct bench *b, uint32_t which)
{
    bench_write(b, ENABLE, 0);
    bench_write(b, ENABLE, which);
    bench_write(b, START, 1);
    bench_run_to(b, clock_now(&b->clock) + US(200));
}

/* What SAMPLE gives a moment after the input has this voltage. */
static uint32_t sample_at(struct bench *b, uint32_t input, int32_t microvolts)
{
    put(b, input, microvolts);
    bench_run_to(b, clock_now(&b->clock) + US(10));
    bench_write(b, SAMPLE, 1);
    return bench_read(b, RESULT);
}

/* Just below the threshold, and just above it; ends below. */
static void check_threshold(struct bench *b, uint32_t input, int32_t microvolts)
{
    assert_int_equal(sample_at(b, input, 0), 0);
    assert_int_equal(sample_at(b, input, microvolts), 0);
    assert_int_equal(sample_at(b, input, microvolts + 1), 1);
    assert_int_equal(sample_at(b, input, microvolts), 1);
    assert_int_equal(sample_at(b, input, microvolts - 1), 0);
}

static void references_of_comp(void **state)
{
    struct bench *b = *state;
    static const struct {
        uint32_t refsel;
        int32_t microvolts;
    } references[] = {{0, 1200000}, {1, 1800000}, {2, 2400000}, {4, 3000000}, {7, 640000}};
    put(b, 5, 640000);
    bench_write(b, EXTREFSEL, 5);
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        for (uint32_t th = 1; th < 64; th += 31) {
            bench_write(b, REFSEL, references[i].refsel);
            bench_write(b, TH, th << 8 | th);
            bench_write(b, PSEL, 3);
            start(b, COMP);
            check_threshold(b, 3, (int32_t)((int64_t)references[i].microvolts * (th + 1) / 64));
        }
    }
}

static void references_of_lpcomp(void **state)
{
    struct bench *b = *state;
    static const int32_t sixteenths[16] = {2, 4, 6, 8, 10, 12, 14, 0, 1, 3, 5, 7, 9, 11, 13, 15};
    analog_drive(&b->nets.vdd, 3200000);
    put(b, 1, 777000);
    bench_write(b, EXTREFSEL, 1);
    bench_write(b, PSEL, 7);
    for (uint32_t refsel = 0; refsel < 16; refsel++) {
        bench_write(b, REFSEL, refsel);
        start(b, LPCOMP);
        check_threshold(b, 7, refsel == 7 ? 777000 : sixteenths[refsel] * 200000);
    }
}

static void hysteresis(void **state)
{
    struct bench *b = *state;
    bench_write(b, REFSEL, 4);
    bench_write(b, TH, 47U << 8 | 15U); /* 2.25 V up, 0.75 V down */
    start(b, COMP);
    assert_int_equal(sample_at(b, 0, 2250000), 0);
    assert_int_equal(sample_at(b, 0, 2250001), 1);
    assert_int_equal(sample_at(b, 0, 750000), 1);
    assert_int_equal(sample_at(b, 0, 749999), 0);
    bench_write(b, MODE, DIFF); /* against AIN2, 50 mV about it */
    bench_write(b, EXTREFSEL, 2);
    bench_write(b, HYST, 1);
    put(b, 2, 1000000);
    start(b, COMP);
    assert_int_equal(sample_at(b, 0, 1025000), 0);
    assert_int_equal(sample_at(b, 0, 1025001), 1);
    assert_int_equal(sample_at(b, 0, 975000), 1);
    assert_int_equal(sample_at(b, 0, 974999), 0);
    put(b, 2, 900000); /* the other input counts as well */
    bench_run_to(b, clock_now(&b->clock) + US(10));
    bench_write(b, SAMPLE, 1);
    assert_int_equal(bench_read(b, RESULT), 1);
}

static void it_is_ready_after_its_start_up(void **state)
{
    struct bench *b = *state;
    static const struct {
        uint32_t which, refsel, mode, us;
    } cases[] = {{COMP, 4, 0, 3}, {COMP, 0, 0, 53}, {COMP, 0, DIFF, 3}, {LPCOMP, 4, 0, 140}};
    bench_write(b, INTENSET, 1);
    for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t begin = clock_now(&b->clock);
        bench_write(b, REFSEL, cases[i].refsel);
        bench_write(b, MODE, cases[i].mode);
        bench_write(b, ENABLE, cases[i].which);
        bench_write(b, START, 1);
        bench_run_to(b, begin + US(cases[i].us) - 1);
        assert_false(b->irq);
        bench_run_to(b, begin + US(cases[i].us));
        assert_true(b->irq);
        bench_write(b, READY, 0);
        bench_write(b, ENABLE, 0);
    }
    assert_int_equal(bench_event_count(b, CROSS), 0);
}

static void crossings_raise_events_after_the_delay(void **state)
{
    struct bench *b = *state;
    static const struct {
        uint32_t which, mode, delay;
    } cases[] = {{COMP, 0, 38}, {COMP, 1, 12}, {COMP, 2, 6}, {LPCOMP, 0, 320}};
    bench_write(b, TH, 31U << 8 | 31U);
    for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench_write(b, MODE, cases[i].mode);
        put(b, 0, 0);
        start(b, cases[i].which);
        uint64_t begin = clock_now(&b->clock);
        put(b, 0, 3000000);
        bench_run_to(b, begin + cases[i].delay - 1);
        assert_int_equal(bench_event_count(b, UP), i);
        bench_run_to(b, begin + cases[i].delay);
        assert_int_equal(bench_event_count(b, UP), i + 1);
        assert_int_equal(bench_event_count(b, CROSS), 2 * i + 1);
        assert_int_equal(bench_event_count(b, DOWN), i);
        put(b, 0, 0);
        put(b, 0, 3000000); /* too short */
        bench_run_to(b, begin + 1000);
        assert_int_equal(bench_event_count(b, DOWN), i);
        put(b, 0, 0);
        bench_run_to(b, begin + 2000);
        assert_int_equal(bench_event_count(b, DOWN), i + 1);
        assert_int_equal(bench_event_count(b, CROSS), 2 * i + 2);
        assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER); /* nothing is polled */
    }
}

static void levels_count_as_voltages(void **state)
{
    struct bench *b = *state;
    bench_write(b, TH, 31U << 8 | 31U);
    start(b, COMP);
    wire_drive(&b->pins[2].pad, WIRE_HIGH);
    bench_run_to(b, clock_now(&b->clock) + US(1));
    assert_int_equal(bench_event_count(b, UP), 1);
    analog_drive(&b->nets.vdd, 1000000); /* input and reference fall together */
    bench_run_to(b, clock_now(&b->clock) + US(1));
    assert_int_equal(bench_event_count(b, DOWN), 0);
    put(b, 0, 0);
    bench_run_to(b, clock_now(&b->clock) + US(1));
    assert_int_equal(bench_event_count(b, DOWN), 1);
}

static void shortcuts(void **state)
{
    struct bench *b = *state;
    put(b, 0, 3000000);
    bench_write(b, TH, 31U << 8 | 31U);
    bench_write(b, SHORTS, 3); /* READY_SAMPLE, READY_STOP */
    start(b, COMP);
    assert_int_equal(bench_read(b, RESULT), 1);
    put(b, 0, 0);
    bench_run_to(b, clock_now(&b->clock) + US(10));
    assert_int_equal(bench_event_count(b, DOWN), 0);
    static const uint32_t stops[3] = {1U << 2, 1U << 3, 1U << 4}; /* DOWN, UP, CROSS */
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t before = bench_event_count(b, CROSS);
        put(b, 0, i == 0 ? 3000000 : 0);
        bench_write(b, SHORTS, stops[i]);
        start(b, COMP);
        put(b, 0, i == 0 ? 0 : 3000000);
        bench_run_to(b, clock_now(&b->clock) + US(10));
        put(b, 0, i == 0 ? 3000000 : 0);
        bench_run_to(b, clock_now(&b->clock) + US(10));
        assert_int_equal(bench_event_count(b, CROSS), before + 1);
    }
}

static void lpcomp_wakes_the_chip(void **state)
{
    struct bench *b = *state;
    static const uint32_t wakes_up[3] = {1, 1, 0}, wakes_down[3] = {1, 0, 1};
    for (uint32_t detect = 0; detect < 3; detect++) {
        bench_write(b, ANADETECT, detect);
        put(b, 0, 0);
        start(b, LPCOMP);
        b->wakes = 0;
        put(b, 0, 3000000);
        bench_run_to(b, clock_now(&b->clock) + US(10));
        assert_int_equal(b->wakes, wakes_up[detect]);
        put(b, 0, 0);
        bench_run_to(b, clock_now(&b->clock) + US(10));
        assert_int_equal(b->wakes, wakes_up[detect] + wakes_down[detect]);
    }
    assert_int_equal(b->wake_reason, 1U << 17);
    start(b, COMP);
    b->wakes = 0;
    put(b, 0, 3000000);
    bench_run_to(b, clock_now(&b->clock) + US(10));
    assert_int_equal(b->wakes, 0);
}

/* No event of the clock fires in there. */
static void lpcomp_keeps_count_in_system_off(void **state)
{
    struct bench *b = *state;
    put(b, 0, 3000000);
    bench_write(b, ANADETECT, 1); /* UP */
    bench_write(b, ENABLE, LPCOMP);
    bench_write(b, START, 1);
    clock_set_now(&b->clock, US(1000)); /* off before it is ready */
    put(b, 0, 0);
    assert_int_equal(b->wakes, 0);
    clock_set_now(&b->clock, US(2000));
    put(b, 0, 3000000);
    assert_int_equal(b->wakes, 1);
}

static void tasks_of_none_are_reported(void **state)
{
    struct bench *b = *state;
    bench_write(b, START, 1);
    bench_write(b, ENABLE, 3);
    bench_write(b, START, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 3);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    start(b, COMP);
    bench_write(b, STOP, 1);
    put(b, 0, 3000000);
    bench_run_to(b, clock_now(&b->clock) + US(10));
    assert_int_equal(bench_event_count(b, CROSS), 0);
}

static void faults_stick_or_shift_it(void **state)
{
    struct bench *b = *state;
    bench_write(b, REFSEL, 4); /* VDD: 3 V */
    bench_write(b, TH, 31U << 8 | 31U);
    bench_write(b, PSEL, 3);
    put(b, 3, 0);
    start(b, COMP);
    assert_true(bench_input(b, "stuck", 2));
    bench_run_to(b, clock_now(&b->clock) + US(10));
    assert_int_equal(bench_event_count(b, UP), 1); /* the fault itself is an edge */
    assert_int_equal(sample_at(b, 3, 0), 1);
    assert_true(bench_input(b, "stuck", 1));
    assert_int_equal(sample_at(b, 3, 2900000), 0);
    assert_true(bench_input(b, "stuck", 0));
    assert_int_equal(sample_at(b, 3, 2900000), 1);
    assert_true(bench_input(b, "offset", -200));
    check_threshold(b, 3, 1700000);
    assert_false(bench_input(b, "offset", 1001));
    bench_reset(b, RESET_SREQ);
    bench_write(b, REFSEL, 4);
    bench_write(b, TH, 31U << 8 | 31U);
    bench_write(b, PSEL, 3);
    start(b, COMP);
    check_threshold(b, 3, 1700000);
}

/* A change back takes what was on its way with it: the next one has its whole delay. */
static void a_pulse_that_is_too_short_leaves_nothing_behind(void **state)
{
    struct bench *b = *state;
    bench_write(b, TH, 31U << 8 | 31U);
    bench_write(b, MODE, 0);
    start(b, COMP);
    uint64_t begin = clock_now(&b->clock);
    put(b, 0, 3000000);
    bench_run_to(b, begin + 10);
    put(b, 0, 0);
    bench_run_to(b, begin + 20);
    put(b, 0, 3000000);
    bench_run_to(b, begin + 20 + 37);
    assert_int_equal(bench_event_count(b, UP), 0);
    bench_run_to(b, begin + 20 + 38);
    assert_int_equal(bench_event_count(b, UP), 1);
    put(b, 0, 0);
    bench_write(b, STOP, 1); /* and STOP does so, too */
    bench_run_to(b, begin + 1000);
    assert_int_equal(bench_event_count(b, DOWN), 0);
    start(b, COMP);
    put(b, 0, 3000000);
    bench_write(b, STOP, 1);
    bench_run_to(b, clock_now(&b->clock) + 1000);
    assert_int_equal(bench_event_count(b, UP), 1);
    put(b, 0, 0);
    /* As long as the delay, and not longer. */
    start(b, COMP);
    begin = clock_now(&b->clock);
    put(b, 0, 3000000);
    clock_set_now(&b->clock, begin + 38);
    put(b, 0, 0);
    bench_run_to(b, begin + 1000);
    assert_int_equal(bench_event_count(b, UP), 1);
}

/* What was due in System OFF has happened once, and the next change has its delay. */
static void what_is_overdue_happens_once(void **state)
{
    struct bench *b = *state;
    bench_write(b, ENABLE, LPCOMP);
    start(b, LPCOMP);
    uint64_t begin = clock_now(&b->clock);
    put(b, 0, 3000000);
    clock_set_now(&b->clock, begin + US(100));
    put(b, 0, 0);
    assert_int_equal(bench_event_count(b, UP), 1);
    bench_run_to(b, begin + US(100) + 319);
    assert_int_equal(bench_event_count(b, DOWN), 0);
    bench_run_to(b, begin + US(100) + 320);
    assert_int_equal(bench_event_count(b, DOWN), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(references_of_comp),
        TEST(references_of_lpcomp),
        TEST(hysteresis),
        TEST(it_is_ready_after_its_start_up),
        TEST(crossings_raise_events_after_the_delay),
        TEST(levels_count_as_voltages),
        TEST(shortcuts),
        TEST(lpcomp_wakes_the_chip),
        TEST(lpcomp_keeps_count_in_system_off),
        TEST(tasks_of_none_are_reported),
        TEST(faults_stick_or_shift_it),
        TEST(a_pulse_that_is_too_short_leaves_nothing_behind),
        TEST(what_is_overdue_happens_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
