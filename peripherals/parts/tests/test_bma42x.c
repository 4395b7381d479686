/* BMA42x: identification, axes at range and data rate, the upload of its configuration, features,
 * interrupt pins, faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/parts/bma42x.h"
#include "peripherals/parts/tests/i2c_bench.h"

#define STATUS          0x03
#define ACC_X_LSB       0x12
#define INT_STATUS_0    0x1C
#define INT_STATUS_1    0x1D
#define STEP_COUNTER    0x1E
#define TEMPERATURE     0x22
#define INTERNAL_STATUS 0x2A
#define ACC_CONF        0x40
#define ACC_RANGE       0x41
#define INT1_IO_CTRL    0x53
#define INT_LATCH       0x55
#define INT1_MAP        0x56
#define INT_MAP_DATA    0x58
#define INIT_CTRL       0x59
#define ADDRESS_LOW     0x5B
#define ADDRESS_HIGH    0x5C
#define FEATURES_IN     0x5E
#define PWR_CTRL        0x7D
#define CMD             0x7E

#define INT1 8U
#define MS   (BENCH_CPU_HZ / 1000U)

static int setup(void **state)
{
    struct bench *b = i2c_bench_new(0x18);
    *state = b;
    b->gpios[0] = (struct bench_gpio){"int1-gpios", INT1, 0};
    assert_null(i2c_bench_start(b, &part_bma421_class));
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

/* One axis in steps: 12 bits, signed. */
static int32_t axis(struct bench *b, uint32_t index)
{
    uint8_t low = i2c_bench_register(b, (uint8_t)(ACC_X_LSB + 2 * index));
    uint8_t high = i2c_bench_register(b, (uint8_t)(ACC_X_LSB + 2 * index + 1));
    return (int16_t)(uint16_t)(high << 8 | low) >> 4;
}

static void enable(struct bench *b)
{
    i2c_bench_set(b, ACC_CONF, 0xA8); /* 100 Hz */
    i2c_bench_set(b, PWR_CTRL, 0x04);
}

/* As the vendor's driver does, in bursts of 16 bytes. */
static void upload(struct bench *b, uint32_t bytes)
{
    char burst[17] = {FEATURES_IN};
    i2c_bench_set(b, INIT_CTRL, 0);
    for (uint32_t at = 0; at < bytes; at += 16) {
        i2c_bench_set(b, ADDRESS_LOW, (uint8_t)(at / 2 & 0xF));
        i2c_bench_set(b, ADDRESS_HIGH, (uint8_t)(at / 2 >> 4));
        assert_int_equal(i2c_bench_write(b, burst, 17), 17);
    }
    i2c_bench_set(b, INIT_CTRL, 1);
}

static void set_feature(struct bench *b, uint32_t offset, uint8_t low, uint8_t high)
{
    char burst[3] = {FEATURES_IN, (char)low, (char)high};
    i2c_bench_set(b, ADDRESS_LOW, (uint8_t)(offset / 2 & 0xF));
    i2c_bench_set(b, ADDRESS_HIGH, (uint8_t)(offset / 2 >> 4));
    assert_int_equal(i2c_bench_write(b, burst, 3), 3);
}

static uint32_t steps(struct bench *b)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < 4; i++) {
        count |= (uint32_t)i2c_bench_register(b, (uint8_t)(STEP_COUNTER + i)) << 8 * i;
    }
    return count;
}

static void each_kind_has_its_chip_id(void **state)
{
    (void)state;
    static const struct {
        const struct device_class *device_class;
        uint8_t chip_id;
    } kinds[] = {
        {&part_bma421_class, 0x11}, {&part_bma42x_class, 0x12}, {&part_bma423_class, 0x13}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct bench *b = i2c_bench_new(0x19);
        assert_null(i2c_bench_start(b, kinds[i].device_class));
        assert_int_equal(i2c_bench_register(b, 0x00), kinds[i].chip_id);
        bench_free(b);
    }
}

static void reset_values_and_soft_reset(void **state)
{
    struct bench *b = *state;
    static const struct {
        uint8_t offset, value;
    } resets[] = {{STATUS, 0x10}, {ACC_CONF, 0xA8},  {ACC_RANGE, 0x01}, {0x7C, 0x03},
                  {PWR_CTRL, 0},  {INIT_CTRL, 0x90}, {0x1B, 0x01}};
    i2c_bench_set(b, ACC_RANGE, 3);
    i2c_bench_set(b, CMD, 0xB6);
    for (size_t i = 0; i < sizeof resets / sizeof resets[0]; i++) {
        assert_int_equal(i2c_bench_register(b, resets[i].offset), resets[i].value);
    }
}

static void axes_follow_the_range(void **state)
{
    struct bench *b = *state;
    static const int32_t full_mg[4] = {2000, 4000, 8000, 16000};
    assert_true(bench_input(b, "x", 1500));
    assert_true(bench_input(b, "y", -1500));
    enable(b);
    i2c_bench_wait_ms(b, 20);
    for (uint32_t range = 0; range < 4; range++) {
        i2c_bench_set(b, ACC_RANGE, (uint8_t)range);
        assert_int_equal(axis(b, 0), 1500 * 2048 / full_mg[range]);
        assert_int_equal(axis(b, 1), -1500 * 2048 / full_mg[range]);
        assert_int_equal(axis(b, 2), 1000 * 2048 / full_mg[range]); /* it lies on a table */
    }
    i2c_bench_set(b, ACC_RANGE, 0);
    assert_true(bench_input(b, "x", 90000));
    assert_true(bench_input(b, "y", INT32_MIN));
    i2c_bench_wait_ms(b, 20);
    assert_int_equal(axis(b, 0), 2047);
    assert_int_equal(axis(b, 1), -2048);
}

static void a_value_is_seen_at_the_next_sample(void **state)
{
    struct bench *b = *state;
    enable(b);
    uint64_t start = clock_now(&b->clock);
    i2c_bench_set(b, ACC_RANGE, 0);
    bench_run_to(b, start + 15 * MS);
    assert_int_equal(axis(b, 0), 0);
    assert_true(bench_input(b, "x", 500));
    bench_run_to(b, start + 20 * MS - 1);
    assert_int_equal(axis(b, 0), 0);
    bench_run_to(b, start + 20 * MS);
    assert_int_equal(axis(b, 0), 512);
    i2c_bench_set(b, PWR_CTRL, 0);
    assert_true(bench_input(b, "x", 1000));
    bench_run_to(b, start + 100 * MS);
    assert_int_equal(axis(b, 0), 512); /* off: the last sample stays */
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void data_ready_is_told_once_a_sample(void **state)
{
    struct bench *b = *state;
    enable(b);
    assert_int_equal(i2c_bench_register(b, STATUS), 0x10);
    i2c_bench_wait_ms(b, 11);
    assert_int_equal(i2c_bench_register(b, STATUS), 0x90);
    (void)axis(b, 0);
    assert_int_equal(i2c_bench_register(b, STATUS), 0x10);
    i2c_bench_wait_ms(b, 10);
    assert_int_equal(i2c_bench_register(b, STATUS), 0x90);
}

static void data_ready_interrupt_at_the_data_rate(void **state)
{
    struct bench *b = *state;
    i2c_bench_set(b, INT1_IO_CTRL, 0x0A); /* output, active high */
    i2c_bench_set(b, INT_MAP_DATA, 0x04);
    enable(b);
    uint64_t start = clock_now(&b->clock);
    assert_int_equal(b->pins[INT1].in.level, WIRE_LOW);
    bench_run_to(b, start + 10 * MS - 1);
    assert_int_equal(b->pins[INT1].in.level, WIRE_LOW);
    bench_run_to(b, start + 10 * MS);
    assert_int_equal(b->pins[INT1].in.level, WIRE_HIGH);
    assert_int_equal(i2c_bench_register(b, INT_STATUS_1), 0x80);
    assert_int_equal(b->pins[INT1].in.level, WIRE_LOW);
    i2c_bench_set(b, INT_MAP_DATA, 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void the_configuration_must_be_whole_and_in_order(void **state)
{
    struct bench *b = *state;
    assert_int_equal(i2c_bench_register(b, INTERNAL_STATUS), 0);
    upload(b, 6144);
    assert_int_equal(i2c_bench_register(b, INTERNAL_STATUS), 0);
    i2c_bench_wait_ms(b, 140);
    assert_int_equal(i2c_bench_register(b, INTERNAL_STATUS), 1);
    upload(b, 6128);
    i2c_bench_wait_ms(b, 140);
    assert_int_equal(i2c_bench_register(b, INTERNAL_STATUS), 2);
    i2c_bench_set(b, INIT_CTRL, 0); /* all of it, but to one address */
    char burst[17] = {FEATURES_IN};
    for (uint32_t i = 0; i < 6144 / 16; i++) {
        assert_int_equal(i2c_bench_write(b, burst, 17), 17);
    }
    i2c_bench_set(b, INIT_CTRL, 1);
    i2c_bench_wait_ms(b, 140);
    assert_int_equal(i2c_bench_register(b, INTERNAL_STATUS), 2);
    upload(b, 6144);
    i2c_bench_wait_ms(b, 140);
    assert_int_equal(i2c_bench_register(b, INTERNAL_STATUS), 1);
}

static void feature_settings_read_back(void **state)
{
    struct bench *b = *state;
    uint8_t page[70];
    upload(b, 6144);
    i2c_bench_wait_ms(b, 140);
    set_feature(b, 0x3A, 0x34, 0x12);
    i2c_bench_set(b, ADDRESS_LOW, 0);
    i2c_bench_set(b, ADDRESS_HIGH, 0);
    assert_int_equal(i2c_bench_write(b, "\x5E", 1), 1);
    assert_true(i2c_bench_read(b, page, sizeof page));
    assert_int_equal(page[0x3A], 0x34);
    assert_int_equal(page[0x3B], 0x12);
    assert_int_equal(page[0x3C], 0);
}

static void steps_count_when_enabled(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "steps", 7));
    assert_int_equal(steps(b), 0);
    upload(b, 6144);
    i2c_bench_wait_ms(b, 140);
    assert_true(bench_input(b, "steps", 7));
    assert_int_equal(steps(b), 0);
    set_feature(b, 0x3A, 0, 0x10);
    assert_true(bench_input(b, "steps", 7));
    assert_true(bench_input(b, "steps", 1000));
    assert_true(bench_input(b, "steps", -5));
    assert_int_equal(steps(b), 1007);
    assert_int_equal(i2c_bench_register(b, INT_STATUS_0), 0);
    set_feature(b, 0x3A, 0, 0x14); /* reset the count */
    assert_int_equal(steps(b), 0);
}

static void steps_interrupt_at_the_watermark_or_each(void **state)
{
    struct bench *b = *state;
    upload(b, 6144);
    i2c_bench_wait_ms(b, 140);
    i2c_bench_set(b, INT1_IO_CTRL, 0x08); /* output, active low */
    i2c_bench_set(b, INT1_MAP, 0x02);
    i2c_bench_set(b, INT_LATCH, 1);
    set_feature(b, 0x3A, 2, 0x10); /* 40 steps */
    assert_true(bench_input(b, "steps", 39));
    assert_int_equal(b->pins[INT1].in.level, WIRE_HIGH);
    assert_true(bench_input(b, "steps", 1));
    assert_int_equal(b->pins[INT1].in.level, WIRE_LOW);
    assert_int_equal(i2c_bench_register(b, INT_STATUS_0), 0x02);
    assert_int_equal(b->pins[INT1].in.level, WIRE_HIGH);
    set_feature(b, 0x3A, 0, 0x18); /* the detector */
    assert_true(bench_input(b, "steps", 1));
    assert_int_equal(b->pins[INT1].in.level, WIRE_LOW);
}

static void gestures_interrupt_when_enabled(void **state)
{
    static const struct {
        const char *what;
        uint8_t offset, bit;
    } gestures[] = {{"tap", 0x3C, 0x01}, {"double-tap", 0x3E, 0x10}, {"wrist", 0x40, 0x08}};
    struct bench *b = *state;
    upload(b, 6144);
    i2c_bench_wait_ms(b, 140);
    i2c_bench_set(b, INT_LATCH, 1);
    for (size_t i = 0; i < 3; i++) {
        assert_true(bench_input(b, gestures[i].what, 1));
        assert_int_equal(i2c_bench_register(b, INT_STATUS_0), 0);
        set_feature(b, gestures[i].offset, 1, 0);
        assert_true(bench_input(b, gestures[i].what, 1));
        assert_int_equal(i2c_bench_register(b, INT_STATUS_0), gestures[i].bit);
        assert_int_equal(i2c_bench_register(b, INT_STATUS_0), 0);
    }
}

static void unlatched_interrupts_end_by_themselves(void **state)
{
    struct bench *b = *state;
    upload(b, 6144);
    i2c_bench_wait_ms(b, 140);
    i2c_bench_set(b, INT1_IO_CTRL, 0x0A);
    i2c_bench_set(b, INT1_MAP, 0x01);
    set_feature(b, 0x3C, 1, 0);
    assert_true(bench_input(b, "tap", 1));
    assert_int_equal(b->pins[INT1].in.level, WIRE_HIGH);
    i2c_bench_wait_ms(b, 10);
    assert_int_equal(b->pins[INT1].in.level, WIRE_LOW);
}

static void temperature_in_degrees_from_23(void **state)
{
    struct bench *b = *state;
    assert_int_equal(i2c_bench_register(b, TEMPERATURE), 0);
    assert_true(bench_input(b, "temperature", -1000));
    assert_int_equal((int8_t)i2c_bench_register(b, TEMPERATURE), -33);
    assert_true(bench_input(b, "temperature", INT32_MAX));
    assert_int_equal((int8_t)i2c_bench_register(b, TEMPERATURE), 127);
}

static void only_the_supply_resets_it(void **state)
{
    struct bench *b = *state;
    enable(b);
    assert_true(bench_input(b, "x", 500));
    bench_reset(b, RESET_SREQ);
    assert_int_equal(i2c_bench_register(b, PWR_CTRL), 4);
    bench_reset(b, RESET_POWER_ON);
    assert_int_equal(i2c_bench_register(b, PWR_CTRL), 0);
    enable(b);
    i2c_bench_set(b, ACC_RANGE, 0);
    i2c_bench_wait_ms(b, 20);
    assert_int_equal(axis(b, 0), 512); /* what is measured is still there */
}

static void faults_of_the_sensor(void **state)
{
    struct bench *b = *state;
    enable(b);
    i2c_bench_set(b, ACC_RANGE, 0);
    assert_true(bench_input(b, "x", 500));
    i2c_bench_wait_ms(b, 20);
    assert_true(bench_input(b, "stuck", 1));
    assert_true(bench_input(b, "x", 1000));
    i2c_bench_wait_ms(b, 20);
    assert_int_equal(axis(b, 0), 512);
    assert_true(bench_input(b, "stuck", 0));
    i2c_bench_wait_ms(b, 20);
    assert_int_equal(axis(b, 0), 1024);
    assert_true(bench_input(b, "out-of-range", 1));
    assert_int_equal(axis(b, 2), 2047);
    assert_true(bench_input(b, "out-of-range", 0));
    assert_int_equal(axis(b, 2), 1024);
}

static void a_soft_reset_forgets_all_but_the_world(void **state)
{
    struct bench *b = *state;
    upload(b, 6144);
    i2c_bench_wait_ms(b, 140);
    i2c_bench_set(b, INT1_IO_CTRL, 0x0A);
    i2c_bench_set(b, INT1_MAP, 0x01);
    i2c_bench_set(b, INT_MAP_DATA, 0x04); /* data ready, too: an event for each sample */
    set_feature(b, 0x3A, 2, 0x10);        /* 40 steps */
    set_feature(b, 0x3C, 1, 0);
    enable(b);
    assert_true(bench_input(b, "steps", 39));
    assert_true(bench_input(b, "tap", 1)); /* not latched: it would end by itself */
    assert_int_equal(b->pins[INT1].in.level, WIRE_HIGH);
    i2c_bench_set(b, CMD, 0xB6);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    assert_int_equal(i2c_bench_register(b, INT_STATUS_0), 0);
    assert_int_equal(i2c_bench_register(b, INTERNAL_STATUS), 0);
    assert_int_equal(steps(b), 0);
    i2c_bench_set(b, ADDRESS_LOW, 0x3A / 2 & 0xF);
    i2c_bench_set(b, ADDRESS_HIGH, 0x3A / 2 >> 4);
    assert_int_equal(i2c_bench_register(b, FEATURES_IN), 0);
    upload(b, 6144);
    i2c_bench_wait_ms(b, 140);
    i2c_bench_set(b, INT_LATCH, 1);
    assert_true(bench_input(b, "tap", 1)); /* its setting is gone */
    set_feature(b, 0x3A, 2, 0x10);
    assert_true(bench_input(b, "steps", 1));
    assert_int_equal(i2c_bench_register(b, INT_STATUS_0), 0);
    assert_true(bench_input(b, "steps", 39));
    assert_int_equal(i2c_bench_register(b, INT_STATUS_0), 0x02);
}

/* ACC_CONF starts the samples anew, and what was sampled until then stays. */
static void a_new_rate_begins_where_it_is_written(void **state)
{
    struct bench *b = *state;
    enable(b);
    i2c_bench_set(b, ACC_RANGE, 0);
    uint64_t start = clock_now(&b->clock);
    assert_true(bench_input(b, "x", 500));
    bench_run_to(b, start + 15 * MS);
    i2c_bench_set(b, ACC_CONF, 0xA8);
    uint64_t anew = clock_now(&b->clock);
    assert_int_equal(axis(b, 0), 512);
    assert_true(bench_input(b, "x", 1000));
    bench_run_to(b, anew + 10 * MS - 1);
    assert_int_equal(axis(b, 0), 512);
    bench_run_to(b, anew + 10 * MS);
    assert_int_equal(axis(b, 0), 1024);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_its_chip_id),
        TEST(reset_values_and_soft_reset),
        TEST(axes_follow_the_range),
        TEST(a_value_is_seen_at_the_next_sample),
        TEST(data_ready_is_told_once_a_sample),
        TEST(data_ready_interrupt_at_the_data_rate),
        TEST(the_configuration_must_be_whole_and_in_order),
        TEST(feature_settings_read_back),
        TEST(steps_count_when_enabled),
        TEST(steps_interrupt_at_the_watermark_or_each),
        TEST(gestures_interrupt_when_enabled),
        TEST(unlatched_interrupts_end_by_themselves),
        TEST(temperature_in_degrees_from_23),
        TEST(only_the_supply_resets_it),
        TEST(faults_of_the_sensor),
        TEST(a_soft_reset_forgets_all_but_the_world),
        TEST(a_new_rate_begins_where_it_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
