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

static command_return command(uint32_t process, uint32_t number, uint32_t argument)
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
    uint8_t out[1] = {0};
    expect_failure(command(0, ABI_SPI_CONTROLLER_WRITE_READ, 4), K_ESIZE);
    expect_failure(command(0, ABI_SPI_CONTROLLER_READ, 4), K_ESIZE);
    allow_out(0, out, sizeof out);
    expect_failure(command(0, ABI_SPI_CONTROLLER_WRITE_READ, 0), K_ESIZE);
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

#define LONG 1000u
static uint8_t long_out[LONG], long_in[LONG];

/* Numbers go out, and their complement comes in. */
static void allow_long(uint32_t in_length)
{
    for (uint32_t i = 0; i < LONG; i++) {
        long_out[i] = (uint8_t)(i * 7);
        long_in[i] = 0;
    }
    allow_out(0, long_out, LONG);
    allow_in(0, long_in, in_length);
}

static bool step_long(uint32_t *at)
{
    uint8_t answer[SPI_CONTROLLER_PIECE_BYTES];
    uint32_t length = bus.transfers.write.length;
    if (!bus.transfers.busy) {
        return false;
    }
    assert_true(bus.selected && length > 1 && length <= sizeof answer && *at + length <= LONG);
    assert_memory_equal(bus.transfers.as_given, long_out + *at, length);
    for (uint32_t i = 0; i < length; i++) {
        answer[i] = (uint8_t)~long_out[*at + i];
    }
    *at += length;
    return fake_spi_step(&bus, answer, length);
}

static void test_long_ones_have_one_chip_select(void **state)
{
    (void)state;
    const uint32_t lengths[] = {64, 65, 128, 129, LONG};
    for (uint32_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        uint32_t at = 0;
        allow_long(LONG);
        expect_success(command(0, ABI_SPI_CONTROLLER_WRITE_READ, lengths[i]));
        while (step_long(&at)) {
            assert_int_equal(bus.selected, at < lengths[i]);
        }
        assert_int_equal(at, lengths[i]);
        for (uint32_t j = 0; j < LONG; j++) {
            assert_int_equal(long_in[j], j < at ? (uint8_t)~long_out[j] : 0);
        }
        expect_upcall(0, ABI_SPI_CONTROLLER_UPCALL_DONE, at, 0, 0);
        assert_int_equal(bus.selections, i + 1);
    }
}

static void test_long_in_place(void **state)
{
    (void)state;
    uint32_t at = 0;
    allow_long(LONG);
    memcpy(long_in, long_out, LONG);
    expect_success(command(0, ABI_SPI_CONTROLLER_IN_PLACE, UINT32_MAX));
    while (step_long(&at)) {
    }
    assert_int_equal(long_in[LONG - 1], (uint8_t)~long_out[LONG - 1]);
    expect_upcall(0, ABI_SPI_CONTROLLER_UPCALL_DONE, LONG, 0, 0);
    assert_int_equal(bus.selections, 1);
}

static void test_buffers_that_go_in_between(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t at = 0;
        allow_long(LONG);
        expect_success(command(0, ABI_SPI_CONTROLLER_WRITE_READ, LONG));
        assert_true(step_long(&at));
        allow_out(0, long_out, i == 0 ? 0 : LONG);
        allow_in(0, long_in, i == 1 ? 0 : i == 2 ? 100 : LONG);
        assert_true(step_long(&at)); /* which was under way */
        assert_false(bus.transfers.busy || bus.selected);
        expect_upcall(0, ABI_SPI_CONTROLLER_UPCALL_DONE, i == 0 ? 128 : i == 1 ? 64 : 100, 0, 0);
    }
}

static void test_a_process_that_ends_in_between(void **state)
{
    (void)state;
    uint32_t at = 0;
    allow_long(LONG);
    expect_success(command(0, ABI_SPI_CONTROLLER_WRITE_READ, LONG));
    assert_true(step_long(&at));
    fake_core_restart(0);
    assert_true(step_long(&at));
    assert_false(bus.transfers.busy || bus.selected);
    expect_no_upcall(0);
    expect_u32(command(1, ABI_SPI_CONTROLLER_RATE, 0), 1000000);
}

static void test_a_piece_that_is_refused(void **state)
{
    (void)state;
    uint32_t at = 0;
    allow_long(LONG);
    expect_success(command(0, ABI_SPI_CONTROLLER_WRITE_READ, LONG));
    bus.transfers.refuse = K_ESIZE;
    assert_true(step_long(&at));
    assert_false(bus.selected);
    expect_upcall(0, ABI_SPI_CONTROLLER_UPCALL_DONE, 64, 0, 0);
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
        TEST(test_long_ones_have_one_chip_select),
        TEST(test_long_in_place),
        TEST(test_buffers_that_go_in_between),
        TEST(test_a_process_that_ends_in_between),
        TEST(test_a_piece_that_is_refused),
        TEST(test_settings),
        TEST(test_one_process_has_it_while_it_lives),
        TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
