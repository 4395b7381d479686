/* The driver touch over a panel, and the controller CST816S. */
#include "kernel/capsules/touch_panel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/capsules/cst816s.h"
#include "kernel/capsules/tests/fake_bus.h"
#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_hil.h"
#include "kernel/capsules/tests/fake_panel.h"

static struct touch_panel_driver touch;
static struct fake_touch_panel panel;

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_touch_panel_init(&panel);
    touch_panel_init(&touch, &panel.panel);
    return 0;
}

static command_return command(uint32_t process, uint32_t number)
{
    return fake_core_command(&touch_panel_driver_ops, &touch, process, number, 0, 0);
}

static void test_events(void **state)
{
    (void)state;
    const struct hil_touch_event press = {HIL_TOUCH_PRESSED, HIL_TOUCH_NO_GESTURE, 100, 200};
    const struct hil_touch_event swipe = {HIL_TOUCH_RELEASED, HIL_TOUCH_SWIPE_LEFT, 10, 200};
    expect_success(command(0, ABI_COMMAND_EXISTS));
    expect_u32(command(0, ABI_TOUCH_COUNT), 1);
    expect_failure(command(0, ABI_TOUCH_MULTI_ENABLE), K_ENOSUPPORT);
    expect_success(command(0, ABI_TOUCH_ENABLE));
    expect_success(command(1, ABI_TOUCH_ENABLE));
    fake_touch_panel_touch(&panel, press);
    for (uint32_t i = 0; i < 2; i++) {
        expect_upcall(i, ABI_TOUCH_UPCALL_SINGLE, ABI_TOUCH_PRESSED, 100u << 16 | 200u, 0);
    }
    fake_touch_panel_touch(&panel, swipe);
    expect_upcall(0, ABI_TOUCH_UPCALL_SINGLE, ABI_TOUCH_RELEASED, 10u << 16 | 200u, 0);
    expect_upcall(0, ABI_TOUCH_UPCALL_GESTURE, ABI_TOUCH_SWIPE_LEFT, 0, 0);
}

static void test_disable(void **state)
{
    (void)state;
    const struct hil_touch_event press = {HIL_TOUCH_PRESSED, HIL_TOUCH_NO_GESTURE, 1, 2};
    expect_success(command(0, ABI_TOUCH_ENABLE));
    expect_success(command(1, ABI_TOUCH_ENABLE));
    expect_success(command(0, ABI_TOUCH_DISABLE));
    fake_touch_panel_touch(&panel, press);
    expect_no_upcall(0);
    expect_upcall(1, ABI_TOUCH_UPCALL_SINGLE, ABI_TOUCH_PRESSED, 1u << 16 | 2u, 0);
    fake_core_end(1);
    fake_touch_panel_touch(&panel, press);
    assert_false(panel.enabled); /* nobody is left */
}

static void test_refusals(void **state)
{
    (void)state;
    const struct hil_touch_event press = {HIL_TOUCH_PRESSED, HIL_TOUCH_NO_GESTURE, 1, 2};
    fake_core_exhaust(0);
    expect_failure(command(0, ABI_TOUCH_ENABLE), K_ENOMEM);
    assert_false(panel.enabled);
    panel.refuse = K_EBUSY;
    expect_failure(command(1, ABI_TOUCH_ENABLE), K_EBUSY);
    expect_success(command(2, ABI_TOUCH_ENABLE));
    fake_touch_panel_touch(&panel, press);
    expect_no_upcall(1);
}

/* --- CST816S --- */

static struct cst816s controller;
static struct cst816s_config config;
static struct fake_i2c bus;
static struct fake_delay delay;
static struct fake_pin interrupt, reset;
static struct hil_touch_event latest;
static uint32_t events;

static void take_event(void *self, struct hil_touch_event event)
{
    (void)self;
    latest = event;
    events++;
}

static const struct hil_touch_panel_client panel_client = {take_event, NULL, NULL};

static int begin_controller(void **state)
{
    (void)state;
    fake_i2c_init(&bus);
    fake_delay_init(&delay);
    interrupt = reset = (struct fake_pin){0};
    interrupt.level = true;
    events = 0;
    config = (struct cst816s_config){
        .i2c = &bus.i2c,
        .interrupt = {&fake_pin_ops, &interrupt},
        .reset = {&fake_pin_ops, &reset},
        .delay = &delay.delay,
    };
    cst816s_init(&controller, &config);
    hil_touch_panel_set_client(&controller.panel, &panel_client);
    assert_int_equal(hil_touch_panel_enable(&controller.panel), K_OK);
    return 0;
}

static void pulse(void)
{
    fake_pin_drive(&interrupt, false);
    fake_pin_drive(&interrupt, true);
}

/* What registers 1 to 6 say: gesture, fingers, event and x, y. */
static void answer(uint8_t gesture, uint8_t fingers, uint8_t event, uint16_t x, uint16_t y)
{
    const uint8_t bytes[] = {gesture,    fingers,           (uint8_t)(event << 6 | x >> 8),
                             (uint8_t)x, (uint8_t)(y >> 8), (uint8_t)y};
    assert_true(fake_i2c_step(&bus, K_OK, bytes, sizeof bytes));
}

static void expect_event(uint32_t count, enum hil_touch_status status, uint16_t x, uint16_t y)
{
    assert_int_equal(events, count);
    assert_int_equal(latest.status, status);
    assert_int_equal(latest.x, x);
    assert_int_equal(latest.y, y);
}

static void test_controller_reset(void **state)
{
    (void)state;
    assert_int_equal(reset.mode, FAKE_PIN_OUTPUT);
    assert_false(reset.level);
    assert_true(delay.microseconds >= 5000);
    assert_true(fake_delay_step(&delay));
    assert_true(reset.level);
    assert_int_equal(interrupt.mode, FAKE_PIN_INPUT);
    assert_false(bus.transfers.busy); /* it sleeps: not to be asked */
}

static void test_controller_touch(void **state)
{
    (void)state;
    pulse();
    assert_int_equal(bus.transfers.as_given[0], 1);
    assert_int_equal(bus.transfers.read.length, 6);
    answer(0, 1, 0, 0x123, 0x0F0);
    expect_event(1, HIL_TOUCH_PRESSED, 0x123, 0x0F0);
    pulse();
    answer(0, 1, 2, 0x123, 0x0F0);
    assert_int_equal(events, 1); /* it rests */
    pulse();
    answer(0, 1, 2, 0x122, 0x0F0);
    expect_event(2, HIL_TOUCH_MOVED, 0x122, 0x0F0);
    pulse();
    answer(2, 0, 1, 0x122, 0x0F0);
    expect_event(3, HIL_TOUCH_RELEASED, 0x122, 0x0F0);
    assert_int_equal(latest.gesture, HIL_TOUCH_SWIPE_UP);
    pulse();
    answer(0, 0, 1, 0x122, 0x0F0);
    assert_int_equal(events, 3);
}

/* The controller keeps a gesture in its register until the next touch. */
static void test_controller_gesture_once(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 2; round++) {
        pulse();
        answer(0, 1, 0, 200, 120);
        pulse();
        answer(3, 1, 2, 60, 120);
        expect_event(3 * round + 2, HIL_TOUCH_MOVED, 60, 120);
        assert_int_equal(latest.gesture, HIL_TOUCH_SWIPE_LEFT);
        pulse();
        answer(3, 1, 2, 60, 120);
        assert_int_equal(events, 3 * round + 2);
        pulse();
        answer(3, 0, 1, 60, 120);
        expect_event(3 * round + 3, HIL_TOUCH_RELEASED, 60, 120);
        assert_int_equal(latest.gesture, HIL_TOUCH_NO_GESTURE);
    }
}

static void test_controller_busy(void **state)
{
    (void)state;
    pulse();
    pulse();
    answer(0, 1, 0, 5, 6);
    answer(0, 1, 2, 7, 8); /* asked again by itself */
    expect_event(2, HIL_TOUCH_MOVED, 7, 8);
    pulse();
    assert_true(fake_i2c_step(&bus, K_ENOACK, NULL, 0));
    assert_int_equal(events, 2);
    hil_touch_panel_disable(&controller.panel);
    pulse();
    assert_false(bus.transfers.busy);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_events),
        TEST(test_disable),
        TEST(test_refusals),
        cmocka_unit_test_setup(test_controller_reset, begin_controller),
        cmocka_unit_test_setup(test_controller_touch, begin_controller),
        cmocka_unit_test_setup(test_controller_gesture_once, begin_controller),
        cmocka_unit_test_setup(test_controller_busy, begin_controller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
