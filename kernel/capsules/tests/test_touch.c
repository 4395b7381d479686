#include "kernel/capsules/touch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_hil.h"

static struct fake_pin pin;
static struct touch_driver touch;
static const struct hil_button key = {{&fake_pin_ops, &pin}, false, HIL_GPIO_PULL_NONE};

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    memset(&pin, 0, sizeof pin);
    touch_init(&touch, &key);
    return 0;
}

static command_return command(uint32_t process, uint32_t number)
{
    return fake_core_command(&touch_driver_ops, &touch, process, number, 0, 0);
}

static void test_answers(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS));
    expect_u32(command(0, ABI_TOUCH_COUNT), 1);
    expect_failure(command(0, ABI_TOUCH_MULTI_ENABLE), K_ENOSUPPORT);
    expect_failure(command(0, ABI_TOUCH_MULTI_DISABLE), K_ENOSUPPORT);
    expect_failure(command(0, ABI_TOUCH_MULTI_ACK), K_ENOSUPPORT);
    expect_failure(command(0, 3), K_ENOSUPPORT);
    assert_int_equal(pin.mode, FAKE_PIN_INPUT);
}

static void test_press_and_release(void **state)
{
    (void)state;
    expect_success(command(0, ABI_TOUCH_ENABLE));
    expect_success(command(1, ABI_TOUCH_ENABLE));
    fake_pin_drive(&pin, true);
    fake_pin_drive(&pin, false);
    for (uint32_t process = 0; process < 2; process++) {
        expect_upcall(process, ABI_TOUCH_UPCALL_SINGLE, ABI_TOUCH_PRESSED, 0, 0);
        expect_upcall(process, ABI_TOUCH_UPCALL_SINGLE, ABI_TOUCH_RELEASED, 0, 0);
    }
    expect_no_upcall(2);
}

static void test_disable_and_end(void **state)
{
    (void)state;
    (void)command(0, ABI_TOUCH_ENABLE);
    (void)command(1, ABI_TOUCH_ENABLE);
    expect_success(command(0, ABI_TOUCH_DISABLE));
    fake_pin_drive(&pin, true);
    expect_no_upcall(0);
    assert_int_equal(fake_core_upcalls(1), 1);
    assert_true(pin.interrupt);
    fake_core_end(1);
    fake_pin_drive(&pin, false);
    assert_false(pin.interrupt);
    (void)command(0, ABI_TOUCH_ENABLE);
    expect_success(command(0, ABI_TOUCH_DISABLE));
    assert_false(pin.interrupt);
}

static void test_refusals(void **state)
{
    (void)state;
    fake_core_exhaust(0);
    expect_failure(command(0, ABI_TOUCH_ENABLE), K_ENOMEM);
    assert_false(pin.interrupt);
    pin.no_detector = true;
    expect_failure(command(1, ABI_TOUCH_ENABLE), K_EBUSY);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_answers),
        TEST(test_press_and_release),
        TEST(test_disable_and_end),
        TEST(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
