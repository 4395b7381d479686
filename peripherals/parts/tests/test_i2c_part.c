/* What all I2C parts have in common: address, pins, the faults of a bus. With a BH1750, which takes
 * any command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/parts/bh1750.h"
#include "peripherals/parts/tests/i2c_bench.h"

static const struct i2c_pins pins = {.scl = I2C_BENCH_SCL, .sda = I2C_BENCH_SDA};

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

static void clock_scl_by_hand(struct bench *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        wire_drive(&b->pins[I2C_BENCH_SCL].out, WIRE_LOW);
        wire_drive(&b->pins[I2C_BENCH_SCL].out, WIRE_FLOATING);
    }
}

static void it_answers_to_its_address_only(void **state)
{
    struct bench *b = *state;
    assert_int_equal(i2c_bench_write(b, "\x01\x10", 2), 2);
    b->props[0].value = 0x24;
    assert_int_equal(i2c_bench_write(b, "\x01", 1), -1);
    uint8_t byte;
    assert_false(i2c_bench_read(b, &byte, 1));
    assert_false(i2c_write(&b->nets.i2c, pins, 1)); /* nobody is addressed */
    assert_int_equal(i2c_read(&b->nets.i2c, pins), 0xFF);
}

static void nack_counts_down_or_lasts(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "nack", 2));
    assert_int_equal(i2c_bench_write(b, "", 0), -1);
    assert_int_equal(i2c_bench_write(b, "", 0), -1);
    assert_int_equal(i2c_bench_write(b, "", 0), 0);
    assert_true(bench_input(b, "nack", -1));
    bench_reset(b, RESET_SREQ);
    for (uint32_t i = 0; i < 100; i++) {
        assert_int_equal(i2c_bench_write(b, "", 0), -1);
    }
    assert_true(bench_input(b, "nack", 0));
    assert_int_equal(i2c_bench_write(b, "", 0), 0);
}

static void data_nack_refuses_one_byte_of_each_write(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "data-nack", 2));
    assert_int_equal(i2c_bench_write(b, "\x01\x10\x01", 3), 1);
    assert_int_equal(i2c_bench_write(b, "\x01", 1), 1);
    assert_true(bench_input(b, "data-nack", 0));
    assert_int_equal(i2c_bench_write(b, "\x01\x10\x01", 3), 3);
}

static void sda_stays_low_until_so_many_clocks(void **state)
{
    struct bench *b = *state;
    assert_int_equal(b->pins[I2C_BENCH_SDA].in.level, WIRE_FLOATING);
    assert_int_equal(b->pins[I2C_BENCH_SDA].resistor, WIRE_HIGH);
    assert_int_equal(b->pins[I2C_BENCH_SCL].resistor, WIRE_HIGH);
    assert_true(bench_input(b, "sda-low", 5));
    assert_int_equal(b->pins[I2C_BENCH_SDA].in.level, WIRE_LOW);
    assert_int_equal(b->pins[I2C_BENCH_SCL].in.level, WIRE_FLOATING);
    assert_true(i2c_sda_is_held(&b->nets.i2c, pins));
    bench_reset(b, RESET_SREQ);
    clock_scl_by_hand(b, 4);
    assert_int_equal(b->pins[I2C_BENCH_SDA].in.level, WIRE_LOW);
    clock_scl_by_hand(b, 1);
    assert_int_equal(b->pins[I2C_BENCH_SDA].in.level, WIRE_FLOATING);
    assert_false(i2c_sda_is_held(&b->nets.i2c, pins));
}

static void sda_can_be_let_go_by_command(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "sda-low", 1000));
    assert_true(bench_input(b, "sda-low", 0));
    assert_int_equal(b->pins[I2C_BENCH_SDA].in.level, WIRE_FLOATING);
}

static void scl_stays_low_until_the_fault_ends(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "scl-low", 1));
    clock_scl_by_hand(b, 20);
    assert_int_equal(b->pins[I2C_BENCH_SCL].in.level, WIRE_LOW);
    assert_true(i2c_scl_is_held(&b->nets.i2c, pins));
    assert_true(bench_input(b, "scl-low", 0));
    assert_int_equal(b->pins[I2C_BENCH_SCL].in.level, WIRE_FLOATING);
}

static void stretching_is_a_time_while_addressed(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "stretch", 50));
    assert_int_equal(i2c_stretch(&b->nets.i2c, pins), 0);
    assert_true(i2c_start(&b->nets.i2c, pins, 0x23, false));
    assert_int_equal(i2c_stretch(&b->nets.i2c, pins), 50 * 64);
    i2c_stop(&b->nets.i2c, pins);
    assert_int_equal(i2c_stretch(&b->nets.i2c, pins), 0);
}

static void faults_in_the_table_are_inputs(void **state)
{
    struct bench *b = *state;
    for (const struct device_fault *f = part_bh1750_class.faults; f->name != NULL; f++) {
        assert_true(strlen(f->name) <= 19);
        assert_true(bench_input(b, f->name, f->value_max));
        assert_true(bench_input(b, f->name, 0));
    }
    assert_false(bench_input(b, "sparks", 1));
}

static void two_parts_at_one_address_are_refused_by_name(void **state)
{
    struct bench *b = *state;
    struct device_env env = b->env;
    env.name = "other";
    void *other = calloc(1, part_bh1750_class.size_bytes);
    assert_non_null(other);
    const char *message = part_bh1750_class.init(other, &env);
    assert_non_null(message);
    assert_non_null(strstr(message, "0x23"));
    assert_non_null(strstr(message, "dut"));
    free(other);
}

static void an_address_or_bus_that_is_none_is_refused(void **state)
{
    (void)state;
    struct bench *b = i2c_bench_new(0x80);
    assert_non_null(strstr(i2c_bench_start(b, &part_bh1750_class), "reg"));
    bench_free(b);
    b = i2c_bench_new(0x23);
    b->bus_pins[PROPS_I2C_SDA] = 0;
    assert_non_null(strstr(i2c_bench_start(b, &part_bh1750_class), "pinctrl-0"));
    bench_free(b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_answers_to_its_address_only),
        TEST(nack_counts_down_or_lasts),
        TEST(data_nack_refuses_one_byte_of_each_write),
        TEST(sda_stays_low_until_so_many_clocks),
        TEST(sda_can_be_let_go_by_command),
        TEST(scl_stays_low_until_the_fault_ends),
        TEST(stretching_is_a_time_while_addressed),
        TEST(faults_in_the_table_are_inputs),
        TEST(two_parts_at_one_address_are_refused_by_name),
        cmocka_unit_test(an_address_or_bus_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
