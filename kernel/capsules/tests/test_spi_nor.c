#include "kernel/capsules/spi_nor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/syscall.h"
#include "kernel/capsules/tests/fake_bus.h"
#include "kernel/capsules/tests/fake_panel.h"

static struct fake_spi bus;
static struct fake_delay delay;
static struct spi_nor nor;
static struct spi_nor_config config;
static struct dma_buffer buffer;
static uint8_t bytes[HIL_FLASH_PAGE_BYTES];
static uint32_t done_count;
static int done_status;

static void take_done(void *self, int status)
{
    (void)self;
    assert_false(dma_buffer_is_lent(&buffer));
    done_count++;
    done_status = status;
}
static const struct hil_flash_client client = {take_done, NULL, NULL};

static int begin(void **state)
{
    (void)state;
    fake_spi_init(&bus);
    fake_delay_init(&delay);
    config = (struct spi_nor_config){&bus.spi, &delay.delay, 0x400000, 0x16400B};
    spi_nor_init(&nor, &config);
    buffer = (struct dma_buffer)DMA_BUFFER_OF(bytes);
    done_count = 0;
    hil_flash_set_client(&nor.flash, &client);
    return 0;
}

/* The transfer under way sends these bytes first, is so long, and brings that in. */
static void exchange(const char *out, uint32_t out_count, uint32_t length, const void *in,
                     uint32_t in_count)
{
    assert_true(bus.transfers.busy);
    assert_int_equal(bus.transfers.write.length, length);
    assert_memory_equal(bus.transfers.as_given, out, out_count);
    assert_true(fake_spi_step(&bus, in, in_count));
}

static void identify(void)
{
    exchange("\x9F", 1, 4, "\xFF\x0B\x40\x16", 4);
}

static void enable_writes(uint8_t status)
{
    const uint8_t answer[] = {0xFF, status};
    exchange("\x06", 1, 1, "", 0);
    exchange("\x05", 1, 2, answer, 2);
}

static void poll(uint8_t status)
{
    const uint8_t answer[] = {0xFF, status};
    assert_false(bus.transfers.busy);
    assert_true(fake_delay_step(&delay));
    exchange("\x05", 1, 2, answer, 2);
}

static void expect_done(uint32_t count, int status)
{
    assert_int_equal(done_count, count);
    assert_int_equal(done_status, status);
    assert_false(bus.transfers.busy);
}

static void test_read(void **state)
{
    (void)state;
    assert_int_equal(hil_flash_read(&nor.flash, 0x123450, &buffer, 8), K_OK);
    assert_true(dma_buffer_is_lent(&buffer));
    assert_int_equal(hil_flash_erase(&nor.flash, 0), K_EBUSY);
    identify();
    exchange("\x03\x12\x34\x50", 4, 12,
             "\xEE\xEE\xEE\xEE"
             "abcdefgh",
             12);
    expect_done(1, K_OK);
    assert_memory_equal(bytes, "abcdefgh", 8);
    /* It is known now. */
    assert_int_equal(hil_flash_read(&nor.flash, 0x3FFF00, &buffer, 256), K_OK);
    exchange("\x03\x3F\xFF\x00", 4, 260, "", 0);
    expect_done(2, K_OK);
}

static void test_program(void **state)
{
    (void)state;
    memset(bytes, 'x', sizeof bytes);
    assert_int_equal(hil_flash_program(&nor.flash, 0x000100, &buffer, 4), K_OK);
    identify();
    enable_writes(0x02);
    exchange("\x02\x00\x01\x00xxxx", 8, 8, "", 0);
    poll(0x03);
    poll(0x00);
    expect_done(1, K_OK);
}

static void test_erase(void **state)
{
    (void)state;
    assert_int_equal(hil_flash_erase(&nor.flash, 0x3FF000), K_OK);
    identify();
    enable_writes(0x02);
    exchange("\x20\x3F\xF0\x00", 4, 4, "", 0);
    for (uint32_t i = 0; i < 14; i++) {
        poll(0x03);
    }
    poll(0x00);
    expect_done(1, K_OK);
}

/* Each operation has as much time as the first. */
static void test_many_slow_erases(void **state)
{
    (void)state;
    for (uint32_t count = 1; count <= 3; count++) {
        assert_int_equal(hil_flash_erase(&nor.flash, 0), K_OK);
        if (count == 1) {
            identify();
        }
        enable_writes(0x02);
        exchange("\x20", 1, 4, "", 0);
        for (uint32_t i = 0; i < 100; i++) {
            poll(0x03);
        }
        poll(0x00);
        expect_done(count, K_OK);
    }
}

static void test_a_flash_that_is_another(void **state)
{
    (void)state;
    assert_int_equal(hil_flash_read(&nor.flash, 0, &buffer, 4), K_OK);
    exchange("\x9F", 1, 4, "\xFF\xFF\xFF\xFF", 4);
    expect_done(1, K_ENODEVICE);
    assert_int_equal(hil_flash_read(&nor.flash, 0, &buffer, 4), K_OK);
    identify(); /* asked again */
    exchange("\x03", 1, 8, "", 0);
    expect_done(2, K_OK);
}

static void test_a_flash_that_takes_no_writes(void **state)
{
    (void)state;
    assert_int_equal(hil_flash_program(&nor.flash, 0, &buffer, 4), K_OK);
    identify();
    enable_writes(0x00);
    expect_done(1, K_EFAIL);
    assert_int_equal(hil_flash_erase(&nor.flash, 0), K_OK);
    identify();
}

static void test_a_flash_that_stays_busy(void **state)
{
    (void)state;
    uint32_t polls = 0;
    assert_int_equal(hil_flash_erase(&nor.flash, 0), K_OK);
    identify();
    enable_writes(0x02);
    exchange("\x20", 1, 4, "", 0);
    while (done_count == 0) {
        poll(0x01);
        polls++;
    }
    expect_done(1, K_EFAIL);
    assert_in_range(polls, 100, 1000); /* half a second, to five */
}

static void test_refusals(void **state)
{
    (void)state;
    assert_int_equal(hil_flash_read(&nor.flash, 0x400000, &buffer, 4), K_EINVAL);
    assert_int_equal(hil_flash_read(&nor.flash, 0x102, &buffer, 4), K_EINVAL);
    assert_int_equal(hil_flash_read(&nor.flash, 0x100, &buffer, 3), K_EINVAL);
    assert_int_equal(hil_flash_program(&nor.flash, 0x1FC, &buffer, 8), K_EINVAL); /* two pages */
    assert_int_equal(hil_flash_read(&nor.flash, 0, &buffer, 0), K_ESIZE);
    assert_int_equal(hil_flash_read(&nor.flash, 0, &buffer, 260), K_ESIZE);
    assert_int_equal(hil_flash_erase(&nor.flash, 0x100), K_EINVAL);
    bus.transfers.refuse = K_EBUSY;
    assert_int_equal(hil_flash_read(&nor.flash, 0, &buffer, 4), K_EBUSY);
    assert_false(dma_buffer_is_lent(&buffer));
    assert_int_equal(hil_flash_read(&nor.flash, 0, &buffer, 4), K_OK);
    bus.transfers.refuse = K_EFAIL;
    identify();
    expect_done(1, K_EFAIL);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_read),
        TEST(test_program),
        TEST(test_erase),
        TEST(test_many_slow_erases),
        TEST(test_a_flash_that_is_another),
        TEST(test_a_flash_that_takes_no_writes),
        TEST(test_a_flash_that_stays_busy),
        TEST(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
