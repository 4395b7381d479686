/* HRS3300: identification, the pulse as drivers read it, sampling, faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/parts/hrs3300.h"
#include "peripherals/parts/tests/i2c_bench.h"

#define ENABLE  0x01
#define PDRIVER 0x0C

#define ON_12_5_MS 0xE0
#define ON_800_MS  0x80
#define POWERED    0x6E

static int setup(void **state)
{
    struct bench *b = i2c_bench_new(0x44);
    *state = b;
    assert_null(i2c_bench_start(b, &part_hrs3300_class));
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

/* The bits of the data sheet: M has 15..8, H 7..4, L 17..16 and 3..0. */
static uint32_t hrs(struct bench *b)
{
    uint32_t m = i2c_bench_register(b, 0x09);
    uint32_t h = i2c_bench_register(b, 0x0A);
    uint32_t l = i2c_bench_register(b, 0x0F);
    return m << 8 | (h & 0x0F) << 4 | (l & 0x0F) | (l & 0x30) << 12;
}

static uint32_t als(struct bench *b)
{
    uint32_t m = i2c_bench_register(b, 0x08);
    uint32_t h = i2c_bench_register(b, 0x0D);
    uint32_t l = i2c_bench_register(b, 0x0E);
    return m << 3 | (h & 0x3F) << 11 | (l & 0x07);
}

static void it_names_itself(void **state)
{
    struct bench *b = *state;
    assert_int_equal(i2c_bench_register(b, 0x00), 0x21);
    assert_int_equal(i2c_bench_register(b, ENABLE), 0x68);
    assert_int_equal(i2c_bench_register(b, PDRIVER), 0x68);
    i2c_bench_set(b, 0x00, 0x55);
    assert_int_equal(i2c_bench_register(b, 0x00), 0x21);
}

static void off_it_reads_nothing(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "heart-rate", 60));
    assert_true(bench_input(b, "ambient", 500));
    assert_int_equal(hrs(b), 0);
    i2c_bench_set(b, ENABLE, ON_12_5_MS);
    assert_int_not_equal(hrs(b), 0);
    assert_int_equal(als(b), 500);
    i2c_bench_set(b, PDRIVER, 0x4E); /* power off */
    assert_int_equal(hrs(b), 0);
}

/* Counts how often the reading falls through the middle within ten seconds, as an algorithm would
 * count beats. */
static uint32_t beats_in_ten_seconds(struct bench *b)
{
    uint32_t beats = 0, before = hrs(b);
    for (uint32_t i = 0; i < 400; i++) {
        i2c_bench_wait_ms(b, 25);
        uint32_t now = hrs(b);
        beats += before > 29550 && now <= 29550;
        before = now;
    }
    return beats;
}

static void the_wave_has_the_rate_of_the_heart(void **state)
{
    static const struct {
        int32_t rate;
        uint32_t beats;
    } cases[] = {{60, 10}, {120, 20}, {180, 30}};
    struct bench *b = *state;
    i2c_bench_set(b, PDRIVER, POWERED);
    i2c_bench_set(b, ENABLE, ON_12_5_MS);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(bench_input(b, "heart-rate", cases[i].rate));
        assert_in_range(beats_in_ten_seconds(b), cases[i].beats - 1, cases[i].beats + 1);
    }
    assert_true(bench_input(b, "heart-rate", 0));
    assert_int_equal(beats_in_ten_seconds(b), 0);
    assert_true(hrs(b) < 1000); /* no finger */
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void readings_change_with_the_sampling(void **state)
{
    struct bench *b = *state;
    i2c_bench_set(b, ENABLE, ON_800_MS);
    assert_true(bench_input(b, "heart-rate", 60));
    uint32_t first = hrs(b);
    i2c_bench_wait_ms(b, 799);
    assert_int_equal(hrs(b), first);
    i2c_bench_wait_ms(b, 2);
    assert_int_not_equal(hrs(b), first);
}

static void all_bits_come_through(void **state)
{
    struct bench *b = *state;
    i2c_bench_set(b, ENABLE, ON_12_5_MS);
    assert_true(bench_input(b, "ambient", 0x15A5D));
    assert_int_equal(als(b), 0x15A5D);
    assert_true(bench_input(b, "ambient", INT32_MAX));
    assert_int_equal(als(b), 0x1FFFF);
    assert_true(bench_input(b, "out-of-range", 1));
    assert_int_equal(hrs(b), 0x3FFFF);
}

static void only_the_supply_resets_it(void **state)
{
    struct bench *b = *state;
    i2c_bench_set(b, ENABLE, ON_12_5_MS);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(i2c_bench_register(b, ENABLE), ON_12_5_MS);
    bench_reset(b, RESET_POWER_ON);
    assert_int_equal(i2c_bench_register(b, ENABLE), 0x68);
}

static void a_stuck_sensor_keeps_its_values(void **state)
{
    struct bench *b = *state;
    i2c_bench_set(b, ENABLE, ON_12_5_MS);
    assert_true(bench_input(b, "heart-rate", 75));
    i2c_bench_wait_ms(b, 333);
    uint32_t kept = hrs(b);
    assert_true(bench_input(b, "stuck", 1));
    for (uint32_t i = 0; i < 20; i++) {
        i2c_bench_wait_ms(b, 37);
        assert_int_equal(hrs(b), kept);
    }
    assert_true(bench_input(b, "stuck", 0));
    assert_int_equal(beats_in_ten_seconds(b) > 10, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_names_itself),
        TEST(off_it_reads_nothing),
        TEST(the_wave_has_the_rate_of_the_heart),
        TEST(readings_change_with_the_sampling),
        TEST(all_bits_come_through),
        TEST(only_the_supply_resets_it),
        TEST(a_stuck_sensor_keeps_its_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
