/* RNG: the cycle of each byte, the shortcut, the seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/nrf52/rng.h"
#include "peripherals/nrf52/tests/system_bench.h"

#define START    0x000
#define STOP     0x004
#define VALRDY   0x100
#define SHORTS   0x200
#define INTENSET 0x304
#define CONFIG   0x504
#define VALUE    0x508

#define US(n) ((uint64_t)(n)*64U)

static int setup(void **state)
{
    *state = system_bench_new(&nrf52_rng_class, 0x4000D000, 512U * 1024U);
    return 0;
}

static int teardown(void **state)
{
    system_bench_free(*state);
    return 0;
}

static void bytes_come_at_the_specified_rate(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, START, 1);
    bench_run_to(b, US(158) - 1);
    assert_int_equal(bench_read(b, VALRDY), 0);
    bench_run_to(b, US(158)); /* 128 to start, 30 for a byte */
    assert_int_equal(bench_read(b, VALRDY), 1);
    bench_run_to(b, US(158 + 10 * 30));
    assert_int_equal(bench_event_count(b, VALRDY), 11);
    bench_write(b, CONFIG, 1); /* from the byte after the one that is being made */
    bench_run_to(b, US(158 + 11 * 30 + 120) - 1);
    assert_int_equal(bench_event_count(b, VALRDY), 12);
    bench_run_to(b, US(158 + 11 * 30 + 120));
    assert_int_equal(bench_event_count(b, VALRDY), 13);
    bench_write(b, STOP, 1);
    bench_run_to(b, US(100000));
    assert_int_equal(bench_event_count(b, VALRDY), 13);
}

static void the_shortcut_stops_after_one_byte(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, SHORTS, 0xFFFFFFFF);
    assert_int_equal(bench_read(b, SHORTS), 1);
    bench_write(b, INTENSET, 1);
    bench_write(b, START, 1);
    bench_run_to(b, US(10000));
    assert_int_equal(bench_event_count(b, VALRDY), 1);
    assert_true(b->irq);
    bench_write(b, VALRDY, 0);
    assert_false(b->irq);
    bench_write(b, START, 1);
    bench_run_to(b, US(20000));
    assert_int_equal(bench_event_count(b, VALRDY), 2);
}

/* 4,096 bytes after one start, each read as the event comes. */
static void collect(struct bench *b, uint8_t *bytes)
{
    uint64_t start = clock_now(&b->clock);
    bench_write(b, START, 1);
    for (uint32_t i = 0; i < 4096; i++) {
        bench_run_to(b, start + US(158 + 30 * i));
        bytes[i] = (uint8_t)bench_read(b, VALUE);
        assert_true(bench_read(b, VALUE) <= 0xFF);
    }
    bench_write(b, STOP, 1);
}

static void values_depend_on_the_seed_alone(void **state)
{
    struct system_bench *s = *state;
    struct system_bench *other = system_bench_new(&nrf52_rng_class, 0x4000D000, 512U * 1024U);
    static uint8_t first[4096], again[4096], later[4096];
    uint32_t counts[256] = {0};
    collect(s->bench, first);
    collect(other->bench, again);
    assert_memory_equal(first, again, sizeof first);
    bench_reset(s->bench, RESET_SREQ);
    assert_int_equal(bench_read(s->bench, VALUE), 0);
    collect(s->bench, later); /* a reset does not start the noise over */
    assert_memory_not_equal(first, later, sizeof first);
    for (size_t i = 0; i < sizeof first; i++) {
        counts[first[i]]++;
    }
    for (size_t i = 0; i < 256; i++) { /* 16 expected; ten standard deviations */
        assert_in_range(counts[i], 1, 56);
    }
    system_bench_free(other);
}

static void reset_stops_it(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, CONFIG, 1);
    bench_write(b, START, 1);
    bench_reset(b, RESET_LOCKUP);
    bench_run_to(b, US(10000));
    assert_int_equal(b->events.count, 0);
    assert_int_equal(bench_read(b, CONFIG), 0);
    bench_write(b, VALUE, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
}

static uint32_t ones(const uint8_t *bytes, size_t count)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < count * 8; i++) {
        sum += (uint32_t)bytes[i / 8] >> i % 8 & 1U;
    }
    return sum;
}

static void faults_make_it_stuck_or_biased_over_a_reset(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    static uint8_t bytes[4096];
    assert_true(bench_input(b, "stuck", 0x5B));
    bench_reset(b, RESET_SREQ);
    collect(b, bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        assert_int_equal(bytes[i], 0x5A);
    }
    assert_true(bench_input(b, "stuck", 0));
    collect(b, bytes);
    assert_in_range(ones(bytes, sizeof bytes), 16384 - 1000, 16384 + 1000); /* of 32768 */
    assert_true(bench_input(b, "bias", 50)); /* three quarters are 1 */
    collect(b, bytes);
    assert_in_range(ones(bytes, sizeof bytes), 24576 - 1000, 24576 + 1000);
    assert_true(bench_input(b, "bias", -100));
    collect(b, bytes);
    assert_int_equal(ones(bytes, sizeof bytes), 0);
    assert_false(bench_input(b, "bias", 101));
    assert_false(bench_input(b, "byte", 1));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(bytes_come_at_the_specified_rate),
        TEST(the_shortcut_stops_after_one_byte),
        TEST(values_depend_on_the_seed_alone),
        TEST(reset_stops_it),
        TEST(faults_make_it_stuck_or_biased_over_a_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
