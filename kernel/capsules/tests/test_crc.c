#include "kernel/capsules/crc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"

#define LONG     1000u
#define LONG_CRC 0x114AD5FFu /* of 0, 7, 14, ...: what zlib says */

static struct crc_driver crc;
static uint8_t long_bytes[LONG];

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    crc_init(&crc);
    for (uint32_t i = 0; i < LONG; i++) {
        long_bytes[i] = (uint8_t)(7u * i);
    }
    return 0;
}

static void lend(uint32_t process, const void *bytes, size_t length)
{
    fake_core_allow(process, crc_driver_ops.grant, ALLOW_READ_ONLY, ABI_CRC_RO_DATA, (void *)bytes,
                    (uint32_t)length);
}

static command_return compute(uint32_t process, uint32_t algorithm, uint32_t length)
{
    return fake_core_command(&crc_driver_ops, &crc, process, ABI_CRC_COMPUTE, algorithm, length);
}

static void expect_crc(uint32_t algorithm, const char *text, uint32_t value)
{
    lend(0, text, strlen(text));
    expect_success(compute(0, algorithm, (uint32_t)strlen(text)));
    expect_no_upcall(0);
    fake_core_run();
    expect_upcall(0, ABI_CRC_UPCALL_DONE, 0, value, algorithm);
    expect_no_upcall(0);
}

/* The check values of CRC-32/ISO-HDLC and CRC-32/ISCSI in the catalogue, and that of CRC-16/MCRF4XX
 * (0x6F91) with its bits reversed; then values that Tock's own test app expects. */
static void test_published(void **state)
{
    (void)state;
    expect_crc(ABI_CRC_32, "123456789", 0xCBF43926);
    expect_crc(ABI_CRC_32C, "123456789", 0xE3069283);
    expect_crc(ABI_CRC_16_CCITT, "123456789", 0x89F6);
    expect_crc(ABI_CRC_32, "ABCDEFG", 0x0E6F94BC);
    expect_crc(ABI_CRC_32C, "ABCDEFG", 0x2C775665);
    expect_crc(ABI_CRC_16_CCITT, "ABCDEFG", 0x1541);
    expect_crc(ABI_CRC_16_CCITT, "ABCD", 0xB34B);
    expect_crc(ABI_CRC_32, "A man, a plan, a canal, Panama", 0x44050CDA);
    expect_crc(ABI_CRC_32C, "A man, a plan, a canal, Panama", 0xB5DDEB44);
}

static void test_refusals(void **state)
{
    (void)state;
    expect_success(fake_core_command(&crc_driver_ops, &crc, 0, ABI_COMMAND_EXISTS, 0, 0));
    expect_failure(fake_core_command(&crc_driver_ops, &crc, 0, 2, 0, 0), K_ENOSUPPORT);
    expect_failure(compute(0, ABI_CRC_32, 1), K_ESIZE); /* no buffer */
    lend(0, long_bytes, LONG);
    expect_failure(compute(0, 3, LONG), K_EINVAL);
    expect_failure(compute(0, ABI_CRC_32, 0), K_ESIZE);
    expect_failure(compute(0, ABI_CRC_32, LONG + 1), K_ESIZE);
    expect_success(compute(0, ABI_CRC_32, LONG));
    expect_failure(compute(0, ABI_CRC_32, LONG), K_EBUSY);
    fake_core_run();
    expect_upcall(0, ABI_CRC_UPCALL_DONE, 0, LONG_CRC, ABI_CRC_32);
    expect_no_upcall(0);
    fake_core_exhaust(3);
    expect_failure(compute(3, ABI_CRC_32, 1), K_ENOMEM);
}

static void test_in_pieces_side_by_side(void **state)
{
    (void)state;
    uint32_t pieces = 0;
    lend(0, long_bytes, LONG);
    lend(1, "123456789 and more", 18);
    expect_success(compute(0, ABI_CRC_32, LONG));
    expect_success(compute(1, ABI_CRC_32C, 9));
    while (fake_core_upcalls(0) == 0) {
        assert_true(fake_core_run_one());
        pieces++;
        assert_int_equal(fake_core_upcalls(1), 1); /* done in the first */
    }
    assert_int_equal(pieces, 8); /* 128 bytes each */
    expect_upcall(0, ABI_CRC_UPCALL_DONE, 0, LONG_CRC, ABI_CRC_32);
    expect_upcall(1, ABI_CRC_UPCALL_DONE, 0, 0xE3069283, ABI_CRC_32C);
}

static void test_process_gone(void **state)
{
    (void)state;
    lend(0, long_bytes, LONG);
    lend(1, long_bytes, LONG);
    expect_success(compute(0, ABI_CRC_32, LONG));
    expect_success(compute(1, ABI_CRC_32, LONG));
    (void)fake_core_run_one();
    fake_core_restart(0);
    fake_core_run();
    expect_no_upcall(0);
    expect_upcall(1, ABI_CRC_UPCALL_DONE, 0, LONG_CRC, ABI_CRC_32);
    expect_crc(ABI_CRC_32, "123456789", 0xCBF43926);
}

static void test_buffer_taken_back(void **state)
{
    (void)state;
    for (uint32_t left = 0; left < LONG; left += LONG - 1) {
        lend(0, long_bytes, LONG);
        expect_success(compute(0, ABI_CRC_32C, LONG));
        (void)fake_core_run_one();
        lend(0, long_bytes, left);
        fake_core_run();
        expect_upcall(0, ABI_CRC_UPCALL_DONE, ABI_RESERVE, 0, 0);
    }
    expect_crc(ABI_CRC_32, "123456789", 0xCBF43926);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_published),    TEST(test_refusals),          TEST(test_in_pieces_side_by_side),
        TEST(test_process_gone), TEST(test_buffer_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
