#include "kernel/capsules/sha.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/digest_text.h"
#include "kernel/capsules/tests/fake_core.h"

#define LONG 1000u

/* Of "abc", and of LONG bytes 0, 7, 14, ...: the latter from Python's hashlib. */
static const char *const abc_digest =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char *const long_digest =
    "89f4ff56a25dd1db06a4ce6033603775d705fb96f30f8693733fef602a1ca532";

static struct sha_driver sha;
static uint8_t long_bytes[LONG];
static uint8_t digest[FAKE_PROCESSES][ABI_DIGEST_BYTES];

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    sha_init(&sha);
    for (uint32_t i = 0; i < LONG; i++) {
        long_bytes[i] = (uint8_t)(7u * i);
    }
    memset(digest, 0, sizeof digest);
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t argument)
{
    return fake_core_command(&sha_driver_ops, &sha, process, number, argument, 0);
}

static void allow(uint32_t process, const void *bytes, uint32_t length)
{
    fake_core_allow(process, sha_driver_ops.grant, ALLOW_READ_ONLY, ABI_SHA_RO_DATA, (void *)bytes,
                    length);
}

static void allow_digest(uint32_t process, uint32_t length)
{
    fake_core_allow(process, sha_driver_ops.grant, ALLOW_READ_WRITE, ABI_SHA_RW_DIGEST,
                    digest[process], length);
}

static void hash(uint32_t process, const void *bytes, uint32_t length)
{
    allow(process, bytes, length);
    allow_digest(process, ABI_DIGEST_BYTES);
    expect_success(command(process, ABI_SHA_HASH, 0));
}

static void test_hash(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS, 0));
    expect_success(command(0, ABI_SHA_SET_ALGORITHM, ABI_DIGEST_SHA256));
    expect_failure(command(0, ABI_SHA_SET_ALGORITHM, 1), K_ENOSUPPORT);
    expect_failure(command(0, 4, 0), K_ENOSUPPORT);
    hash(0, "abc", 3);
    expect_no_upcall(0);
    expect_failure(command(0, ABI_SHA_HASH, 0), K_ENOMEM); /* one is under way */
    expect_failure(command(0, ABI_SHA_VERIFY, 0), K_ENOMEM);
    fake_core_run();
    expect_upcall(0, ABI_SHA_UPCALL_HASHED, 0, 0, 0);
    expect_no_upcall(0);
    expect_digest(digest[0], abc_digest);
    hash(0, long_bytes, LONG);
    fake_core_run();
    expect_upcall(0, ABI_SHA_UPCALL_HASHED, 0, 0, 0);
    expect_digest(digest[0], long_digest);
    hash(0, NULL, 0);
    fake_core_run();
    expect_upcall(0, ABI_SHA_UPCALL_HASHED, 0, 0, 0);
    expect_digest(digest[0], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void test_verify(void **state)
{
    (void)state;
    uint8_t compare[ABI_DIGEST_BYTES];
    hash(0, long_bytes, LONG);
    fake_core_run();
    expect_upcall(0, ABI_SHA_UPCALL_HASHED, 0, 0, 0);
    memcpy(compare, digest[0], sizeof compare);
    for (uint32_t i = 0; i <= ABI_DIGEST_BYTES; i++) {
        fake_core_allow(0, sha_driver_ops.grant, ALLOW_READ_ONLY, ABI_SHA_RO_COMPARE, compare,
                        sizeof compare);
        if (i < ABI_DIGEST_BYTES) {
            compare[i] ^= 0x10;
        }
        expect_success(command(0, ABI_SHA_VERIFY, 0));
        fake_core_run();
        expect_upcall(0, ABI_SHA_UPCALL_VERIFIED, 0, i == ABI_DIGEST_BYTES, 0);
        if (i < ABI_DIGEST_BYTES) {
            compare[i] ^= 0x10;
        }
    }
    fake_core_allow(0, sha_driver_ops.grant, ALLOW_READ_ONLY, ABI_SHA_RO_COMPARE, compare, 31);
    expect_success(command(0, ABI_SHA_VERIFY, 0));
    fake_core_run();
    expect_upcall(0, ABI_SHA_UPCALL_VERIFIED, ABI_NOMEM, 0, 0);
}

static void test_digest_buffer_of_another_length(void **state)
{
    (void)state;
    for (uint32_t length = 0; length <= ABI_DIGEST_BYTES - 1; length += 31) {
        hash(0, "abc", 3);
        allow_digest(0, length);
        fake_core_run();
        expect_upcall(0, ABI_SHA_UPCALL_HASHED, ABI_NOMEM, 0, 0);
        assert_int_equal(digest[0][0], 0);
    }
}

/* No piece is longer than what others can wait for, and who has little is not held up. */
static void test_in_pieces_side_by_side(void **state)
{
    (void)state;
    uint32_t pieces = 0;
    hash(0, long_bytes, LONG);
    hash(1, "abc", 3);
    assert_true(fake_core_run_one());
    expect_upcall(1, ABI_SHA_UPCALL_HASHED, 0, 0, 0);
    expect_digest(digest[1], abc_digest);
    expect_no_upcall(0);
    hash(2, long_bytes, LONG);
    while (fake_core_upcalls(0) == 0) {
        assert_true(fake_core_run_one());
        pieces++;
    }
    assert_int_equal(pieces, 7); /* and one before: 128 bytes each */
    expect_digest(digest[0], long_digest);
    expect_no_upcall(2);
    fake_core_run();
    expect_upcall(2, ABI_SHA_UPCALL_HASHED, 0, 0, 0);
    expect_digest(digest[2], long_digest);
}

static void test_process_gone(void **state)
{
    (void)state;
    hash(0, long_bytes, LONG);
    hash(1, long_bytes, LONG);
    (void)fake_core_run_one();
    fake_core_end(0);
    (void)fake_core_run_one();
    fake_core_restart(0);
    fake_core_run();
    expect_no_upcall(0);
    assert_int_equal(digest[0][0], 0);
    expect_upcall(1, ABI_SHA_UPCALL_HASHED, 0, 0, 0);
    expect_digest(digest[1], long_digest);
    hash(0, "abc", 3); /* its next life */
    fake_core_run();
    expect_upcall(0, ABI_SHA_UPCALL_HASHED, 0, 0, 0);
    expect_digest(digest[0], abc_digest);
}

static void test_buffer_taken_back(void **state)
{
    (void)state;
    for (uint32_t left = 0; left < LONG; left += LONG - 1) {
        hash(0, long_bytes, LONG);
        (void)fake_core_run_one();
        allow(0, long_bytes, left);
        fake_core_run();
        expect_upcall(0, ABI_SHA_UPCALL_HASHED, ABI_RESERVE, 0, 0);
        assert_int_equal(digest[0][0], 0);
    }
    hash(0, "abc", 3); /* longer by now: the length counts that was there */
    allow(0, "abcd", 4);
    fake_core_run();
    expect_upcall(0, ABI_SHA_UPCALL_HASHED, 0, 0, 0);
    expect_digest(digest[0], abc_digest);
}

static void test_no_memory(void **state)
{
    (void)state;
    fake_core_exhaust(3);
    expect_failure(command(3, ABI_SHA_HASH, 0), K_ENOMEM);
    fake_core_run();
    expect_no_upcall(3);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_hash),
        TEST(test_verify),
        TEST(test_digest_buffer_of_another_length),
        TEST(test_in_pieces_side_by_side),
        TEST(test_process_gone),
        TEST(test_buffer_taken_back),
        TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
