/* BH1750: modes, times, the measurement time register, faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/parts/bh1750.h"
#include "peripherals/parts/tests/i2c_bench.h"

static int setup(void **state)
{
    struct bench *b = i2c_bench_new(0x23);
    *state = b;
    assert_null(i2c_bench_start(b, &part_bh1750_class));
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static void command(struct bench *b, uint8_t code)
{
    const char byte = (char)code;
    assert_int_equal(i2c_bench_write(b, &byte, 1), 1);
}

static uint32_t counts(struct bench *b)
{
    uint8_t bytes[2];
    assert_true(i2c_bench_read(b, bytes, 2));
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

static void a_count_is_lux_times_one_point_two(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "light", 1000));
    command(b, 0x10);
    assert_int_equal(counts(b), 0);
    i2c_bench_wait_ms(b, 119);
    assert_int_equal(counts(b), 0);
    i2c_bench_wait_ms(b, 1);
    assert_int_equal(counts(b), 1200);
    assert_true(bench_input(b, "light", 10));
    assert_int_equal(counts(b), 1200);
    i2c_bench_wait_ms(b, 120);
    assert_int_equal(counts(b), 12);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void low_resolution_is_faster_and_mode_2_finer(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "light", 1000));
    command(b, 0x13);
    i2c_bench_wait_ms(b, 16);
    assert_int_equal(counts(b), 1200);
    command(b, 0x11);
    i2c_bench_wait_ms(b, 120);
    assert_int_equal(counts(b), 2400);
}

static void one_time_measurements_end_powered_down(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "light", 500));
    command(b, 0x20);
    i2c_bench_wait_ms(b, 120);
    assert_int_equal(counts(b), 600);
    assert_true(bench_input(b, "light", 50));
    i2c_bench_wait_ms(b, 1000);
    assert_int_equal(counts(b), 600);
    command(b, 0x07); /* powered down it does not hear a reset */
    assert_int_equal(counts(b), 600);
    command(b, 0x01);
    command(b, 0x07);
    assert_int_equal(counts(b), 0);
}

static void the_measurement_time_scales_both(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "light", 1000));
    command(b, 0x40 | 138 >> 5);
    command(b, 0x60 | (138 & 0x1F));
    command(b, 0x10);
    i2c_bench_wait_ms(b, 239);
    assert_int_equal(counts(b), 0);
    i2c_bench_wait_ms(b, 1);
    assert_int_equal(counts(b), 2400);
    command(b, 0x40);
    command(b, 0x60);
    command(b, 0x10);
    i2c_bench_wait_ms(b, 54); /* 31 is the least */
    assert_int_equal(counts(b), 1200 * 31 / 69);
}

static void the_halves_of_the_measurement_time_come_in_any_order(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "light", 690));
    command(b, 0x40);
    command(b, 0x60);
    command(b, 0x60 | 4); /* from 0, which counts as 31, to 100 */
    command(b, 0x40 | 3);
    command(b, 0x10);
    i2c_bench_wait_ms(b, 174);
    assert_int_equal(counts(b), 1200);
}

static void bright_light_ends_at_65535(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "light", INT32_MAX));
    command(b, 0x10);
    i2c_bench_wait_ms(b, 120);
    assert_int_equal(counts(b), 65535);
    assert_true(bench_input(b, "light", -5));
    i2c_bench_wait_ms(b, 120);
    assert_int_equal(counts(b), 0);
}

static void only_the_supply_resets_it(void **state)
{
    struct bench *b = *state;
    command(b, 0x10);
    i2c_bench_wait_ms(b, 120);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(counts(b), 120);
    bench_reset(b, RESET_POWER_ON);
    i2c_bench_wait_ms(b, 1000);
    assert_int_equal(counts(b), 0);
}

static void faults_of_the_sensor(void **state)
{
    struct bench *b = *state;
    command(b, 0x10);
    i2c_bench_wait_ms(b, 120);
    assert_int_equal(counts(b), 120);
    assert_true(bench_input(b, "stuck", 1));
    assert_true(bench_input(b, "light", 1000));
    i2c_bench_wait_ms(b, 500);
    assert_int_equal(counts(b), 120);
    assert_true(bench_input(b, "stuck", 0));
    i2c_bench_wait_ms(b, 120);
    assert_int_equal(counts(b), 1200);
    assert_true(bench_input(b, "out-of-range", 1));
    assert_int_equal(counts(b), 65535);
    assert_true(bench_input(b, "out-of-range", 0));
    assert_int_equal(counts(b), 1200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_count_is_lux_times_one_point_two),
        TEST(low_resolution_is_faster_and_mode_2_finer),
        TEST(one_time_measurements_end_powered_down),
        TEST(the_measurement_time_scales_both),
        TEST(the_halves_of_the_measurement_time_come_in_any_order),
        TEST(bright_light_ends_at_65535),
        TEST(only_the_supply_resets_it),
        TEST(faults_of_the_sensor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
