#include "kernel/capsules/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_hil.h"

static struct rng_driver rng;
static struct fake_entropy entropy;

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_entropy_init(&entropy);
    rng_init(&rng, &entropy.entropy);
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t argument)
{
    return fake_core_command(&rng_driver_ops, &rng, process, number, argument, 0);
}

static void allow(uint32_t process, uint8_t *bytes, uint32_t length)
{
    fake_core_allow(process, rng_driver_ops.grant, ALLOW_READ_WRITE, ABI_RNG_RW_BUFFER, bytes,
                    length);
}

static void get(uint32_t process, uint8_t *bytes, uint32_t length)
{
    allow(process, bytes, length);
    expect_success(command(process, ABI_RNG_GET, length));
}

static void finish(void)
{
    do {
        fake_core_run();
    } while (fake_entropy_step(&entropy, K_OK));
    fake_core_run();
}

static void expect_sequence(const uint8_t *bytes, uint8_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(bytes[i], first + i);
    }
}

static void test_get(void **state)
{
    (void)state;
    uint8_t bytes[40] = {0};
    expect_success(command(0, ABI_COMMAND_EXISTS, 0));
    expect_failure(command(0, 2, 0), K_ENOSUPPORT);
    get(0, bytes, 5);
    expect_no_upcall(0);
    finish();
    expect_upcall(0, ABI_RNG_UPCALL_DONE, 0, 5, 0);
    expect_sequence(bytes, 1, 5);
    assert_int_equal(entropy.next, 5); /* not a byte more than asked for */
    get(0, bytes, 40);
    finish();
    expect_upcall(0, ABI_RNG_UPCALL_DONE, 0, 40, 0);
    expect_sequence(bytes, 6, 40);
}

static void test_partial_lengths(void **state)
{
    (void)state;
    uint8_t bytes[20] = {0};
    allow(0, bytes, 7);
    expect_success(command(0, ABI_RNG_GET, 100));
    finish();
    expect_upcall(0, ABI_RNG_UPCALL_DONE, 0, 7, 0);
    expect_success(command(0, ABI_RNG_GET, 3));
    finish();
    expect_upcall(0, ABI_RNG_UPCALL_DONE, 0, 3, 0);
    expect_success(command(0, ABI_RNG_GET, 0));
    finish();
    expect_upcall(0, ABI_RNG_UPCALL_DONE, 0, 0, 0);
    allow(0, NULL, 0);
    expect_success(command(0, ABI_RNG_GET, 4));
    finish();
    expect_upcall(0, ABI_RNG_UPCALL_DONE, 0, 0, 0);
}

static void test_buffer_shrunk_or_swapped(void **state)
{
    (void)state;
    uint8_t bytes[20] = {0};
    uint8_t other[20] = {0};
    get(0, bytes, 20);
    fake_core_run();
    allow(0, bytes, 4); /* 16 are being gathered */
    finish();
    expect_upcall(0, ABI_RNG_UPCALL_DONE, 0, 4, 0);
    expect_sequence(bytes, 1, 4);
    assert_int_equal(bytes[4], 0);
    get(0, bytes, 20);
    fake_core_run();
    (void)fake_entropy_step(&entropy, K_OK);
    allow(0, other, 20);
    finish();
    expect_upcall(0, ABI_RNG_UPCALL_DONE, 0, 20, 0);
    assert_int_equal(other[15], 0);
    assert_int_not_equal(other[16], 0);
}

/* No byte is given twice; who asked first is served first, and a large request holds up nobody. */
static void test_two_processes(void **state)
{
    (void)state;
    uint8_t a[3] = {0};
    uint8_t b[100] = {0};
    get(1, b, 100);
    get(0, a, 3);
    fake_core_run();
    (void)fake_entropy_step(&entropy, K_OK);
    expect_no_upcall(0);
    (void)fake_entropy_step(&entropy, K_OK);
    expect_upcall(0, ABI_RNG_UPCALL_DONE, 0, 3, 0);
    expect_no_upcall(1);
    finish();
    expect_upcall(1, ABI_RNG_UPCALL_DONE, 0, 100, 0);
    expect_sequence(b, 1, 16);
    expect_sequence(a, 17, 3);
    expect_sequence(b + 16, 20, 84);
}

/* Three bytes were asked for when their taker ended; the next one wants more than those. */
static void test_process_gone(void **state)
{
    (void)state;
    uint8_t a[3] = {0};
    uint8_t b[10] = {0};
    get(0, a, 3);
    fake_core_run();
    get(1, b, 10);
    fake_core_restart(0);
    (void)fake_entropy_step(&entropy, K_OK);
    expect_no_upcall(1);
    finish();
    expect_upcall(1, ABI_RNG_UPCALL_DONE, 0, 10, 0);
    expect_sequence(b, 1, 10);
    assert_int_equal(a[0], 0);
    get(1, b, 10);
    fake_core_run();
    fake_core_end(1);
    finish();
    get(2, b, 10);
    finish();
    expect_upcall(2, ABI_RNG_UPCALL_DONE, 0, 10, 0);
}

static void test_asking_again_begins_anew(void **state)
{
    (void)state;
    uint8_t bytes[20] = {0};
    get(0, bytes, 20);
    fake_core_run();
    (void)fake_entropy_step(&entropy, K_OK);
    get(0, bytes, 2);
    finish();
    expect_upcall(0, ABI_RNG_UPCALL_DONE, 0, 2, 0);
    expect_no_upcall(0);
    expect_sequence(bytes, 17, 2);
}

static void test_refusals(void **state)
{
    (void)state;
    uint8_t bytes[20] = {0};
    fake_core_exhaust(3);
    expect_failure(command(3, ABI_RNG_GET, 4), K_ENOMEM);
    entropy.refuse = K_EFAIL;
    get(0, bytes, 4);
    get(1, bytes, 4);
    finish();
    expect_upcall(0, ABI_RNG_UPCALL_DONE, 0, 0, 0);
    expect_upcall(1, ABI_RNG_UPCALL_DONE, 0, 4, 0);
    get(0, bytes, 20);
    fake_core_run();
    (void)fake_entropy_step(&entropy, K_OK);
    (void)fake_entropy_step(&entropy, K_EFAIL);
    expect_upcall(0, ABI_RNG_UPCALL_DONE, 0, 16, 0);
    fake_core_queue_limit(0, 0);
    get(0, bytes, 4);
    finish();
    assert_int_equal(fake_core_upcalls_lost(0), 1);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_get),           TEST(test_partial_lengths), TEST(test_buffer_shrunk_or_swapped),
        TEST(test_two_processes), TEST(test_process_gone),    TEST(test_asking_again_begins_anew),
        TEST(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
