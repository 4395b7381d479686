#include "kernel/capsules/led.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_hil.h"

static struct fake_pin pins[2];
static struct led_driver led;
static const struct hil_led leds[2] = {
    {{&fake_pin_ops, &pins[0]}, .active_low = true},
    {{&fake_pin_ops, &pins[1]}, .active_low = false},
};

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    memset(pins, 0, sizeof pins);
    led_init(&led, (struct hil_led_list)LIST_OF(leds));
    return 0;
}

static command_return command(uint32_t number, uint32_t index)
{
    return fake_core_command(&led_driver_ops, &led, 0, number, index, 0);
}

static void test_dark_at_first(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(pins[i].mode, FAKE_PIN_OUTPUT);
        expect_u32(command(ABI_LED_READ, i), 0);
    }
    assert_true(pins[0].level);
    assert_false(pins[1].level);
}

static void test_on_off_toggle(void **state)
{
    (void)state;
    expect_u32(command(ABI_LED_COUNT, 0), 2);
    expect_success(command(ABI_LED_ON, 0));
    expect_success(command(ABI_LED_ON, 1));
    assert_false(pins[0].level);
    assert_true(pins[1].level);
    expect_u32(command(ABI_LED_READ, 0), 1);
    expect_success(command(ABI_LED_OFF, 1));
    assert_false(pins[1].level);
    expect_success(command(ABI_LED_TOGGLE, 1));
    expect_u32(command(ABI_LED_READ, 1), 1);
    expect_success(command(ABI_LED_TOGGLE, 0));
    expect_u32(command(ABI_LED_READ, 0), 0);
}

static void test_bad_index_and_command(void **state)
{
    (void)state;
    for (uint32_t number = ABI_LED_ON; number <= ABI_LED_READ; number++) {
        expect_failure(command(number, 2), K_EINVAL);
        expect_failure(command(number, UINT32_MAX), K_EINVAL);
    }
    expect_failure(command(5, 0), K_ENOSUPPORT);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_dark_at_first),
        TEST(test_on_off_toggle),
        TEST(test_bad_index_and_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
