#include "kernel/capsules/i2c_master.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_bus.h"
#include "kernel/capsules/tests/fake_core.h"

static struct i2c_master_driver driver;
static struct fake_i2c bus;
static uint8_t buffer[ABI_I2C_MASTER_MAX + 1];

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_i2c_init(&bus);
    i2c_master_init(&driver, &bus.i2c);
    for (uint32_t i = 0; i < sizeof buffer; i++) {
        buffer[i] = (uint8_t)(i + 1);
    }
    fake_core_allow(0, i2c_master_driver_ops.grant, ALLOW_READ_WRITE, ABI_I2C_MASTER_RW_BUFFER,
                    buffer, sizeof buffer);
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t argument0,
                              uint32_t argument1)
{
    return fake_core_command(&i2c_master_driver_ops, &driver, process, number, argument0,
                             argument1);
}

static void expect_done(uint32_t process, uint32_t status)
{
    expect_upcall(process, ABI_I2C_MASTER_UPCALL_DONE, status, 0, 0);
}

static void test_write(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS, 0, 0));
    expect_success(command(0, ABI_I2C_MASTER_WRITE, 0x23, 3));
    assert_int_equal(bus.address, 0x23);
    assert_int_equal(bus.transfers.write.length, 3);
    assert_int_equal(bus.transfers.read.length, 0);
    assert_int_equal(bus.transfers.as_given[2], 3);
    assert_true(fake_i2c_step(&bus, K_OK, NULL, 0));
    expect_done(0, 0);
}

static void test_read(void **state)
{
    (void)state;
    const uint8_t in[] = {0xAA, 0xBB};
    expect_success(command(0, ABI_I2C_MASTER_READ, 0x44, 2));
    assert_int_equal(bus.transfers.write.length, 0);
    assert_true(fake_i2c_step(&bus, K_OK, in, sizeof in));
    expect_done(0, 0);
    assert_int_equal(buffer[1], 0xBB);
    assert_int_equal(buffer[2], 3);
}

static void test_write_then_read(void **state)
{
    (void)state;
    const uint8_t in[] = {0xAA, 0xBB, 0xCC};
    expect_success(command(0, ABI_I2C_MASTER_WRITE_READ, 1u << 8 | 0x15, 3));
    assert_int_equal(bus.address, 0x15);
    assert_int_equal(bus.transfers.write.length, 1);
    assert_int_equal(bus.transfers.read.length, 3);
    assert_true(fake_i2c_step(&bus, K_OK, in, sizeof in));
    expect_done(0, 0);
    assert_int_equal(buffer[2], 0xCC);
}

static void test_nobody_there(void **state)
{
    (void)state;
    const uint8_t in[] = {0xAA};
    expect_success(command(0, ABI_I2C_MASTER_READ, 0x44, 1));
    assert_true(fake_i2c_step(&bus, K_ENOACK, in, sizeof in));
    expect_done(0, ABI_NOACK);
    assert_int_equal(buffer[0], 1);
}

static void test_refusals(void **state)
{
    (void)state;
    expect_failure(command(0, 4, 0, 0), K_ENOSUPPORT);
    expect_failure(command(0, ABI_I2C_MASTER_WRITE, 0x23, 0), K_ESIZE);
    expect_failure(command(0, ABI_I2C_MASTER_WRITE, 0x23, ABI_I2C_MASTER_MAX + 1), K_ESIZE);
    expect_failure(command(0, ABI_I2C_MASTER_WRITE, 0x123, 1), K_EINVAL);
    expect_failure(command(0, ABI_I2C_MASTER_WRITE_READ, 0xFFFFFF00u, 1), K_ESIZE);
    expect_failure(command(1, ABI_I2C_MASTER_READ, 0x23, 1), K_ESIZE); /* no buffer */
    expect_success(command(0, ABI_I2C_MASTER_WRITE, 0x23, ABI_I2C_MASTER_MAX));
    expect_failure(command(0, ABI_I2C_MASTER_WRITE, 0x23, 1), K_EBUSY);
    assert_true(fake_i2c_step(&bus, K_OK, NULL, 0));
    expect_done(0, 0);
    expect_failure(command(0, ABI_I2C_MASTER_WRITE, 0x80, 1), K_EINVAL);
    bus.transfers.refuse = K_EFAIL;
    expect_failure(command(0, ABI_I2C_MASTER_WRITE, 0x23, 1), K_EFAIL);
    expect_success(command(0, ABI_I2C_MASTER_WRITE, 0x23, 1));
}

static void test_a_process_that_ends(void **state)
{
    (void)state;
    const uint8_t in[] = {0xAA};
    expect_success(command(0, ABI_I2C_MASTER_READ, 0x44, 1));
    fake_core_restart(0);
    assert_true(fake_i2c_step(&bus, K_OK, in, sizeof in));
    expect_no_upcall(0);
    assert_int_equal(buffer[0], 1);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_write),        TEST(test_read),     TEST(test_write_then_read),
        TEST(test_nobody_there), TEST(test_refusals), TEST(test_a_process_that_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
