#include "kernel/capsules/gpio.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_hil.h"

static struct fake_pin pins[2];
static struct gpio_driver gpio;
static const struct hil_gpio app_pins[3] = {
    {&fake_pin_ops, &pins[0]},
    {NULL, NULL},
    {&fake_pin_ops, &pins[1]},
};

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    memset(pins, 0, sizeof pins);
    gpio_init(&gpio, (struct hil_gpio_list)LIST_OF(app_pins));
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t index, uint32_t argument)
{
    return fake_core_command(&gpio_driver_ops, &gpio, process, number, index, argument);
}

static void test_answers(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS, 0, 0));
    expect_u32(command(0, ABI_GPIO_COUNT, 0, 0), 3);
    expect_failure(command(0, 11, 0, 0), K_ENOSUPPORT);
    for (uint32_t number = ABI_GPIO_ENABLE_OUTPUT; number <= ABI_GPIO_DISABLE; number++) {
        expect_failure(command(0, number, 3, 0), K_EINVAL);
        expect_failure(command(0, number, UINT32_MAX, 0), K_EINVAL);
        expect_failure(command(0, number, 1, 0), K_ENODEVICE);
    }
    assert_int_equal(pins[0].mode, FAKE_PIN_OFF);
    /* Nor from a pin that is not its own. */
    hil_gpio_client_changed(&gpio.client, 3);
}

static void test_output(void **state)
{
    (void)state;
    expect_success(command(0, ABI_GPIO_ENABLE_OUTPUT, 2, 0));
    assert_int_equal(pins[1].mode, FAKE_PIN_OUTPUT);
    expect_success(command(0, ABI_GPIO_SET, 2, 0));
    expect_u32(command(1, ABI_GPIO_READ, 2, 0), 1);
    expect_success(command(0, ABI_GPIO_TOGGLE, 2, 0));
    assert_false(pins[1].level);
    expect_success(command(0, ABI_GPIO_TOGGLE, 2, 0));
    expect_success(command(0, ABI_GPIO_CLEAR, 2, 0));
    expect_u32(command(0, ABI_GPIO_READ, 2, 0), 0);
    expect_success(command(0, ABI_GPIO_DISABLE, 2, 0));
    assert_int_equal(pins[1].mode, FAKE_PIN_OFF);
}

static void test_pulls(void **state)
{
    (void)state;
    static const enum hil_gpio_pull expected[] = {
        [ABI_GPIO_PULL_NONE] = HIL_GPIO_PULL_NONE,
        [ABI_GPIO_PULL_UP] = HIL_GPIO_PULL_UP,
        [ABI_GPIO_PULL_DOWN] = HIL_GPIO_PULL_DOWN,
    };
    for (uint32_t pull = 0; pull < 3; pull++) {
        expect_success(command(0, ABI_GPIO_ENABLE_INPUT, 0, pull));
        assert_int_equal(pins[0].mode, FAKE_PIN_INPUT);
        assert_int_equal(pins[0].pull, expected[pull]);
    }
    expect_failure(command(0, ABI_GPIO_ENABLE_INPUT, 0, 3), K_EINVAL);
}

static void test_edges(void **state)
{
    (void)state;
    (void)command(0, ABI_GPIO_ENABLE_INPUT, 0, ABI_GPIO_PULL_NONE);
    expect_failure(command(0, ABI_GPIO_ENABLE_INTERRUPT, 0, 3), K_EINVAL);
    expect_success(command(0, ABI_GPIO_ENABLE_INTERRUPT, 0, ABI_GPIO_EDGE_RISING));
    fake_pin_drive(&pins[0], true);
    fake_pin_drive(&pins[0], false);
    expect_upcall(0, ABI_GPIO_UPCALL_CHANGED, 0, 1, 0);
    expect_no_upcall(0);
    expect_success(command(0, ABI_GPIO_ENABLE_INTERRUPT, 0, ABI_GPIO_EDGE_FALLING));
    fake_pin_drive(&pins[0], true);
    fake_pin_drive(&pins[0], false);
    expect_upcall(0, ABI_GPIO_UPCALL_CHANGED, 0, 0, 0);
    expect_no_upcall(0);
    expect_success(command(0, ABI_GPIO_ENABLE_INTERRUPT, 0, ABI_GPIO_EDGE_BOTH));
    expect_success(command(1, ABI_GPIO_ENABLE_INTERRUPT, 2, ABI_GPIO_EDGE_BOTH));
    fake_pin_drive(&pins[0], true);
    fake_pin_drive(&pins[0], false);
    assert_int_equal(fake_core_upcalls(0), 2);
    assert_int_equal(fake_core_upcalls(1), 2); /* everybody who uses the driver is told */
    assert_int_equal(fake_core_upcalls(2), 0);
    expect_success(command(0, ABI_GPIO_DISABLE_INTERRUPT, 0, 0));
    assert_int_equal(pins[0].mode, FAKE_PIN_OFF);
    fake_pin_drive(&pins[0], true);
    assert_int_equal(fake_core_upcalls(0), 2);
}

static void test_refusals(void **state)
{
    (void)state;
    fake_core_exhaust(0);
    expect_failure(command(0, ABI_GPIO_ENABLE_INTERRUPT, 0, 0), K_ENOMEM);
    assert_false(pins[0].interrupt);
    pins[0].no_detector = true;
    expect_failure(command(1, ABI_GPIO_ENABLE_INTERRUPT, 0, 0), K_EBUSY);
}

/* The chip has one detector. */
static int only_detector_enable(void *self, enum hil_gpio_edge edge)
{
    struct fake_pin *pin = self;
    const struct fake_pin *other = pin == &pins[0] ? &pins[1] : &pins[0];
    return other->interrupt ? K_EBUSY : fake_pin_ops.enable_interrupt(self, edge);
}

/* Both must live as long as the driver is used. */
static void begin_with_one_detector(struct hil_gpio_ops *ops, struct hil_gpio scarce[3])
{
    *ops = fake_pin_ops;
    ops->enable_interrupt = only_detector_enable;
    memcpy(scarce, app_pins, sizeof app_pins);
    scarce[0].ops = ops;
    scarce[2].ops = ops;
    gpio_init(&gpio, (struct hil_gpio_list){scarce, 3});
}

static void test_detectors_of_the_dead(void **state)
{
    (void)state;
    struct hil_gpio_ops ops;
    struct hil_gpio scarce[3];
    begin_with_one_detector(&ops, scarce);
    expect_success(command(0, ABI_GPIO_ENABLE_INTERRUPT, 0, ABI_GPIO_EDGE_BOTH));
    expect_failure(command(1, ABI_GPIO_ENABLE_INTERRUPT, 2, ABI_GPIO_EDGE_BOTH), K_EBUSY);
    assert_true(pins[0].interrupt);
    fake_core_restart(0);
    expect_success(command(1, ABI_GPIO_ENABLE_INTERRUPT, 2, ABI_GPIO_EDGE_BOTH));
    assert_false(pins[0].interrupt);
}

/* Process 0 gave its interrupt up: when the one that took it over ends, its detector is free. */
static void test_detectors_given_up(void **state)
{
    (void)state;
    struct hil_gpio_ops ops;
    struct hil_gpio scarce[3];
    begin_with_one_detector(&ops, scarce);
    expect_success(command(0, ABI_GPIO_ENABLE_INTERRUPT, 0, ABI_GPIO_EDGE_BOTH));
    expect_success(command(0, ABI_GPIO_DISABLE_INTERRUPT, 0, 0));
    expect_success(command(1, ABI_GPIO_ENABLE_INTERRUPT, 0, ABI_GPIO_EDGE_BOTH));
    fake_core_restart(1);
    expect_success(command(1, ABI_GPIO_ENABLE_INTERRUPT, 2, ABI_GPIO_EDGE_BOTH));
    assert_false(pins[0].interrupt);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_answers),
        TEST(test_output),
        TEST(test_pulls),
        TEST(test_edges),
        TEST(test_refusals),
        TEST(test_detectors_of_the_dead),
        TEST(test_detectors_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
