/* What becomes of installations whose process ends, at each step; the rest of app_control is tested
 * in test_app_control.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsule/app_control.h"
#include "kernel/core/tests/kernel_fixture.h"

#define SECTOR HIL_FLASH_SECTOR_BYTES

/* A flash over the fixture's apps; an operation is over when the test says so. */
static struct {
    const struct hil_flash_client *client;
    struct dma_buffer *buffer;
    bool under_way;
} flash;

static int begin_operation(struct dma_buffer *buffer)
{
    assert_false(flash.under_way);
    flash.under_way = true;
    flash.buffer = buffer;
    return K_OK;
}

static int flash_program(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    (void)self;
    struct slice part = {NULL, 0};
    assert_int_equal(dma_buffer_claim(buffer, 0, length, &part), K_OK);
    uint8_t *to = process_memory(FIXTURE_FLASH + address);
    for (uint32_t i = 0; i < length; i++) {
        to[i] &= part.bytes[i];
    }
    return begin_operation(buffer);
}

static int flash_erase(void *self, uint32_t address)
{
    (void)self;
    memset(process_memory(FIXTURE_FLASH + address), 0xFF, SECTOR);
    return begin_operation(NULL);
}

static void flash_set_client(void *self, const struct hil_flash_client *client)
{
    (void)self;
    flash.client = client;
}

static const struct hil_flash_ops flash_ops = {NULL, flash_program, flash_erase, flash_set_client};
static const struct hil_flash app_flash = {&flash_ops, NULL, NULL, FIXTURE_FLASH_BYTES};

static bool do_something(void)
{
    bool ran = deferred_run();
    ran = deferred_release_later() || ran;
    if (flash.under_way) {
        flash.under_way = false;
        if (flash.buffer != NULL) {
            dma_buffer_release(flash.buffer);
        }
        hil_flash_client_done(flash.client, K_OK);
        ran = true;
    }
    return ran;
}

static void run_all(void)
{
    uint32_t count = 0;
    while (do_something()) {
        assert_true(++count < 1000);
    }
}

/* A capsule, as app_loader: it waits for its answers and does nothing else. */
static int answered; /* 1: not yet */
static void done(void *self, int status)
{
    (void)self;
    answered = status;
}
static const struct app_control_client client = {done, NULL, NULL};
static struct app_control_user user;

static int setup(void **state)
{
    (void)fixture_setup(state);
    memset(&flash, 0, sizeof(flash));
    memset(process_memory(FIXTURE_FLASH), 0xFF, FIXTURE_FLASH_BYTES);
    for (uint32_t i = 0; i < 2; i++) {
        fixture_add_app(
            &(struct fixture_app){.name = i == 0 ? "one" : "two", .total_size = SECTOR});
    }
    fixture.config.app_flash = &app_flash;
    kernel_init(&fixture.config);
    kernel_recover_apps();
    kernel_load_processes();
    kernel.in_main_loop = true;
    user = (struct app_control_user){NULL};
    app_control_set_client(&user, &client);
    answered = 1;
    run_all();
    return 0;
}

static uint32_t apps_listed(void)
{
    uint32_t place = 0, count = 0;
    struct app_view view;
    while (app_view_next(&place, &view)) {
        count++;
    }
    return count;
}

/* After `steps` of what begins an installation its process ends. Then the list is there for all to
 * see, others can be removed, and another installation begins. */
static void dies_after(uint32_t steps)
{
    struct process *owner = kernel.process[0];
    assert_int_equal(apps_listed(), 2);
    assert_int_equal(app_control_begin(&user, owner->id, SECTOR, APP_CONTROL_ANYWHERE), K_OK);
    for (uint32_t i = 0; i < steps; i++) {
        (void)do_something();
    }
    process_end(owner, ABI_PROCESS_TERMINATED);
    run_all();
    assert_int_equal(apps_listed(), 2);
    answered = 1;
    assert_int_equal(app_control_remove(&user, FIXTURE_FLASH + SECTOR), K_OK);
    run_all();
    assert_int_equal(answered, K_OK);
    assert_int_equal(apps_listed(), 1);
}

static void test_the_owner_dies(void **state)
{
    for (uint32_t steps = 0; steps < 12; steps++) {
        (void)setup(state);
        dies_after(steps);
    }
}

/* Who begins while it is being cleared away gets the place after that. */
static void test_another_begins_at_once(void **state)
{
    for (uint32_t steps = 0; steps < 6; steps++) {
        (void)setup(state);
        struct process_id other = kernel.process[1]->id;
        assert_int_equal(
            app_control_begin(&user, kernel.process[0]->id, SECTOR, APP_CONTROL_ANYWHERE), K_OK);
        run_all();
        process_end(kernel.process[0], ABI_PROCESS_TERMINATED);
        for (uint32_t i = 0; i < steps; i++) {
            (void)do_something();
        }
        answered = 1;
        assert_int_equal(app_control_begin(&user, other, SECTOR, APP_CONTROL_ANYWHERE), K_OK);
        run_all();
        assert_int_equal(answered, K_OK);
        assert_int_equal(kernel.apps.phase, APP_CONTROL_WRITING);
        assert_int_equal(app_control_begin(&user, other, SECTOR, APP_CONTROL_ANYWHERE), K_EBUSY);
    }
}

/* The installation of who lives stays, whoever else ends. */
static void test_another_dies(void **state)
{
    (void)state;
    assert_int_equal(app_control_begin(&user, kernel.process[0]->id, SECTOR, APP_CONTROL_ANYWHERE),
                     K_OK);
    run_all();
    process_end(kernel.process[1], ABI_PROCESS_TERMINATED);
    run_all();
    assert_int_equal(kernel.apps.phase, APP_CONTROL_WRITING);
    assert_int_equal(app_control_abort(&user), K_OK);
    run_all();
    assert_int_equal(apps_listed(), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_owner_dies, setup),
        cmocka_unit_test_setup(test_another_begins_at_once, setup),
        cmocka_unit_test_setup(test_another_dies, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
