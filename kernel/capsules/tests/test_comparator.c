#include "kernel/capsules/comparator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"

#define CHANNELS 2u

static struct {
    const struct hil_comparator_client *client;
    bool above[CHANNELS];
    bool watching;
    uint32_t watched;
    uint32_t unwatched; /* so often */
} hardware;
static struct comparator_driver driver;

static int check(uint32_t channel)
{
    if (channel >= CHANNELS) {
        return K_EINVAL;
    }
    return hardware.watching && hardware.watched != channel ? K_EBUSY : K_OK;
}

static int compare(void *self, uint32_t channel)
{
    (void)self;
    int status = check(channel);
    return status == K_OK ? hardware.above[channel] : status;
}

static int watch(void *self, uint32_t channel)
{
    (void)self;
    int status = check(channel);
    if (status == K_OK) {
        hardware.watching = true;
        hardware.watched = channel;
    }
    return status;
}

static void unwatch(void *self)
{
    (void)self;
    hardware.unwatched += hardware.watching;
    hardware.watching = false;
}

static void set_client(void *self, const struct hil_comparator_client *client)
{
    (void)self;
    hardware.client = client;
}

static const struct hil_comparator_ops ops = {compare, watch, unwatch, set_client};
static const struct hil_comparator comparator = {&ops, NULL, CHANNELS};

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    hardware.watching = false;
    hardware.above[0] = hardware.above[1] = false;
    hardware.unwatched = 0;
    comparator_init(&driver, &comparator);
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t channel)
{
    return fake_core_command(&comparator_driver_ops, &driver, process, number, channel, 0);
}

static void rise(void)
{
    hil_comparator_client_rose(hardware.client, hardware.watched);
}

static void test_compare(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS, 0));
    expect_u32(command(0, ABI_ANALOG_COMPARATOR_COUNT, 0), 2);
    hardware.above[1] = true;
    expect_u32(command(0, ABI_ANALOG_COMPARATOR_COMPARE, 0), 0);
    expect_u32(command(0, ABI_ANALOG_COMPARATOR_COMPARE, 1), 1);
    expect_failure(command(0, ABI_ANALOG_COMPARATOR_COMPARE, 2), K_EINVAL);
    expect_failure(command(0, 5, 0), K_ENOSUPPORT);
}

static void test_watch(void **state)
{
    (void)state;
    expect_success(command(0, ABI_ANALOG_COMPARATOR_START, 1));
    expect_success(command(1, ABI_ANALOG_COMPARATOR_START, 1));
    expect_failure(command(2, ABI_ANALOG_COMPARATOR_START, 0), K_EBUSY);
    expect_failure(command(2, ABI_ANALOG_COMPARATOR_COMPARE, 0), K_EBUSY);
    rise();
    expect_upcall(0, ABI_ANALOG_COMPARATOR_UPCALL_ROSE, 1, 0, 0);
    expect_upcall(1, ABI_ANALOG_COMPARATOR_UPCALL_ROSE, 1, 0, 0);
    expect_no_upcall(2);
    expect_success(
        command(0, ABI_ANALOG_COMPARATOR_STOP, 0)); /* of a channel that it does not watch */
    expect_success(command(0, ABI_ANALOG_COMPARATOR_STOP, 1));
    assert_true(hardware.watching);
    rise();
    expect_no_upcall(0);
    expect_upcall(1, ABI_ANALOG_COMPARATOR_UPCALL_ROSE, 1, 0, 0);
    expect_success(command(1, ABI_ANALOG_COMPARATOR_STOP, 1));
    assert_false(hardware.watching);
    expect_success(command(2, ABI_ANALOG_COMPARATOR_STOP, 1)); /* it watches none */
    expect_success(command(1, ABI_ANALOG_COMPARATOR_START, 0));
    rise();
    expect_upcall(1, ABI_ANALOG_COMPARATOR_UPCALL_ROSE, 0, 0, 0);
    expect_no_upcall(2);
}

static void test_who_ends_without_a_word(void **state)
{
    (void)state;
    expect_success(command(0, ABI_ANALOG_COMPARATOR_START, 0));
    fake_core_end(0);
    rise();
    assert_false(hardware.watching);
    expect_success(command(1, ABI_ANALOG_COMPARATOR_START, 0));
    fake_core_end(1);
    expect_success(command(2, ABI_ANALOG_COMPARATOR_START, 1));
    assert_int_equal(hardware.watched, 1);
}

static void test_refusals(void **state)
{
    (void)state;
    expect_failure(command(0, ABI_ANALOG_COMPARATOR_START, 2), K_EINVAL);
    expect_failure(command(0, ABI_ANALOG_COMPARATOR_STOP, 2), K_EINVAL);
    fake_core_exhaust(1);
    expect_failure(command(1, ABI_ANALOG_COMPARATOR_START, 0), K_ENOMEM);
    expect_failure(command(1, ABI_ANALOG_COMPARATOR_STOP, 0), K_ENOMEM);
    assert_false(hardware.watching);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_compare, begin),
        cmocka_unit_test_setup(test_watch, begin),
        cmocka_unit_test_setup(test_who_ends_without_a_word, begin),
        cmocka_unit_test_setup(test_refusals, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
