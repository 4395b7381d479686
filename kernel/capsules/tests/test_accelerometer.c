/* The driver of nine degrees of freedom over the BMA42x. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/capsules/bma42x.h"
#include "kernel/capsules/nine_dof.h"
#include "kernel/capsules/tests/fake_bus.h"
#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_panel.h"

static struct fake_i2c bus;
static struct fake_delay delay;
static struct bma42x sensor;
static struct nine_dof_driver driver;

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_i2c_init(&bus);
    fake_delay_init(&delay);
    bma42x_init(&sensor, &bus.i2c, &delay.delay);
    nine_dof_init(&driver, &sensor.accelerometer);
    return 0;
}

static command_return command(uint32_t process, uint32_t number)
{
    return fake_core_command(&nine_dof_driver_ops, &driver, process, number, 0, 0);
}

/* The transfer under way writes these bytes and ends so. */
static void expect_write(uint8_t reg, uint8_t value, int status)
{
    assert_true(bus.transfers.busy);
    assert_int_equal(bus.transfers.as_given[0], reg);
    assert_int_equal(bus.transfers.as_given[1], value);
    assert_true(fake_i2c_step(&bus, status, NULL, 0));
}

/* A measurement up to the transfer that reads. */
static void go_to_the_reading(void)
{
    expect_write(0x7C, 0x00, K_OK);
    assert_false(bus.transfers.busy); /* the sensor wakes up */
    assert_in_range(delay.microseconds, 450, 1000);
    assert_true(fake_delay_step(&delay));
    assert_int_equal(bus.transfers.as_given[2], 0x01); /* 4 g */
    expect_write(0x40, 0xA8, K_OK);
    expect_write(0x7D, 0x04, K_OK);
    assert_in_range(delay.microseconds, 20000, 50000); /* two samples of 100 a second */
    assert_true(fake_delay_step(&delay));
    assert_int_equal(bus.transfers.as_given[0], 0x12);
    assert_int_equal(bus.transfers.write.length, 1);
    assert_int_equal(bus.transfers.read.length, 6);
}

static void measure(const uint8_t *axes)
{
    go_to_the_reading();
    assert_true(fake_i2c_step(&bus, K_OK, axes, 6));
    expect_write(0x7D, 0x00, K_OK);
    expect_write(0x7C, 0x03, K_OK);
    assert_false(bus.transfers.busy);
}

static void test_a_measurement(void **state)
{
    (void)state;
    /* 4000 mg are 2048 steps of 16: 512, -128, -2048. */
    const uint8_t axes[] = {0x00, 0x20, 0x00, 0xF8, 0x00, 0x80};
    expect_success(command(0, ABI_COMMAND_EXISTS));
    expect_success(command(0, ABI_NINE_DOF_ACCELERATION));
    expect_failure(command(0, ABI_NINE_DOF_ACCELERATION), K_EBUSY);
    measure(axes);
    expect_upcall(0, ABI_NINE_DOF_UPCALL_READY, 1000, (uint32_t)-250, (uint32_t)-4000);
    expect_success(command(0, ABI_NINE_DOF_ACCELERATION));
}

static void test_one_measurement_for_all(void **state)
{
    (void)state;
    const uint8_t axes[] = {0, 0, 0, 0, 0xF0, 0x7F};
    expect_success(command(0, ABI_NINE_DOF_ACCELERATION));
    expect_success(command(1, ABI_NINE_DOF_ACCELERATION));
    expect_success(command(2, ABI_NINE_DOF_ACCELERATION));
    fake_core_restart(1);
    measure(axes);
    expect_upcall(0, ABI_NINE_DOF_UPCALL_READY, 0, 0, 3998);
    expect_no_upcall(1);
    expect_upcall(2, ABI_NINE_DOF_UPCALL_READY, 0, 0, 3998);
}

/* Wherever it fails, the next one begins at the beginning. */
static void test_a_sensor_that_fails(void **state)
{
    (void)state;
    const uint8_t axes[] = {0, 0, 0, 0, 0, 0x20};
    expect_success(command(0, ABI_NINE_DOF_ACCELERATION));
    expect_write(0x7C, 0x00, K_ENOACK);
    expect_upcall(0, ABI_NINE_DOF_UPCALL_READY, 0, 0, 0);
    expect_success(command(0, ABI_NINE_DOF_ACCELERATION));
    go_to_the_reading();
    assert_true(fake_i2c_step(&bus, K_EFAIL, NULL, 0));
    expect_upcall(0, ABI_NINE_DOF_UPCALL_READY, 0, 0, 0);
    expect_success(command(0, ABI_NINE_DOF_ACCELERATION));
    measure(axes);
    expect_upcall(0, ABI_NINE_DOF_UPCALL_READY, 0, 0, 1000);
    bus.transfers.refuse = K_ESIZE;
    expect_failure(command(0, ABI_NINE_DOF_ACCELERATION), K_ESIZE);
    expect_success(command(0, ABI_NINE_DOF_ACCELERATION));
    expect_write(0x7C, 0x00, K_OK);
    bus.transfers.refuse = K_ESIZE;
    assert_true(fake_delay_step(&delay));
    expect_upcall(0, ABI_NINE_DOF_UPCALL_READY, 0, 0, 0);
}

static void test_refusals(void **state)
{
    (void)state;
    expect_failure(command(0, ABI_NINE_DOF_MAGNETIC), K_ENODEVICE);
    expect_failure(command(0, ABI_NINE_DOF_ROTATION), K_ENODEVICE);
    expect_failure(command(0, 2), K_ENOSUPPORT);
    fake_core_exhaust(0);
    expect_failure(command(0, ABI_NINE_DOF_ACCELERATION), K_ENOMEM);
    assert_false(bus.transfers.busy);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_measurement),
        TEST(test_one_measurement_for_all),
        TEST(test_a_sensor_that_fails),
        TEST(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
