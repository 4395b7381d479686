/* The driver of the heart-rate light over the HRS3300. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/capsules/heart_rate.h"
#include "kernel/capsules/hrs3300.h"
#include "kernel/capsules/tests/fake_bus.h"
#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_panel.h"

#define ON_ENABLE  0xE0
#define OFF_ENABLE 0x60
#define ON_DRIVER  0x68
#define OFF_DRIVER 0x48

static struct fake_i2c bus;
static struct fake_delay delay;
static struct hrs3300 sensor;
static struct heart_rate_driver driver;

static command_return command(uint32_t process, uint32_t number)
{
    return fake_core_command(&heart_rate_driver_ops, &driver, process, number, 0, 0);
}

static void expect_write(uint8_t reg, uint8_t value, int status)
{
    assert_true(bus.transfers.busy);
    assert_int_equal(bus.transfers.write.length, 2);
    assert_int_equal(bus.transfers.as_given[0], reg);
    assert_int_equal(bus.transfers.as_given[1], value);
    assert_true(fake_i2c_step(&bus, status, NULL, 0));
}

static void expect_light(bool on)
{
    expect_write(0x01, on ? ON_ENABLE : OFF_ENABLE, K_OK);
    expect_write(0x0C, on ? ON_DRIVER : OFF_DRIVER, K_OK);
}

/* After power-on the light is on, and is switched off. */
static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_i2c_init(&bus);
    fake_delay_init(&delay);
    hrs3300_init(&sensor, &bus.i2c);
    heart_rate_init(&driver, &sensor.pulse, &delay.delay);
    expect_light(false);
    assert_false(bus.transfers.busy);
    return 0;
}

/* 0x2ABCD in channel 0, 0x1F00D in channel 1, as the data sheet spreads them. */
static const uint8_t sample[] = {0x01, 0xAB, 0x0C, 0xEE, 0xEE, 0x3E, 0x05, 0x2D};

static void test_a_sample(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS));
    expect_failure(command(0, ABI_HEART_RATE_READ), K_EOFF);
    expect_success(command(0, ABI_HEART_RATE_ON));
    expect_light(true);
    expect_success(command(0, ABI_HEART_RATE_READ));
    expect_failure(command(0, ABI_HEART_RATE_READ), K_EBUSY);
    assert_int_equal(bus.transfers.as_given[0], 0x08);
    assert_int_equal(bus.transfers.read.length, 8);
    assert_true(fake_i2c_step(&bus, K_OK, sample, sizeof sample));
    expect_upcall(0, ABI_HEART_RATE_UPCALL_READY, 0, 0x2ABCD, 0x1F00D);
    expect_success(command(0, ABI_HEART_RATE_OFF));
    expect_light(false);
    expect_failure(command(0, ABI_HEART_RATE_READ), K_EOFF);
    expect_failure(command(0, 4), K_ENOSUPPORT);
}

static void test_the_light_is_for_all(void **state)
{
    (void)state;
    expect_success(command(0, ABI_HEART_RATE_ON));
    expect_success(command(1, ABI_HEART_RATE_ON));
    expect_light(true);
    expect_failure(command(2, ABI_HEART_RATE_READ), K_EOFF);
    expect_success(command(0, ABI_HEART_RATE_READ));
    expect_success(command(1, ABI_HEART_RATE_READ));
    assert_true(fake_i2c_step(&bus, K_OK, sample, sizeof sample));
    expect_upcall(0, ABI_HEART_RATE_UPCALL_READY, 0, 0x2ABCD, 0x1F00D);
    expect_upcall(1, ABI_HEART_RATE_UPCALL_READY, 0, 0x2ABCD, 0x1F00D);
    expect_success(command(0, ABI_HEART_RATE_OFF));
    assert_false(bus.transfers.busy);
    expect_success(command(1, ABI_HEART_RATE_OFF));
    expect_light(false);
}

static void test_a_process_that_ends_with_its_light_on(void **state)
{
    (void)state;
    expect_success(command(0, ABI_HEART_RATE_ON));
    expect_light(true);
    assert_in_range(delay.microseconds, 1, 2000000);
    assert_true(fake_delay_step(&delay)); /* it still wants it */
    assert_false(bus.transfers.busy);
    fake_core_end(0);
    assert_true(fake_delay_step(&delay));
    expect_light(false);
    assert_false(fake_delay_step(&delay));
}

static void test_the_light_changes_while_a_transfer_is_under_way(void **state)
{
    (void)state;
    expect_success(command(0, ABI_HEART_RATE_ON));
    expect_success(command(0, ABI_HEART_RATE_READ));
    expect_success(command(0, ABI_HEART_RATE_OFF));
    expect_light(true);
    expect_light(false);
    expect_upcall(0, ABI_HEART_RATE_UPCALL_READY, ABI_OFF, 0, 0);
    assert_false(bus.transfers.busy);
}

static void test_a_sensor_that_fails(void **state)
{
    (void)state;
    expect_success(command(0, ABI_HEART_RATE_ON));
    expect_write(0x01, ON_ENABLE, K_ENOACK);
    expect_success(command(0, ABI_HEART_RATE_READ)); /* the light, once more, and the sample */
    expect_light(true);
    assert_true(fake_i2c_step(&bus, K_EFAIL, NULL, 0));
    expect_upcall(0, ABI_HEART_RATE_UPCALL_READY, ABI_FAIL, 0, 0);
    bus.transfers.refuse = K_ESIZE;
    expect_failure(command(0, ABI_HEART_RATE_READ), K_ESIZE);
    expect_success(command(0, ABI_HEART_RATE_READ));
    assert_true(fake_i2c_step(&bus, K_OK, sample, sizeof sample));
    expect_upcall(0, ABI_HEART_RATE_UPCALL_READY, 0, 0x2ABCD, 0x1F00D);
}

static void test_no_memory(void **state)
{
    (void)state;
    fake_core_exhaust(0);
    expect_failure(command(0, ABI_HEART_RATE_ON), K_ENOMEM);
    expect_failure(command(0, ABI_HEART_RATE_OFF), K_ENOMEM);
    expect_failure(command(0, ABI_HEART_RATE_READ), K_ENOMEM);
    assert_false(bus.transfers.busy);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_sample),
        TEST(test_the_light_is_for_all),
        TEST(test_a_process_that_ends_with_its_light_on),
        TEST(test_the_light_changes_while_a_transfer_is_under_way),
        TEST(test_a_sensor_that_fails),
        TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
