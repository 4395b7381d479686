#include "kernel/capsules/spi_controller.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_bus.h"
#include "kernel/capsules/tests/fake_core.h"

static struct spi_controller_driver driver;
static struct fake_spi bus;

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_spi_init(&bus);
    bus.mode.frequency_hz = 1000000;
    spi_controller_init(&driver, &bus.spi);
    return 0;
}

static struct command_return command(uint32_t process, uint32_t number, uint32_t argument)
{
    return fake_core_command(&spi_controller_driver_ops, &driver, process, number, argument, 0);
}

static void allow_out(uint32_t process, void *bytes, uint32_t length)
{
    fake_core_allow(process, spi_controller_driver_ops.grant, ALLOW_READ_ONLY,
                    ABI_SPI_CONTROLLER_RO_WRITE, bytes, length);
}

static void allow_in(uint32_t process, void *bytes, uint32_t length)
{
    fake_core_allow(process, spi_controller_driver_ops.grant, ALLOW_READ_WRITE,
                    ABI_SPI_CONTROLLER_RW_READ, bytes, length);
}

static void test_write_and_read(void **state)
{
    (void)state;
    uint8_t out[] = {0x9F, 0, 0, 0}, in[4] = {0};
    const uint8_t answer[] = {0xFF, 0xC2, 0x28, 0x17};
    allow_out(0, out, sizeof out);
    allow_in(0, in, sizeof in);
    expect_success(command(0, ABI_SPI_CONTROLLER_WRITE_READ, 100));
    assert_int_equal(bus.transfers.write.length, 4);
    assert_memory_equal(bus.transfers.as_given, out, 4);
    expect_failure(command(0, ABI_SPI_CONTROLLER_WRITE_READ, 4), K_EBUSY);
    assert_true(fake_spi_step(&bus, answer, sizeof answer));
    assert_memory_equal(in, answer, sizeof answer);
    expect_upcall(0, ABI_SPI_CONTROLLER_UPCALL_DONE, 4, 0, 0);
}

static void test_write_only(void **state)
{
    (void)state;
    uint8_t out[] = {6, 7};
    allow_out(0, out, sizeof out);
    expect_success(command(0, ABI_SPI_CONTROLLER_WRITE_READ, 1));
    assert_int_equal(bus.transfers.write.length, 1);
    assert_int_equal(bus.transfers.read.length, 0);
    assert_true(fake_spi_step(&bus, NULL, 0));
    expect_upcall(0, ABI_SPI_CONTROLLER_UPCALL_DONE, 1, 0, 0);
}

static void test_read_and_in_place(void **state)
{
    (void)state;
    uint8_t buffer[] = {1, 2, 3};
    const uint8_t answer[] = {7, 8, 9}, filled[] = {0xFF, 0xFF, 0xFF};
    allow_in(0, buffer, sizeof buffer);
    expect_success(command(0, ABI_SPI_CONTROLLER_IN_PLACE, 3));
    assert_memory_equal(bus.transfers.as_given, buffer, 3);
    assert_true(fake_spi_step(&bus, answer, 3));
    assert_memory_equal(buffer, answer, 3);
    expect_upcall(0, ABI_SPI_CONTROLLER_UPCALL_DONE, 3, 0, 0);
    expect_success(command(0, ABI_SPI_CONTROLLER_READ, 2));
    assert_memory_equal(bus.transfers.as_given, filled, 2);
    assert_true(fake_spi_step(&bus, filled, 2));
    assert_int_equal(buffer[1], 0xFF);
    assert_int_equal(buffer[2], 9);
    expect_upcall(0, ABI_SPI_CONTROLLER_UPCALL_DONE, 2, 0, 0);
}

static void test_sizes(void **state)
{
    (void)state;
    static uint8_t out[ABI_SPI_CONTROLLER_MAX + 1];
    expect_failure(command(0, ABI_SPI_CONTROLLER_WRITE_READ, 4), K_ESIZE);
    expect_failure(command(0, ABI_SPI_CONTROLLER_READ, 4), K_ESIZE);
    allow_out(0, out, sizeof out);
    expect_failure(command(0, ABI_SPI_CONTROLLER_WRITE_READ, sizeof out), K_ESIZE);
    expect_success(command(0, ABI_SPI_CONTROLLER_WRITE_READ, ABI_SPI_CONTROLLER_MAX));
    assert_true(fake_spi_step(&bus, NULL, 0));
    expect_upcall(0, ABI_SPI_CONTROLLER_UPCALL_DONE, ABI_SPI_CONTROLLER_MAX, 0, 0);
    bus.transfers.refuse = K_ESIZE;
    expect_failure(command(0, ABI_SPI_CONTROLLER_WRITE_READ, 1), K_ESIZE);
    expect_success(command(0, ABI_SPI_CONTROLLER_WRITE_READ, 1));
}

static void test_a_buffer_that_shrinks(void **state)
{
    (void)state;
    uint8_t out[4] = {0}, in[4] = {0};
    const uint8_t answer[] = {1, 2, 3, 4};
    allow_out(0, out, sizeof out);
    allow_in(0, in, sizeof in);
    expect_success(command(0, ABI_SPI_CONTROLLER_WRITE_READ, 4));
    allow_in(0, in, 1);
    assert_true(fake_spi_step(&bus, answer, sizeof answer));
    assert_int_equal(in[0], 1);
    assert_int_equal(in[1], 0);
    expect_upcall(0, ABI_SPI_CONTROLLER_UPCALL_DONE, 1, 0, 0);
}

static void test_settings(void **state)
{
    (void)state;
    expect_u32(command(0, ABI_SPI_CONTROLLER_RATE, 0), 1000000);
    expect_success(command(0, ABI_SPI_CONTROLLER_SET_RATE, 250000));
    expect_failure(command(0, ABI_SPI_CONTROLLER_SET_RATE, 0), K_EINVAL);
    expect_u32(command(0, ABI_SPI_CONTROLLER_RATE, 0), 250000);
    expect_success(command(0, ABI_SPI_CONTROLLER_SET_PHASE, 1));
    expect_u32(command(0, ABI_SPI_CONTROLLER_PHASE, 0), 1);
    expect_success(command(0, ABI_SPI_CONTROLLER_SET_POLARITY, 1));
    expect_u32(command(0, ABI_SPI_CONTROLLER_POLARITY, 0), 1);
    assert_int_equal(bus.mode.frequency_hz, 250000);
    assert_true(bus.mode.sample_trailing && bus.mode.idle_high);
    for (uint32_t number = 1; number <= 4; number += number == 1 ? 2 : 1) {
        expect_failure(command(0, number, 0), K_ENOSUPPORT);
    }
    expect_failure(command(0, 13, 0), K_ENOSUPPORT);
}

static void test_one_process_has_it_while_it_lives(void **state)
{
    (void)state;
    uint8_t out[2] = {0};
    expect_success(command(0, ABI_SPI_CONTROLLER_SET_PHASE, 0));
    expect_success(command(0, ABI_COMMAND_EXISTS, 0));
    expect_success(command(1, ABI_COMMAND_EXISTS, 0));
    expect_failure(command(1, ABI_SPI_CONTROLLER_RATE, 0), K_ERESERVE);
    allow_out(0, out, sizeof out);
    expect_success(command(0, ABI_SPI_CONTROLLER_WRITE_READ, 2));
    fake_core_restart(0);
    expect_failure(command(1, ABI_SPI_CONTROLLER_RATE, 0), K_ERESERVE); /* the bus is busy */
    assert_true(fake_spi_step(&bus, NULL, 0));
    expect_no_upcall(0);
    expect_u32(command(1, ABI_SPI_CONTROLLER_RATE, 0), 1000000);
    expect_failure(command(0, ABI_SPI_CONTROLLER_RATE, 0), K_ERESERVE);
}

static void test_no_memory(void **state)
{
    (void)state;
    fake_core_exhaust(0);
    expect_failure(command(0, ABI_SPI_CONTROLLER_WRITE_READ, 1), K_ENOMEM);
    assert_false(bus.transfers.busy);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_write_and_read),
        TEST(test_write_only),
        TEST(test_read_and_in_place),
        TEST(test_sizes),
        TEST(test_a_buffer_that_shrinks),
        TEST(test_settings),
        TEST(test_one_process_has_it_while_it_lives),
        TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
