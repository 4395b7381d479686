/* Whose lasting data a process may see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/capsule/storage.h"
#include "kernel/core/tests/kernel_fixture.h"

static uint32_t owner(uint32_t index)
{
    return storage_owner(kernel.process[index]->id);
}

static void test_the_name_says_whose(void **state)
{
    (void)state;
    fixture_add_app(&(struct fixture_app){.name = "foobar"});
    fixture_add_app(&(struct fixture_app){.name = "a"});
    fixture_add_app(&(struct fixture_app){.name = "foobar"});
    fixture_boot();
    /* The published test values of FNV-1a. */
    assert_int_equal(owner(0), 0xBF9CF968);
    assert_int_equal(owner(1), 0xE40C292C);
    assert_int_equal(owner(2), owner(0));
}

static void test_a_short_id_comes_first(void **state)
{
    (void)state;
    const uint8_t short_id[] = {10, 0, 4, 0, 0x78, 0x56, 0x34, 0x12};
    fixture_add_app(&(struct fixture_app){
        .name = "foobar", .extra = short_id, .extra_bytes = sizeof(short_id)});
    fixture_boot();
    assert_int_equal(owner(0), 0x12345678);
}

static void test_nobody(void **state)
{
    (void)state;
    fixture_add_app(&(struct fixture_app){.name = ""});
    fixture_add_app(&(struct fixture_app){.name = "a"});
    fixture_boot();
    assert_int_equal(owner(0), 0);
    assert_int_equal(storage_owner(PROCESS_ID_NONE), 0);
    struct process_id earlier = kernel.process[1]->id;
    process_restart(kernel.process[1]);
    assert_int_equal(storage_owner(earlier), 0);
    assert_int_equal(owner(1), 0xE40C292C);
}

static void test_without_permissions_everybody_has_its_own(void **state)
{
    (void)state;
    fixture_add_app(&(struct fixture_app){.name = "a"});
    fixture_add_app(&(struct fixture_app){.name = ""});
    fixture_boot();
    struct process_id a = kernel.process[0]->id;
    struct process_id nobody = kernel.process[1]->id;
    assert_int_equal(storage_write_id(a), 0xE40C292C);
    assert_true(storage_may_read(a, 0xE40C292C) && storage_may_modify(a, 0xE40C292C));
    assert_false(storage_may_read(a, 0xBF9CF968) || storage_may_modify(a, 0xBF9CF968));
    assert_int_equal(storage_write_id(nobody), 0);
    assert_false(storage_may_read(nobody, 0) || storage_may_modify(nobody, 0));
}

static void test_the_permissions_of_the_header(void **state)
{
    (void)state;
    /* Writes 5; reads 5, 6 and 0; modifies 7. */
    const uint8_t permissions[] = {7, 0, 24, 0, 5, 0, 0, 0, 3, 0, 5, 0, 0, 0,
                                   6, 0, 0,  0, 0, 0, 0, 0, 1, 0, 7, 0, 0, 0};
    fixture_add_app(&(struct fixture_app){
        .name = "a", .extra = permissions, .extra_bytes = sizeof(permissions)});
    fixture_boot();
    struct process_id id = kernel.process[0]->id;
    assert_int_equal(storage_write_id(id), 5);
    assert_int_equal(storage_owner(id), 0xE40C292C);
    for (uint32_t number = 0; number < 10; number++) {
        assert_int_equal(storage_may_read(id, number), number == 5 || number == 6);
        assert_int_equal(storage_may_modify(id, number), number == 7);
    }
    assert_false(storage_may_read(id, 0xE40C292C));
    process_end(kernel.process[0], ABI_PROCESS_TERMINATED);
    assert_int_equal(storage_write_id(id), 0);
    assert_false(storage_may_read(id, 5) || storage_may_modify(id, 7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_name_says_whose, fixture_setup),
        cmocka_unit_test_setup(test_a_short_id_comes_first, fixture_setup),
        cmocka_unit_test_setup(test_nobody, fixture_setup),
        cmocka_unit_test_setup(test_without_permissions_everybody_has_its_own, fixture_setup),
        cmocka_unit_test_setup(test_the_permissions_of_the_header, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
