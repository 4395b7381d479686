/* QDEC: decoding, periods, accumulation, shortcuts, debouncing, the LED. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/qdec.h"

/* Of the specification. */
#define START      0x000
#define STOP       0x004
#define READCLRACC 0x008
#define RDCLRACC   0x00C
#define RDCLRDBL   0x010
#define SAMPLERDY  0x100
#define REPORTRDY  0x104
#define ACCOF      0x108
#define DBLRDY     0x10C
#define STOPPED    0x110
#define SHORTS     0x200
#define INTENSET   0x304
#define ENABLE     0x500
#define LEDPOL     0x504
#define SAMPLEPER  0x508
#define SAMPLE     0x50C
#define REPORTPER  0x510
#define ACC        0x514
#define ACCREAD    0x518
#define PSEL_LED   0x51C
#define PSEL_A     0x520
#define PSEL_B     0x524
#define DBFEN      0x528
#define LEDPRE     0x540
#define ACCDBL     0x544
#define ACCDBLREAD 0x548

#define US(n)  ((uint64_t)(n)*64)
#define PERIOD US(128)
#define LED    20U
#define A      8U
#define B      9U

static int setup(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    if (bench_start(b, &nrf52_qdec_class, 0x40012000) != NULL) {
        return -1;
    }
    bench_write(b, PSEL_A, A);
    bench_write(b, PSEL_B, B);
    bench_write(b, ENABLE, 1);
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static void put(struct bench *b, uint32_t pair)
{
    wire_drive(&b->pins[A].pad, (pair & 2U) != 0 ? WIRE_HIGH : WIRE_LOW);
    wire_drive(&b->pins[B].pad, (pair & 1U) != 0 ? WIRE_HIGH : WIRE_LOW);
}

static void next_sample(struct bench *b)
{
    bench_run_to(b, clock_now(&b->clock) + PERIOD);
}

static int32_t read_signed(struct bench *b, uint32_t offset)
{
    return (int32_t)bench_read(b, offset);
}

/* The specification's table, previous pair by current pair. */
static void pairs_are_decoded(void **state)
{
    struct bench *b = *state;
    static const int32_t table[4][4] = {{0, 1, -1, 2}, {-1, 0, 2, 1}, {1, 2, 0, -1}, {2, -1, 1, 0}};
    for (uint32_t before = 0; before < 4; before++) {
        for (uint32_t now = 0; now < 4; now++) {
            int32_t expected = table[before][now];
            put(b, before);
            bench_write(b, START, 1);
            put(b, now);
            next_sample(b);
            assert_int_equal(read_signed(b, SAMPLE), expected);
            assert_int_equal(read_signed(b, ACC), expected == 2 ? 0 : expected);
            assert_int_equal(bench_read(b, ACCDBL), expected == 2);
            bench_write(b, STOP, 1);
            bench_write(b, READCLRACC, 1);
            assert_int_equal(read_signed(b, ACCREAD), expected == 2 ? 0 : expected);
            assert_int_equal(bench_read(b, ACCDBLREAD), expected == 2);
            assert_int_equal(read_signed(b, ACC), 0);
        }
    }
    assert_int_equal(bench_event_count(b, STOPPED), 16);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void samples_come_in_their_period(void **state)
{
    struct bench *b = *state;
    for (uint32_t sampleper = 0; sampleper <= 10; sampleper++) {
        uint64_t begin = clock_now(&b->clock);
        uint32_t before = bench_event_count(b, SAMPLERDY);
        bench_write(b, SAMPLEPER, sampleper);
        bench_write(b, START, 1);
        bench_run_to(b, begin + (PERIOD << sampleper) - 1);
        assert_int_equal(bench_event_count(b, SAMPLERDY), before);
        bench_run_to(b, begin + 3 * (PERIOD << sampleper));
        assert_int_equal(bench_event_count(b, SAMPLERDY), before + 3);
        assert_int_equal(bench_event_cycle(b, SAMPLERDY), begin + 3 * (PERIOD << sampleper));
        bench_write(b, STOP, 1);
    }
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void reports_come_when_there_is_something_to_report(void **state)
{
    struct bench *b = *state;
    static const uint32_t periods[9] = {10, 40, 80, 120, 160, 200, 240, 280, 1};
    bench_write(b, INTENSET, 1U << 1);
    for (uint32_t reportper = 0; reportper < 9; reportper++) {
        uint32_t before = bench_event_count(b, REPORTRDY);
        bench_write(b, REPORTPER, reportper);
        bench_write(b, REPORTRDY, 0);
        put(b, 0);
        bench_write(b, START, 1);
        uint64_t begin = clock_now(&b->clock);
        bench_run_to(b, begin + PERIOD * periods[reportper]);
        assert_int_equal(bench_event_count(b, REPORTRDY), before); /* nothing moved */
        put(b, 1);
        bench_run_to(b, begin + 2 * PERIOD * periods[reportper] - 1);
        assert_false(b->irq);
        bench_run_to(b, begin + 2 * PERIOD * periods[reportper]);
        assert_true(b->irq);
        bench_write(b, STOP, 1);
        bench_write(b, RDCLRACC, 1);
    }
    assert_int_equal(bench_event_count(b, DBLRDY), 0);
}

static void accumulators_overflow_and_keep_their_value(void **state)
{
    struct bench *b = *state;
    static const uint32_t up[4] = {1, 3, 2, 0};
    bench_write(b, START, 1);
    for (uint32_t i = 0; i < 1023; i++) {
        put(b, up[i % 4]);
        next_sample(b);
    }
    assert_int_equal(read_signed(b, ACC), 1023);
    assert_int_equal(bench_event_count(b, ACCOF), 0);
    put(b, up[1023 % 4]);
    next_sample(b);
    assert_int_equal(read_signed(b, ACC), 1023);
    assert_int_equal(bench_event_count(b, ACCOF), 1);
    for (uint32_t i = 0; i < 15; i++) {
        put(b, i % 2 == 0 ? 3 : 0);
        next_sample(b);
    }
    assert_int_equal(bench_read(b, ACCDBL), 15);
    assert_int_equal(bench_event_count(b, ACCOF), 1);
    put(b, 0);
    next_sample(b);
    assert_int_equal(bench_read(b, ACCDBL), 15);
    assert_int_equal(bench_event_count(b, ACCOF), 2);
    bench_write(b, RDCLRDBL, 1);
    assert_int_equal(bench_read(b, ACCDBLREAD), 15);
    assert_int_equal(bench_read(b, ACCDBL), 0);
    assert_int_equal(read_signed(b, ACC), 1023);
}

static void shortcuts(void **state)
{
    struct bench *b = *state;
    static const struct {
        uint32_t bit, pair;
        bool clears_acc, clears_dbl, stops;
    } cases[] = {
        {0, 1, true, true, false},  {1, 1, false, false, true}, {2, 1, true, false, false},
        {3, 1, false, false, true}, {4, 3, false, true, false}, {5, 3, false, false, true},
        {6, 1, true, true, false},
    };
    bench_write(b, REPORTPER, 8); /* each sample */
    for (uint32_t i = 0; i < 7; i++) {
        bool single = cases[i].pair == 1;
        uint32_t before = bench_event_count(b, STOPPED);
        put(b, 0);
        bench_write(b, SHORTS, 1U << cases[i].bit);
        bench_write(b, START, 1);
        put(b, cases[i].pair);
        next_sample(b);
        assert_int_equal(bench_event_count(b, STOPPED), before + cases[i].stops);
        assert_int_equal(bench_read(b, ACC), single && !cases[i].clears_acc);
        assert_int_equal(bench_read(b, ACCDBL), !single && !cases[i].clears_dbl);
        if (single && cases[i].clears_acc) {
            assert_int_equal(bench_read(b, ACCREAD), 1);
        }
        bench_write(b, ENABLE, 0);
        bench_write(b, ENABLE, 1);
        bench_write(b, READCLRACC, 1);
    }
}

static void the_filter_wants_steady_inputs(void **state)
{
    struct bench *b = *state;
    for (uint32_t dbfen = 0; dbfen < 2; dbfen++) {
        put(b, 0);
        bench_write(b, DBFEN, dbfen);
        bench_write(b, START, 1);
        bench_run_to(b, clock_now(&b->clock) + PERIOD / 2);
        put(b, 1); /* in the middle of a period */
        bench_run_to(b, clock_now(&b->clock) + PERIOD / 2);
        assert_int_equal(read_signed(b, SAMPLE), dbfen == 0);
        next_sample(b);
        assert_int_equal(read_signed(b, SAMPLE), dbfen == 1);
        bench_write(b, STOP, 1);
    }
}

static void the_led_is_lit_before_each_sample(void **state)
{
    struct bench *b = *state;
    bench_write(b, PSEL_LED, LED);
    bench_write(b, LEDPRE, 20);
    for (uint32_t ledpol = 0; ledpol < 2; ledpol++) {
        enum wire_level on = ledpol != 0 ? WIRE_HIGH : WIRE_LOW;
        enum wire_level off = ledpol != 0 ? WIRE_LOW : WIRE_HIGH;
        uint64_t begin = clock_now(&b->clock);
        bench_write(b, LEDPOL, ledpol);
        assert_int_equal(b->pins[LED].claim.level, WIRE_FLOATING);
        bench_write(b, START, 1);
        for (uint32_t i = 1; i <= 3; i++) {
            bench_run_to(b, begin + i * PERIOD - US(20) - 1);
            assert_int_equal(b->pins[LED].claim.level, off);
            bench_run_to(b, begin + i * PERIOD - US(20));
            assert_int_equal(b->pins[LED].claim.level, on);
            bench_run_to(b, begin + i * PERIOD - 1);
            assert_int_equal(b->pins[LED].claim.level, on);
            bench_run_to(b, begin + i * PERIOD);
            assert_int_equal(b->pins[LED].claim.level, off);
        }
        bench_write(b, STOP, 1);
    }
    bench_write(b, LEDPRE, 200); /* more than a period: always on */
    bench_write(b, START, 1);
    assert_int_equal(b->pins[LED].claim.level, WIRE_HIGH);
    bench_write(b, ENABLE, 0);
    assert_int_equal(b->pins[LED].claim.level, WIRE_FLOATING);
    bench_write(b, ENABLE, 1);
    bench_write(b, START, 1);
    assert_int_equal(b->pins[LED].claim.level, WIRE_HIGH);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(b->pins[LED].claim.level, WIRE_FLOATING);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void what_is_wrong_is_reported(void **state)
{
    struct bench *b = *state;
    bench_write(b, SAMPLEPER, 15);
    assert_int_equal(bench_read(b, SAMPLEPER), 10);
    bench_write(b, REPORTPER, 9);
    assert_int_equal(bench_read(b, REPORTPER), 8);
    bench_write(b, ENABLE, 0);
    bench_write(b, START, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 3);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void faults_double_a_sample_or_hide_all(void **state)
{
    struct bench *b = *state;
    static const uint32_t forward[] = {1, 3, 2, 0};
    put(b, 0);
    bench_write(b, START, 1);
    assert_true(bench_input(b, "double", 2));
    for (size_t i = 0; i < 4; i++) {
        put(b, forward[i]);
        next_sample(b);
        assert_int_equal(read_signed(b, SAMPLE), i == 1 ? 2 : 1);
    }
    assert_int_equal(read_signed(b, ACC), 3);
    assert_int_equal(bench_read(b, ACCDBL), 1);
    assert_true(bench_input(b, "stuck", 1));
    put(b, 1);
    next_sample(b);
    assert_int_equal(read_signed(b, SAMPLE), 0);
    assert_true(bench_input(b, "stuck", 0));
    next_sample(b); /* what it shows now has changed since it last looked */
    assert_int_equal(read_signed(b, SAMPLE), 1);
}

static void turn(struct bench *b, uint32_t steps, bool forward)
{
    static const uint32_t pairs[] = {0, 1, 3, 2};
    for (uint32_t i = 1; i <= steps; i++) {
        put(b, pairs[(forward ? i : 0U - i) % 4U]);
        next_sample(b);
    }
}

static void it_counts_down_as_far_as_up(void **state)
{
    struct bench *b = *state;
    put(b, 0);
    bench_write(b, START, 1);
    turn(b, 1024, false);
    assert_int_equal(read_signed(b, ACC), -1024);
    assert_int_equal(bench_event_count(b, ACCOF), 0);
    turn(b, 1, false);
    assert_int_equal(read_signed(b, ACC), -1024);
    assert_int_equal(bench_event_count(b, ACCOF), 1);
}

static void a_report_counts_from_start(void **state)
{
    struct bench *b = *state;
    put(b, 0);
    bench_write(b, START, 1);
    turn(b, 4, true);
    bench_write(b, STOP, 1);
    bench_write(b, START, 1);
    turn(b, 8, true);
    next_sample(b);
    assert_int_equal(bench_event_count(b, REPORTRDY), 0);
    next_sample(b); /* the tenth */
    assert_int_equal(bench_event_count(b, REPORTRDY), 1);
}

static void an_unconnected_input_shows_nothing(void **state)
{
    struct bench *b = *state;
    bench_write(b, PSEL_B, 1U << 31 | B);
    put(b, 0);
    bench_write(b, START, 1);
    put(b, 1);
    next_sample(b);
    assert_int_equal(read_signed(b, SAMPLE), 0);
    /* With one port, the port's bit is none. */
    ((struct qdec *)b->device)->env.pin_count = 32;
    bench_write(b, PSEL_B, 32 + B);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
    next_sample(b);
    assert_int_equal(read_signed(b, SAMPLE), 1);
    ((struct qdec *)b->device)->env.pin_count = BENCH_PINS;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(pairs_are_decoded),
        TEST(samples_come_in_their_period),
        TEST(reports_come_when_there_is_something_to_report),
        TEST(accumulators_overflow_and_keep_their_value),
        TEST(shortcuts),
        TEST(the_filter_wants_steady_inputs),
        TEST(the_led_is_lit_before_each_sample),
        TEST(what_is_wrong_is_reported),
        TEST(faults_double_a_sample_or_hide_all),
        TEST(it_counts_down_as_far_as_up),
        TEST(a_report_counts_from_start),
        TEST(an_unconnected_input_shows_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
