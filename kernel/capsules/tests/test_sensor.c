#include "kernel/capsules/sensor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/ambient_light.h"
#include "kernel/capsules/humidity.h"
#include "kernel/capsules/temperature.h"
#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_hil.h"

static struct sensor_driver temperature;
static struct fake_sensor sensor;

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_sensor_init(&sensor);
    temperature_init(&temperature, &sensor.sensor);
    return 0;
}

static command_return command(uint32_t process, uint32_t number)
{
    return fake_core_command(&temperature_driver_ops, &temperature, process, number, 0, 0);
}

static void test_read(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS));
    expect_failure(command(0, 2), K_ENOSUPPORT);
    expect_success(command(0, ABI_SENSOR_READ));
    expect_failure(command(0, ABI_SENSOR_READ), K_EBUSY);
    fake_sensor_finish(&sensor, K_OK, 2375);
    expect_upcall(0, ABI_SENSOR_UPCALL_READY, 2375, 0, 0);
    expect_success(command(0, ABI_SENSOR_READ));
    fake_sensor_finish(&sensor, K_OK, -525);
    expect_upcall(0, ABI_SENSOR_UPCALL_READY, (uint32_t)-525, 0, 0);
}

static void test_one_measurement_for_all(void **state)
{
    (void)state;
    expect_success(command(0, ABI_SENSOR_READ));
    expect_success(command(1, ABI_SENSOR_READ));
    fake_core_restart(0);
    fake_sensor_finish(&sensor, K_OK, 2000);
    expect_upcall(1, ABI_SENSOR_UPCALL_READY, 2000, 0, 0);
    expect_no_upcall(0);
    assert_int_equal(sensor.measurements, 1);
}

static void test_refusals(void **state)
{
    (void)state;
    fake_core_exhaust(0);
    expect_failure(command(0, ABI_SENSOR_READ), K_ENOMEM);
    assert_false(sensor.measuring);
    sensor.refuse = K_EOFF;
    expect_failure(command(1, ABI_SENSOR_READ), K_EOFF);
    expect_success(command(1, ABI_SENSOR_READ)); /* not BUSY after the refusal */
    fake_core_queue_limit(1, 0);
    fake_sensor_finish(&sensor, K_OK, 2000);
    assert_int_equal(fake_core_upcalls_lost(1), 1);
    expect_success(command(1, ABI_SENSOR_READ));
}

static void test_a_sensor_that_fails(void **state)
{
    (void)state;
    expect_success(command(0, ABI_SENSOR_READ));
    fake_sensor_finish(&sensor, K_ENOACK, 0);
    expect_upcall(0, ABI_SENSOR_UPCALL_READY, 0, ABI_NOACK, 0);
    expect_success(command(0, ABI_SENSOR_READ));
}

/* Each driver has its own number and its own memory of who waits. */
static void test_three_drivers(void **state)
{
    (void)state;
    struct sensor_driver humidity, light;
    struct fake_sensor hygrometer, photometer;
    fake_sensor_init(&hygrometer);
    fake_sensor_init(&photometer);
    humidity_init(&humidity, &hygrometer.sensor);
    ambient_light_init(&light, &photometer.sensor);
    assert_int_equal(temperature_driver_ops.number, 0x60000);
    assert_int_equal(humidity_driver_ops.number, 0x60001);
    assert_int_equal(ambient_light_driver_ops.number, 0x60002);
    expect_success(fake_core_command(&humidity_driver_ops, &humidity, 0, ABI_SENSOR_READ, 0, 0));
    expect_success(fake_core_command(&ambient_light_driver_ops, &light, 1, ABI_SENSOR_READ, 0, 0));
    fake_sensor_finish(&photometer, K_OK, 300);
    expect_upcall(1, ABI_SENSOR_UPCALL_READY, 300, 0, 0);
    expect_no_upcall(0);
    fake_sensor_finish(&hygrometer, K_OK, 4550);
    expect_upcall(0, ABI_SENSOR_UPCALL_READY, 4550, 0, 0);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_read),          TEST(test_one_measurement_for_all),
        TEST(test_refusals),      TEST(test_a_sensor_that_fails),
        TEST(test_three_drivers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
