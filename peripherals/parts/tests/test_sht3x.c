/* SHT3x: commands, times, checksums (the data sheet's example), conversions, faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/parts/sht3x.h"
#include "peripherals/parts/tests/i2c_bench.h"

static const struct i2c_pins pins = {.scl = I2C_BENCH_SCL, .sda = I2C_BENCH_SDA};

static int setup(void **state)
{
    struct bench *b = i2c_bench_new(0x44);
    *state = b;
    assert_null(i2c_bench_start(b, &part_sht3x_class));
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static void command(struct bench *b, uint16_t code)
{
    const char bytes[2] = {(char)(code >> 8), (char)code};
    assert_int_equal(i2c_bench_write(b, bytes, 2), 2);
}

static uint32_t word(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

/* The data sheet's formulas, in hundredths. */
static int32_t centidegrees(const uint8_t *bytes)
{
    return (int32_t)(word(bytes) * 17500 / 65535) - 4500;
}

static int32_t centipercent(const uint8_t *bytes)
{
    return (int32_t)(word(bytes + 3) * 10000 / 65535);
}

/* CRC-8 by polynomial division of the whole message, another way than a register's. */
static uint8_t remainder_of(const uint8_t *bytes)
{
    uint32_t message = (word(bytes) ^ 0xFF00U) << 8; /* the register starts as 0xFF */
    for (int32_t bit = 23; bit >= 8; bit--) {
        if ((message >> bit & 1U) != 0) {
            message ^= 0x131U << (bit - 8);
        }
    }
    return (uint8_t)message;
}

static void the_examples_checksum(void **state)
{
    (void)state;
    static const uint8_t example[2] = {0xBE, 0xEF};
    assert_int_equal(remainder_of(example), 0x92); /* data sheet, table of the checksum */
}

static void a_single_shot_takes_its_time(void **state)
{
    struct bench *b = *state;
    uint8_t bytes[6];
    assert_true(bench_input(b, "temperature", 2153));
    assert_true(bench_input(b, "humidity", 6420));
    command(b, 0x2400);
    uint64_t start = clock_now(&b->clock);
    bench_run_to(b, start + 12500 * 64 - 1);
    assert_false(i2c_bench_read(b, bytes, 6));
    bench_run_to(b, start + 12500 * 64);
    assert_true(i2c_bench_read(b, bytes, 6));
    assert_in_range(centidegrees(bytes), 2152, 2153);
    assert_in_range(centipercent(bytes), 6419, 6420);
    assert_int_equal(bytes[2], remainder_of(bytes));
    assert_int_equal(bytes[5], remainder_of(bytes + 3));
    assert_false(i2c_bench_read(b, bytes, 6)); /* fetched */
}

static void repeatability_chooses_the_time(void **state)
{
    static const struct {
        uint16_t code;
        uint32_t us;
    } shots[] = {{0x2400, 12500}, {0x240B, 4500}, {0x2416, 2500}};
    struct bench *b = *state;
    uint8_t bytes[6];
    for (size_t i = 0; i < sizeof shots / sizeof shots[0]; i++) {
        command(b, shots[i].code);
        bench_run_to(b, clock_now(&b->clock) + shots[i].us * 64 - 1);
        assert_false(i2c_bench_read(b, bytes, 6));
        bench_run_to(b, clock_now(&b->clock) + 1);
        assert_true(i2c_bench_read(b, bytes, 6));
    }
}

static void with_stretching_it_holds_the_clock(void **state)
{
    struct bench *b = *state;
    command(b, 0x2C10);
    assert_true(i2c_start(&b->nets.i2c, pins, 0x44, true));
    assert_int_equal(i2c_stretch(&b->nets.i2c, pins), 2500 * 64);
    bench_run_to(b, clock_now(&b->clock) + 2500 * 64);
    assert_int_equal(i2c_stretch(&b->nets.i2c, pins), 0);
    uint8_t bytes[6];
    for (uint32_t i = 0; i < 6; i++) {
        bytes[i] = i2c_read(&b->nets.i2c, pins);
    }
    i2c_stop(&b->nets.i2c, pins);
    assert_in_range(centidegrees(bytes), 2499, 2500);
}

static void periodic_measurements_are_fetched_once_each(void **state)
{
    struct bench *b = *state;
    uint8_t bytes[6];
    command(b, 0x2737); /* ten a second */
    command(b, 0xE000);
    assert_false(i2c_bench_read(b, bytes, 6));
    i2c_bench_wait_ms(b, 13);
    command(b, 0xE000);
    assert_true(i2c_bench_read(b, bytes, 6));
    command(b, 0xE000);
    assert_false(i2c_bench_read(b, bytes, 6));
    i2c_bench_wait_ms(b, 100);
    assert_true(bench_input(b, "temperature", -1000));
    command(b, 0xE000);
    assert_true(i2c_bench_read(b, bytes, 6));
    assert_in_range(centidegrees(bytes) + 2000, 999, 1001);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    command(b, 0x3093);
    i2c_bench_wait_ms(b, 100);
    command(b, 0xE000);
    assert_false(i2c_bench_read(b, bytes, 6));
}

static void status_heater_and_soft_reset(void **state)
{
    struct bench *b = *state;
    uint8_t bytes[3];
    command(b, 0xF32D);
    assert_true(i2c_bench_read(b, bytes, 3));
    assert_int_equal(word(bytes), 0x8010);
    assert_int_equal(bytes[2], remainder_of(bytes));
    command(b, 0x3041);
    command(b, 0x306D);
    command(b, 0xF32D);
    assert_true(i2c_bench_read(b, bytes, 3));
    assert_int_equal(word(bytes), 0x2000);
    command(b, 0x1234); /* no command */
    command(b, 0xF32D);
    assert_true(i2c_bench_read(b, bytes, 3));
    assert_int_equal(word(bytes), 0x2002);
    command(b, 0x3066);
    command(b, 0xF32D);
    assert_true(i2c_bench_read(b, bytes, 3));
    assert_int_equal(word(bytes), 0);
    command(b, 0x30A2);
    command(b, 0xF32D);
    assert_true(i2c_bench_read(b, bytes, 3));
    assert_int_equal(word(bytes), 0x8010);
}

static void the_serial_number_stays_the_same(void **state)
{
    struct bench *b = *state;
    uint8_t first[6], second[6];
    command(b, 0x3682);
    assert_true(i2c_bench_read(b, first, 6));
    command(b, 0x3780);
    assert_true(i2c_bench_read(b, second, 6));
    assert_memory_equal(first, second, 6);
    assert_int_equal(first[5], remainder_of(first + 3));
}

static void measure(struct bench *b, uint8_t *bytes)
{
    command(b, 0x2416);
    i2c_bench_wait_ms(b, 3);
    assert_true(i2c_bench_read(b, bytes, 6));
}

static void values_end_where_the_format_does(void **state)
{
    struct bench *b = *state;
    uint8_t bytes[6];
    assert_true(bench_input(b, "temperature", INT32_MAX));
    assert_true(bench_input(b, "humidity", INT32_MIN));
    measure(b, bytes);
    assert_int_equal(word(bytes), 0xFFFF);
    assert_int_equal(word(bytes + 3), 0);
}

static void only_the_supply_resets_it(void **state)
{
    struct bench *b = *state;
    uint8_t bytes[6];
    command(b, 0x2737);
    bench_reset(b, RESET_DOG);
    i2c_bench_wait_ms(b, 20);
    command(b, 0xE000);
    assert_true(i2c_bench_read(b, bytes, 6));
    bench_reset(b, RESET_POWER_ON);
    i2c_bench_wait_ms(b, 200);
    command(b, 0xE000);
    assert_false(i2c_bench_read(b, bytes, 6));
}

static void faults_of_the_sensor(void **state)
{
    struct bench *b = *state;
    uint8_t good[6], bytes[6];
    measure(b, good);
    assert_true(bench_input(b, "stuck", 1));
    assert_true(bench_input(b, "temperature", 4000));
    measure(b, bytes);
    assert_memory_equal(bytes, good, 6);
    assert_true(bench_input(b, "stuck", 0));
    measure(b, bytes);
    assert_in_range(centidegrees(bytes), 3999, 4000);
    assert_true(bench_input(b, "wrong-crc", 1));
    measure(b, bytes);
    assert_int_not_equal(bytes[2], remainder_of(bytes));
    assert_int_not_equal(bytes[5], remainder_of(bytes + 3));
    assert_true(bench_input(b, "wrong-crc", 0));
    assert_true(bench_input(b, "out-of-range", 1));
    measure(b, bytes);
    assert_int_equal(word(bytes), 0xFFFF);
    assert_int_equal(bytes[2], remainder_of(bytes));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_checksum),
        TEST(a_single_shot_takes_its_time),
        TEST(repeatability_chooses_the_time),
        TEST(with_stretching_it_holds_the_clock),
        TEST(periodic_measurements_are_fetched_once_each),
        TEST(status_heater_and_soft_reset),
        TEST(the_serial_number_stays_the_same),
        TEST(values_end_where_the_format_does),
        TEST(only_the_supply_resets_it),
        TEST(faults_of_the_sensor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
