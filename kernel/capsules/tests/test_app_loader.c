#include "kernel/capsules/app_loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_app_control.h"
#include "kernel/capsules/tests/fake_core.h"

static struct app_loader_driver loader;
static struct app_control_user user;
static uint8_t image[300];

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_app_control = (struct fake_app_control){.user = NULL};
    app_loader_init(&loader, &user);
    for (uint32_t i = 0; i < sizeof image; i++) {
        image[i] = (uint8_t)(7u * i + 1u);
    }
    return 0;
}

static command_return ask(uint32_t process, uint32_t command, uint32_t argument0,
                          uint32_t argument1)
{
    return fake_core_command(&app_loader_driver_ops, &loader, process, command, argument0,
                             argument1);
}

static void lend(uint32_t process, uint32_t length)
{
    fake_core_allow(process, app_loader_driver_ops.grant, ALLOW_READ_ONLY, ABI_APP_LOADER_RO_DATA,
                    image, length);
}

static void set_up(uint32_t process)
{
    expect_success(ask(process, ABI_APP_LOADER_SETUP, 1024, 0));
    fake_app_control_end(K_OK);
    expect_upcall(process, ABI_APP_LOADER_UPCALL_SETUP, 0, 0, 0);
}

static void test_exists_for_whom_it_is_permitted(void **state)
{
    (void)state;
    expect_success(ask(0, 0, 0, 0));
    expect_failure(ask(0, 7, 0, 0), K_ENOSUPPORT);
    fake_core_ask_for_none(0);
    for (uint32_t command = 0; command < 8; command++) {
        expect_failure(ask(0, command, 1, 1), K_ENODEVICE);
    }
}

static void test_from_setup_to_load(void **state)
{
    (void)state;
    set_up(0);
    assert_int_equal(fake_app_control.argument[0], 1024);
    lend(0, sizeof image);
    expect_success(ask(0, ABI_APP_LOADER_WRITE, 0, sizeof image));
    expect_no_upcall(0);
    for (uint32_t pieces = 0; pieces < 3; pieces++) {
        assert_int_equal(fake_app_control.argument[0], pieces * APP_CONTROL_PIECE_BYTES);
        fake_app_control_end(K_OK);
    }
    expect_upcall(0, ABI_APP_LOADER_UPCALL_WRITE, 0, sizeof image, 0);
    assert_memory_equal(fake_app_control.image, image, sizeof image);
    expect_success(ask(0, ABI_APP_LOADER_FINALIZE, 0, 0));
    assert_int_equal(fake_app_control.argument[0], true); /* it counts at once */
    fake_app_control_end(K_OK);
    expect_upcall(0, ABI_APP_LOADER_UPCALL_FINALIZE, 0, 0, 0);
    expect_success(ask(0, ABI_APP_LOADER_LOAD, 0, 0));
    fake_app_control_end(K_ENOMEM);
    expect_upcall(0, ABI_APP_LOADER_UPCALL_LOAD, ABI_NOMEM, 0, 0);
}

static void test_a_pending_command_is_busy_for_all(void **state)
{
    (void)state;
    expect_success(ask(0, ABI_APP_LOADER_SETUP, 1024, 0));
    for (uint32_t process = 0; process < 2; process++) {
        for (uint32_t command = 1; command < 7; command++) {
            expect_failure(ask(process, command, 1, 1), K_EBUSY);
        }
    }
    fake_app_control_end(K_OK);
    expect_upcall(0, ABI_APP_LOADER_UPCALL_SETUP, 0, 0, 0);
    /* Not theirs. */
    lend(1, sizeof image);
    expect_failure(ask(1, ABI_APP_LOADER_WRITE, 0, 8), K_EBUSY);
    expect_failure(ask(1, ABI_APP_LOADER_ABORT, 0, 0), K_EBUSY);
    assert_int_equal(fake_app_control.count, 1);
}

static void test_out_of_order(void **state)
{
    (void)state;
    lend(0, sizeof image);
    expect_failure(ask(0, ABI_APP_LOADER_WRITE, 0, 8), K_EINVAL);
    expect_failure(ask(0, ABI_APP_LOADER_FINALIZE, 0, 0), K_EINVAL);
    fake_app_control.refuse = K_ENOMEM;
    expect_failure(ask(0, ABI_APP_LOADER_SETUP, 1024, 0), K_ENOMEM);
    expect_failure(ask(0, ABI_APP_LOADER_LOAD, 0, 0), K_EINVAL);
    set_up(0);
    fake_app_control.refuse = K_ERESERVE;
    expect_failure(ask(0, ABI_APP_LOADER_LOAD, 0, 0), K_EINVAL);
    expect_failure(ask(0, ABI_APP_LOADER_WRITE, 0xFFFFFFFF, 8), K_EINVAL);
    expect_failure(ask(0, ABI_APP_LOADER_WRITE, 0, 0), K_EINVAL);
}

static void test_a_buffer_that_is_short_or_taken_back(void **state)
{
    (void)state;
    set_up(0);
    lend(0, 140);
    expect_success(ask(0, ABI_APP_LOADER_WRITE, 0, sizeof image));
    fake_app_control_end(K_OK);
    fake_app_control_end(K_OK);
    expect_upcall(0, ABI_APP_LOADER_UPCALL_WRITE, 0, 140, 0);
    lend(0, sizeof image);
    expect_success(ask(0, ABI_APP_LOADER_WRITE, 0, sizeof image));
    lend(0, 0);
    fake_app_control_end(K_OK);
    expect_upcall(0, ABI_APP_LOADER_UPCALL_WRITE, ABI_INVAL, 128, 0);
}

static void test_its_owner_dies_in_the_middle(void **state)
{
    (void)state;
    set_up(0);
    lend(0, sizeof image);
    expect_success(ask(0, ABI_APP_LOADER_WRITE, 0, sizeof image));
    fake_core_end(0);
    uint32_t count = fake_app_control.count;
    fake_app_control_end(K_OK);
    assert_int_equal(fake_app_control.count, count); /* the rest is not written */
    expect_no_upcall(0);
    set_up(1); /* app_control has cleared away what was begun */
}

static void test_unload(void **state)
{
    (void)state;
    fake_app_control.views[0] = (struct app_view){.flash_start = 0x1000, .short_id = 5};
    fake_app_control.views[1] = (struct app_view){.flash_start = 0x2000, .short_id = 6};
    fake_app_control.views[2] = (struct app_view){.flash_start = 0x3000, .short_id = 5};
    expect_failure(ask(0, ABI_APP_LOADER_UNLOAD, 0, 0), K_EINVAL);
    expect_failure(ask(0, ABI_APP_LOADER_UNLOAD, 7, 0), K_EINVAL);
    expect_success(ask(0, ABI_APP_LOADER_UNLOAD, 5, 0));
    fake_app_control_end(K_OK);
    expect_no_upcall(0);
    fake_app_control_end(K_OK);
    expect_upcall(0, ABI_APP_LOADER_UPCALL_UNLOAD, 0, 5, 0);
    assert_int_equal(fake_app_control.views[0].flash_start, 0);
    assert_int_equal(fake_app_control.views[1].flash_start, 0x2000);
    assert_int_equal(fake_app_control.views[2].flash_start, 0);
}

static void test_without_memory_nothing_begins(void **state)
{
    (void)state;
    fake_core_exhaust(0);
    expect_failure(ask(0, ABI_APP_LOADER_SETUP, 1024, 0), K_ENOMEM);
    assert_int_equal(fake_app_control.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_exists_for_whom_it_is_permitted, begin),
        cmocka_unit_test_setup(test_from_setup_to_load, begin),
        cmocka_unit_test_setup(test_a_pending_command_is_busy_for_all, begin),
        cmocka_unit_test_setup(test_out_of_order, begin),
        cmocka_unit_test_setup(test_a_buffer_that_is_short_or_taken_back, begin),
        cmocka_unit_test_setup(test_its_owner_dies_in_the_middle, begin),
        cmocka_unit_test_setup(test_unload, begin),
        cmocka_unit_test_setup(test_without_memory_nothing_begins, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
