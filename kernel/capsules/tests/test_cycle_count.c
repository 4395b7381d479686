#include "kernel/capsules/cycle_count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/capsules/eui64.h"
#include "kernel/capsules/tests/fake_core.h"

static struct cycle_count_driver driver;
static uint32_t counter;
static bool runs;
static const struct hil_delay_client *client;
static uint32_t delay_us; /* 0: none is under way */

static void run(void *self, bool on)
{
    (void)self;
    runs = on;
}

static uint32_t read_counter(void *self)
{
    (void)self;
    return counter;
}

static void start_delay(void *self, uint32_t microseconds)
{
    (void)self;
    delay_us = microseconds;
}

static void set_client(void *self, const struct hil_delay_client *new_client)
{
    (void)self;
    client = new_client;
}

static const struct hil_cycle_counter_ops counter_ops = {run, read_counter};
static const struct hil_cycle_counter cycle_counter = {&counter_ops, NULL};
static const struct hil_delay_ops delay_ops = {.start = start_delay, .set_client = set_client};
static const struct hil_delay delay = {&delay_ops, NULL};

/* Time goes by at 64 MHz. */
static void pass(uint32_t seconds)
{
    for (uint32_t i = 0; i < seconds; i++) {
        counter += runs ? 64000000u : 0;
        if (delay_us > 0) {
            delay_us -= 1000000u;
            if (delay_us == 0) {
                hil_delay_client_elapsed(client);
            }
        }
    }
}

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    counter = 0xFFFFFF00u;
    runs = false;
    delay_us = 0;
    cycle_count_init(&driver, &cycle_counter, &delay);
    return 0;
}

static command_return command(uint32_t process, uint32_t number)
{
    return fake_core_command(&cycle_count_driver_ops, &driver, process, number, 0, 0);
}

static uint64_t cycles_seen_by(uint32_t process)
{
    command_return result = command(process, ABI_CYCLE_COUNT_READ);
    assert_int_equal(command_variant(result), ABI_SUCCESS_U64);
    return (uint64_t)fake_core_second_value() << 32 | command_value(result);
}

static void test_counts_beyond_32_bits(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS));
    expect_failure(command(0, 5), K_ENOSUPPORT);
    assert_int_equal(cycles_seen_by(0), 0);
    expect_success(command(0, ABI_CYCLE_COUNT_START));
    pass(1000); /* nobody looks meanwhile: it wraps 14 times */
    assert_int_equal(cycles_seen_by(0), 64000000000u);
    expect_success(command(0, ABI_CYCLE_COUNT_START)); /* as it was */
    pass(1);
    assert_int_equal(cycles_seen_by(0), 64064000000u);
}

static void test_stop_and_reset(void **state)
{
    (void)state;
    expect_success(command(0, ABI_CYCLE_COUNT_START));
    pass(3);
    expect_success(command(0, ABI_CYCLE_COUNT_STOP));
    assert_false(runs);
    counter += 12345; /* a debugger's doing, say */
    pass(100);
    assert_int_equal(delay_us, 0);
    assert_int_equal(cycles_seen_by(0), 192000000u);
    expect_success(command(0, ABI_CYCLE_COUNT_START));
    pass(1);
    assert_int_equal(cycles_seen_by(0), 256000000u);
    expect_success(command(0, ABI_CYCLE_COUNT_RESET));
    assert_false(runs);
    assert_int_equal(cycles_seen_by(0), 0);
}

static void test_one_rules_and_all_read(void **state)
{
    (void)state;
    expect_success(command(1, ABI_CYCLE_COUNT_START));
    pass(1);
    expect_failure(command(0, ABI_CYCLE_COUNT_START), K_ERESERVE);
    expect_failure(command(0, ABI_CYCLE_COUNT_STOP), K_ERESERVE);
    expect_failure(command(0, ABI_CYCLE_COUNT_RESET), K_ERESERVE);
    assert_int_equal(cycles_seen_by(0), 64000000u);
    fake_core_restart(1); /* another life is somebody else */
    expect_success(command(0, ABI_CYCLE_COUNT_STOP));
    assert_int_equal(cycles_seen_by(2), 64000000u);
    expect_failure(command(1, ABI_CYCLE_COUNT_START), K_ERESERVE);
}

static void test_eui64(void **state)
{
    (void)state;
    struct eui64_driver eui64;
    eui64_init(&eui64, 0x0123456789ABCDEFu);
    expect_success(fake_core_command(&eui64_driver_ops, &eui64, 0, ABI_COMMAND_EXISTS, 0, 0));
    command_return result = fake_core_command(&eui64_driver_ops, &eui64, 0, ABI_EUI64_GET, 0, 0);
    assert_int_equal(command_variant(result), ABI_SUCCESS_U64);
    assert_int_equal(command_value(result), 0x89ABCDEF);
    assert_int_equal(fake_core_second_value(), 0x01234567);
    expect_failure(fake_core_command(&eui64_driver_ops, &eui64, 0, 2, 0, 0), K_ENOSUPPORT);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_counts_beyond_32_bits),
        TEST(test_stop_and_reset),
        TEST(test_one_rules_and_all_read),
        TEST(test_eui64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
