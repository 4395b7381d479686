#include "kernel/capsules/button.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_hil.h"

static struct fake_pin pins[2];
static struct button_driver button;
static const struct hil_button buttons[2] = {
    {{&fake_pin_ops, &pins[0]}, true, HIL_GPIO_PULL_UP},
    {{&fake_pin_ops, &pins[1]}, false, HIL_GPIO_PULL_NONE},
};

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    memset(pins, 0, sizeof pins);
    pins[0].level = true; /* pulled up, not pressed */
    button_init(&button, (struct hil_button_list)LIST_OF(buttons));
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t index)
{
    return fake_core_command(&button_driver_ops, &button, process, number, index, 0);
}

static void test_read(void **state)
{
    (void)state;
    assert_int_equal(pins[0].mode, FAKE_PIN_INPUT);
    assert_int_equal(pins[0].pull, HIL_GPIO_PULL_UP);
    expect_u32(command(0, ABI_BUTTON_COUNT, 0), 2);
    expect_u32(command(0, ABI_BUTTON_READ, 0), 0);
    expect_u32(command(0, ABI_BUTTON_READ, 1), 0);
    pins[0].level = false;
    pins[1].level = true;
    expect_u32(command(0, ABI_BUTTON_READ, 0), 1);
    expect_u32(command(0, ABI_BUTTON_READ, 1), 1);
}

static void test_bad_index_and_command(void **state)
{
    (void)state;
    for (uint32_t number = ABI_BUTTON_ENABLE; number <= ABI_BUTTON_READ; number++) {
        expect_failure(command(0, number, 2), K_EINVAL);
        expect_failure(command(0, number, UINT32_MAX), K_EINVAL);
    }
    expect_failure(command(0, 4, 0), K_ENOSUPPORT);
    /* Nor from a pin that is not its own. */
    hil_gpio_client_changed(&button.client, 2);
}

static void test_edges_go_to_all_who_enabled(void **state)
{
    (void)state;
    expect_success(command(0, ABI_BUTTON_ENABLE, 0));
    expect_success(command(1, ABI_BUTTON_ENABLE, 0));
    expect_success(command(2, ABI_BUTTON_ENABLE, 1));
    fake_pin_drive(&pins[0], false);
    fake_pin_drive(&pins[0], true);
    for (uint32_t process = 0; process < 2; process++) {
        expect_upcall(process, ABI_BUTTON_UPCALL_CHANGED, 0, 1, 0);
        expect_upcall(process, ABI_BUTTON_UPCALL_CHANGED, 0, 0, 0);
        expect_no_upcall(process);
    }
    expect_no_upcall(2);
    fake_pin_drive(&pins[1], true);
    expect_upcall(2, ABI_BUTTON_UPCALL_CHANGED, 1, 1, 0);
    expect_no_upcall(0);
}

static void test_disable(void **state)
{
    (void)state;
    (void)command(0, ABI_BUTTON_ENABLE, 0);
    (void)command(1, ABI_BUTTON_ENABLE, 0);
    expect_success(command(0, ABI_BUTTON_DISABLE, 0));
    assert_true(pins[0].interrupt); /* process 1 still wants it */
    fake_pin_drive(&pins[0], false);
    expect_no_upcall(0);
    expect_upcall(1, ABI_BUTTON_UPCALL_CHANGED, 0, 1, 0);
    expect_success(command(1, ABI_BUTTON_DISABLE, 0));
    assert_false(pins[0].interrupt);
    expect_success(command(1, ABI_BUTTON_DISABLE, 0));
}

static void test_process_gone(void **state)
{
    (void)state;
    (void)command(0, ABI_BUTTON_ENABLE, 0);
    fake_core_restart(0);
    fake_pin_drive(&pins[0], false);
    expect_no_upcall(0);
    assert_false(pins[0].interrupt); /* nobody is left who wants it */
}

static void test_refusals(void **state)
{
    (void)state;
    fake_core_exhaust(0);
    expect_failure(command(0, ABI_BUTTON_ENABLE, 0), K_ENOMEM);
    assert_false(pins[0].interrupt);
    pins[1].no_detector = true;
    expect_failure(command(1, ABI_BUTTON_ENABLE, 1), K_EBUSY);
    pins[1].no_detector = false;
    expect_success(command(2, ABI_BUTTON_ENABLE, 1));
    fake_pin_drive(&pins[1], true);
    expect_no_upcall(1);
    assert_int_equal(fake_core_upcalls(2), 1);
}

static void test_full_queue(void **state)
{
    (void)state;
    (void)command(0, ABI_BUTTON_ENABLE, 1);
    (void)command(1, ABI_BUTTON_ENABLE, 1);
    fake_core_queue_limit(0, 3);
    for (int i = 0; i < 6; i++) {
        fake_pin_drive(&pins[1], i % 2 == 0);
    }
    assert_int_equal(fake_core_upcalls(0), 3);
    assert_int_equal(fake_core_upcalls_lost(0), 3);
    assert_int_equal(fake_core_upcalls(1), 6);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_read),
        TEST(test_bad_index_and_command),
        TEST(test_edges_go_to_all_who_enabled),
        TEST(test_disable),
        TEST(test_process_gone),
        TEST(test_refusals),
        TEST(test_full_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
