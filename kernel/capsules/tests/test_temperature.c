#include "kernel/capsules/temperature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_hil.h"

static struct temperature_driver temperature;
static struct fake_temperature sensor;

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_temperature_init(&sensor);
    temperature_init(&temperature, &sensor.sensor);
    return 0;
}

static struct command_return command(uint32_t process, uint32_t number)
{
    return fake_core_command(&temperature_driver_ops, &temperature, process, number, 0, 0);
}

static void test_read(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS));
    expect_failure(command(0, 2), K_ENOSUPPORT);
    expect_success(command(0, ABI_TEMPERATURE_READ));
    expect_failure(command(0, ABI_TEMPERATURE_READ), K_EBUSY);
    fake_temperature_finish(&sensor, 2375);
    expect_upcall(0, ABI_TEMPERATURE_UPCALL_READY, 2375, 0, 0);
    expect_success(command(0, ABI_TEMPERATURE_READ));
    fake_temperature_finish(&sensor, -525);
    expect_upcall(0, ABI_TEMPERATURE_UPCALL_READY, (uint32_t)-525, 0, 0);
}

static void test_one_measurement_for_all(void **state)
{
    (void)state;
    expect_success(command(0, ABI_TEMPERATURE_READ));
    expect_success(command(1, ABI_TEMPERATURE_READ));
    fake_core_restart(0);
    fake_temperature_finish(&sensor, 2000);
    expect_upcall(1, ABI_TEMPERATURE_UPCALL_READY, 2000, 0, 0);
    expect_no_upcall(0);
    assert_int_equal(sensor.measurements, 1);
}

static void test_refusals(void **state)
{
    (void)state;
    fake_core_exhaust(0);
    expect_failure(command(0, ABI_TEMPERATURE_READ), K_ENOMEM);
    assert_false(sensor.measuring);
    sensor.refuse = K_EOFF;
    expect_failure(command(1, ABI_TEMPERATURE_READ), K_EOFF);
    expect_success(command(1, ABI_TEMPERATURE_READ)); /* not BUSY after the refusal */
    fake_core_queue_limit(1, 0);
    fake_temperature_finish(&sensor, 2000);
    assert_int_equal(fake_core_upcalls_lost(1), 1);
    expect_success(command(1, ABI_TEMPERATURE_READ));
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_read),
        TEST(test_one_measurement_for_all),
        TEST(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
