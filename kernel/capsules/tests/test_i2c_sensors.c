/* The sensors behind the drivers temperature, humidity and ambient light. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/abi/syscall.h"
#include "kernel/capsules/bh1750.h"
#include "kernel/capsules/sht3x.h"
#include "kernel/capsules/tests/fake_bus.h"

struct reading {
    uint32_t count;
    int status;
    int32_t value;
};

static struct fake_i2c bus;
static struct sht3x climate;
static struct bh1750 light;
static struct reading temperature, humidity, lux;

static void take_reading(void *self, int status, int32_t value)
{
    struct reading *reading = self;
    *reading = (struct reading){reading->count + 1, status, value};
}

static const struct hil_sensor_client temperature_client = {take_reading, &temperature, NULL},
                                      humidity_client = {take_reading, &humidity, NULL},
                                      lux_client = {take_reading, &lux, NULL};

static int begin(void **state)
{
    (void)state;
    fake_i2c_init(&bus);
    temperature = humidity = lux = (struct reading){0};
    return 0;
}

static int begin_climate(void **state)
{
    begin(state);
    sht3x_init(&climate, &bus.i2c);
    hil_sensor_set_client(&climate.temperature_sensor, &temperature_client);
    hil_sensor_set_client(&climate.humidity_sensor, &humidity_client);
    return 0;
}

static int begin_light(void **state)
{
    begin(state);
    bh1750_init(&light, &bus.i2c);
    hil_sensor_set_client(&light.light_sensor, &lux_client);
    return 0;
}

static void expect_reading(const struct reading *reading, uint32_t count, int status, int32_t value)
{
    assert_int_equal(reading->count, count);
    assert_int_equal(reading->status, status);
    assert_int_equal(reading->value, value);
}

/* 0xBEEF has the CRC 0x92: the datasheet's example. */
static const uint8_t beef[] = {0xBE, 0xEF, 0x92, 0xBE, 0xEF, 0x92};

static void test_one_measurement_for_both(void **state)
{
    (void)state;
    assert_int_equal(hil_sensor_measure(&climate.temperature_sensor), K_OK);
    assert_int_equal(bus.transfers.as_given[0], 0x2C);
    assert_int_equal(bus.transfers.as_given[1], 0x06);
    assert_int_equal(bus.transfers.read.length, 6);
    assert_int_equal(hil_sensor_measure(&climate.temperature_sensor), K_EBUSY);
    assert_int_equal(hil_sensor_measure(&climate.humidity_sensor), K_OK);
    assert_true(fake_i2c_step(&bus, K_OK, beef, sizeof beef));
    expect_reading(&temperature, 1, K_OK, 8552); /* -45 + 175 * 48879 / 65535 = 85.52 */
    expect_reading(&humidity, 1, K_OK, 7458);
    assert_int_equal(bus.transfers.ended, 1);
    assert_int_equal(hil_sensor_measure(&climate.humidity_sensor), K_OK);
    assert_true(fake_i2c_step(&bus, K_OK, beef, sizeof beef));
    expect_reading(&humidity, 2, K_OK, 7458);
    assert_int_equal(temperature.count, 1);
}

static void test_the_coldest(void **state)
{
    (void)state;
    const uint8_t zero[] = {0, 0, 0x81, 0, 0, 0x81};
    assert_int_equal(hil_sensor_measure(&climate.temperature_sensor), K_OK);
    assert_true(fake_i2c_step(&bus, K_OK, zero, sizeof zero));
    expect_reading(&temperature, 1, K_OK, -4500);
}

static void test_a_damaged_value(void **state)
{
    (void)state;
    uint8_t bytes[] = {0xBE, 0xEF, 0x92, 0xBE, 0xEF, 0x93};
    assert_int_equal(hil_sensor_measure(&climate.temperature_sensor), K_OK);
    assert_int_equal(hil_sensor_measure(&climate.humidity_sensor), K_OK);
    assert_true(fake_i2c_step(&bus, K_OK, bytes, sizeof bytes));
    expect_reading(&temperature, 1, K_OK, 8552);
    expect_reading(&humidity, 1, K_EFAIL, 0);
}

static void test_a_sensor_that_is_not_there(void **state)
{
    (void)state;
    assert_int_equal(hil_sensor_measure(&climate.temperature_sensor), K_OK);
    assert_true(fake_i2c_step(&bus, K_ENOACK, NULL, 0));
    expect_reading(&temperature, 1, K_ENOACK, 0);
    bus.transfers.refuse = K_EINVAL;
    assert_int_equal(hil_sensor_measure(&climate.temperature_sensor), K_EINVAL);
    assert_int_equal(hil_sensor_measure(&climate.temperature_sensor), K_OK);
}

static void test_light(void **state)
{
    (void)state;
    const uint8_t bytes[] = {0x83, 0x90}; /* the datasheet's example: 28067 lux */
    assert_int_equal(bus.transfers.as_given[0], 0x10);
    assert_true(fake_i2c_step(&bus, K_OK, NULL, 0));
    assert_false(bus.transfers.busy);
    assert_int_equal(hil_sensor_measure(&light.light_sensor), K_OK);
    assert_int_equal(hil_sensor_measure(&light.light_sensor), K_EBUSY);
    assert_true(fake_i2c_step(&bus, K_OK, bytes, sizeof bytes));
    expect_reading(&lux, 1, K_OK, 28066);
}

static void test_light_while_it_starts(void **state)
{
    (void)state;
    const uint8_t bytes[] = {0, 12};
    assert_int_equal(hil_sensor_measure(&light.light_sensor), K_OK);
    assert_true(fake_i2c_step(&bus, K_OK, NULL, 0));
    assert_int_equal(bus.transfers.read.length, 2);
    assert_true(fake_i2c_step(&bus, K_OK, bytes, sizeof bytes));
    expect_reading(&lux, 1, K_OK, 10);
}

static void test_light_is_started_again(void **state)
{
    (void)state;
    assert_true(fake_i2c_step(&bus, K_ENOACK, NULL, 0));
    assert_int_equal(hil_sensor_measure(&light.light_sensor), K_OK);
    assert_int_equal(bus.transfers.write.length, 1);
    assert_true(fake_i2c_step(&bus, K_ENOACK, NULL, 0));
    expect_reading(&lux, 1, K_ENOACK, 0);
    assert_int_equal(hil_sensor_measure(&light.light_sensor), K_OK);
    assert_true(fake_i2c_step(&bus, K_OK, NULL, 0));
    assert_true(fake_i2c_step(&bus, K_ENOACK, NULL, 0));
    expect_reading(&lux, 2, K_ENOACK, 0);
    assert_int_equal(hil_sensor_measure(&light.light_sensor), K_OK);
    assert_int_equal(bus.transfers.write.length, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_one_measurement_for_both, begin_climate),
        cmocka_unit_test_setup(test_the_coldest, begin_climate),
        cmocka_unit_test_setup(test_a_damaged_value, begin_climate),
        cmocka_unit_test_setup(test_a_sensor_that_is_not_there, begin_climate),
        cmocka_unit_test_setup(test_light, begin_light),
        cmocka_unit_test_setup(test_light_while_it_starts, begin_light),
        cmocka_unit_test_setup(test_light_is_started_again, begin_light),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
