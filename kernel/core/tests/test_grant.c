#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/capsule/process_control.h"
#include "kernel/core/tests/kernel_fixture.h"

/* A grant of this file's own, to write scopes as capsules do. */
struct own {
    uint64_t wide;
    uint8_t tail;
};
GRANT(own_grant, struct own, 2, 1, 1);

static uint32_t live_grants(const struct process *p)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < grant_count(); i++) {
        count += p->grant_block[i] != 0 ? 1u : 0u;
    }
    return count;
}

static void test_first_use_is_zero_and_later_ones_remember(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t before = p->grant_start;
    bool ran = false;
    grant_enter (own_grant, p->id, g) {
        assert_int_equal(g->wide, 0);
        assert_int_equal(g->tail, 0);
        assert_int_equal((uintptr_t)g % _Alignof(struct own), 0);
        g->wide = 5;
        ran = true;
    }
    assert_true(ran);
    assert_int_equal(grant_error(), K_OK);
    assert_true(p->grant_start < before);
    assert_true(p->grant_start >= p->layout.reach_end);
    grant_enter (own_grant, p->id, g) {
        assert_int_equal(g->wide, 5);
    }
    assert_int_equal(live_grants(p), 1);
    assert_int_equal(arch_guard.scopes_open, 0);
}

static void test_entering_twice_is_an_error(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    bool inner = false;
    grant_enter (own_grant, p->id, outer) {
        grant_enter (own_grant, p->id, again) {
            inner = true;
        }
        assert_int_equal(grant_error(), K_EALREADY);
        outer->tail = 1;
    }
    assert_false(inner);
    assert_int_equal(grant_error(), K_OK);
    grant_enter (own_grant, p->id, g) {
        inner = true;
    }
    assert_true(inner);
}

static void test_other_processes_do_not_share(void **state)
{
    (void)state;
    fixture_add_app(&(struct fixture_app){.name = "a"});
    fixture_add_app(&(struct fixture_app){.name = "b"});
    fixture_boot();
    uint32_t value = 99;
    assert_int_equal(fixture_enter(kernel.process[0]->id, &value, 7), K_OK);
    assert_int_equal(value, 0);
    assert_int_equal(fixture_enter(kernel.process[1]->id, &value, 8), K_OK);
    assert_int_equal(value, 0);
    assert_int_equal(fixture_enter(kernel.process[0]->id, &value, 0), K_OK);
    assert_int_equal(value, 7);
}

/* The glutton gets NOMEM, its neighbour goes on. */
static void test_exhaustion_is_one_process_own_affair(void **state)
{
    (void)state;
    fixture_add_app(&(struct fixture_app){.name = "glutton"});
    fixture_add_app(&(struct fixture_app){.name = "other"});
    fixture_boot();
    struct process *glutton = kernel.process[0];
    uint32_t free_bytes = glutton->grant_start - glutton->app_break;
    uint32_t before = glutton->app_break;
    while (process_set_break(glutton, before + free_bytes) != K_OK) {
        free_bytes -= 4;
    }
    uint32_t value;
    assert_int_equal(fixture_enter(glutton->id, &value, 1), K_ENOMEM);
    assert_int_equal(live_grants(glutton), 0);
    assert_int_equal(fixture_enter(kernel.process[1]->id, &value, 1), K_OK);
}

static void test_stale_identifier_enters_nothing(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct process_id old = p->id;
    uint32_t value;
    assert_int_equal(fixture_enter(old, &value, 3), K_OK);
    process_restart(p);
    assert_false(process_id_is_equal(p->id, old));
    assert_int_equal(process_id_index(p->id), process_id_index(old));
    assert_int_equal(fixture_enter(old, &value, 3), K_ENODEVICE);
    assert_int_equal(allow_length(fixture_grant, old, ALLOW_READ_ONLY, 0), 0);
    assert_int_equal(fixture_enter(p->id, &value, 3), K_OK);
    assert_int_equal(value, 0); /* the new life starts with zeroes */
    process_end(p, ABI_PROCESS_TERMINATED);
    assert_int_equal(fixture_enter(p->id, &value, 3), K_ENODEVICE);
    assert_int_equal(fixture_enter(PROCESS_ID_NONE, &value, 3), K_ENODEVICE);
    assert_int_equal(fixture_enter((struct process_id){0xFFFFFFFF}, &value, 3), K_ENODEVICE);
}

/* Nothing is left behind: grants, subscriptions, buffers, queue, memory. */
static void end_and_check(struct process *p, bool restart)
{
    uint32_t f = fixture_function(p);
    fixture_grow(p, 256);
    uint32_t fresh = p->grant_start;
    fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 0, f, 1);
    fixture_call(p, ABI_CLASS_ALLOW_READ_WRITE, FIXTURE_DRIVER, 0, p->layout.ram_start + 64, 16);
    upcall_schedule(fixture_grant, p->id, 0, 1, 2, 3);
    assert_int_equal(p->queue_count, 1);
    if (restart) {
        process_restart(p);
    } else {
        process_fault(p, NULL, TEXT_FAULT_ASKED_FOR);
    }
    assert_int_equal(live_grants(p), 0);
    assert_int_equal(p->queue_count, 0);
    assert_int_equal(p->grant_start, fresh);
    if (restart) {
        assert_int_equal(p->allow_end, p->layout.ram_start);
        assert_int_equal(p->app_break, p->layout.ram_start + ABI_INITIAL_BREAK_BYTES);
        struct arch_frame *frame = fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 0, f, 1);
        assert_int_equal(frame->r1, 0);
        assert_int_equal(frame->r2, 0);
        assert_int_equal(allow_length(fixture_grant, p->id, ALLOW_READ_WRITE, 0), 0);
    }
}

static void test_restart_leaves_nothing(void **state)
{
    (void)state;
    end_and_check(fixture_boot_one(), true);
}

static void test_fault_leaves_nothing(void **state)
{
    (void)state;
    end_and_check(fixture_boot_one(), false);
}

static void test_each_visits_live_processes_that_have_it(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        fixture_add_app(&(struct fixture_app){0});
    }
    fixture_boot();
    uint32_t value;
    for (uint32_t i = 0; i < 4; i++) {
        if (i != 1) { /* 1 never allocates */
            grant_enter (own_grant, kernel.process[i]->id, g) {
                g->wide = i;
            }
        }
    }
    process_end(kernel.process[2], ABI_PROCESS_TERMINATED);
    uint32_t seen = 0;
    grant_each (own_grant, id, g) {
        assert_int_equal(process_id_index(id), g->wide);
        seen = seen * 16 + process_id_index(id) + 1;
        /* Inside, the same grant of the same process cannot be entered; another one can. */
        bool twice = false;
        grant_enter (own_grant, id, again) {
            twice = true;
        }
        assert_false(twice);
        assert_int_equal(fixture_enter(id, &value, 0), K_OK);
    }
    assert_int_equal(seen, 0x14);
    assert_int_equal(arch_guard.scopes_open, 0);
    assert_int_equal(live_grants(kernel.process[1]), 0);
}

static void test_process_may_end_inside_a_scope(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    grant_enter (own_grant, p->id, g) {
        g->tail = 1;
        assert_int_equal(process_act(p->id, ABI_PROCESS_TERMINATE), K_EBUSY);
        process_end(p, ABI_PROCESS_TERMINATED); /* the kernel itself may */
    }
    assert_int_equal(arch_guard.scopes_open, 0);
    assert_int_equal(live_grants(p), 0);
}

static void test_buffers_are_copied_within_bounds(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    fixture_grow(p, 256);
    uint32_t address = p->layout.ram_start + 100;
    uint8_t *memory = process_memory(address);
    memcpy(memory - 1, "<0123456789>", 12);
    fixture_call(p, ABI_CLASS_ALLOW_READ_WRITE, FIXTURE_DRIVER, 0, address, 10);
    fixture_call(p, ABI_CLASS_ALLOW_READ_ONLY, FIXTURE_DRIVER, 1, address, 4);

    uint8_t bytes[16] = {0};
    struct slice to = {bytes, sizeof(bytes)};
    assert_int_equal(allow_read(fixture_grant, p->id, ALLOW_READ_WRITE, 0, 0, to), 10);
    assert_memory_equal(bytes, "0123456789\0", 11);
    assert_int_equal(allow_read(fixture_grant, p->id, ALLOW_READ_WRITE, 0, 8, to), 2);
    assert_memory_equal(bytes, "8923", 4);
    assert_int_equal(allow_read(fixture_grant, p->id, ALLOW_READ_WRITE, 0, 10, to), 0);
    assert_int_equal(allow_read(fixture_grant, p->id, ALLOW_READ_WRITE, 0, 0xFFFFFFFF, to), 0);
    assert_int_equal(allow_read(fixture_grant, p->id, ALLOW_READ_ONLY, 1, 0, to), 4);
    assert_int_equal(allow_read(fixture_grant, p->id, ALLOW_READ_ONLY, 0, 0, to), 0);
    assert_int_equal(allow_read(fixture_grant, p->id, ALLOW_READ_ONLY, 7, 0, to), 0);

    struct const_slice from = {(const uint8_t *)"abcdef", 6};
    assert_int_equal(allow_write(fixture_grant, p->id, 0, 7, from), 3);
    assert_memory_equal(memory - 1, "<0123456abc>", 12);
    assert_int_equal(allow_write(fixture_grant, p->id, 1, 0, from), 0);
    fixture_call(p, ABI_CLASS_ALLOW_READ_WRITE, FIXTURE_DRIVER, 0, address, 2);
    assert_int_equal(allow_write(fixture_grant, p->id, 0, 0, from), 2);
    assert_memory_equal(memory - 1, "<ab23456abc>", 12);
}

/* A capsule may make a kind of any number. A subscription is no buffer: its user data is the app's
 * choice, and would be the length. */
static void test_a_subscription_is_no_buffer(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t function = p->layout.flash_start + p->app.entry;
    struct arch_frame *frame =
        fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 0, function, 0xC0000000);
    assert_int_equal(frame->r0, ABI_SUCCESS_U32_U32);
    for (uint32_t kind = 0; kind <= UINT8_MAX; kind++) {
        uint8_t bytes[4] = {0};
        struct slice to = {bytes, sizeof bytes};
        assert_int_equal(allow_length(fixture_grant, p->id, (enum allow_kind)kind, 0), 0);
        assert_int_equal(allow_address(fixture_grant, p->id, (enum allow_kind)kind, 0), 0);
        assert_int_equal(allow_read(fixture_grant, p->id, (enum allow_kind)kind, 0, 0, to), 0);
    }
}

/* Random sizes of the break between allocations: grants stay above it, whole and apart. */
static void test_huge_grant_does_not_fit(void **state)
{
    (void)state;
    fixture_add_app(&(struct fixture_app){.minimum_ram = 6000});
    fixture_boot();
    struct process *p = kernel.process[0];
    assert_int_not_equal(grant_block_get(p, fixture_huge_grant, true), 0);
    uint32_t lowest = p->grant_start;
    uint32_t value;
    assert_int_equal(fixture_enter(p->id, &value, 1), K_OK);
    assert_true(p->grant_start < lowest);
    assert_int_equal(process_set_break(p, lowest), K_ENOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_first_use_is_zero_and_later_ones_remember, fixture_setup),
        cmocka_unit_test_setup(test_entering_twice_is_an_error, fixture_setup),
        cmocka_unit_test_setup(test_other_processes_do_not_share, fixture_setup),
        cmocka_unit_test_setup(test_exhaustion_is_one_process_own_affair, fixture_setup),
        cmocka_unit_test_setup(test_stale_identifier_enters_nothing, fixture_setup),
        cmocka_unit_test_setup(test_restart_leaves_nothing, fixture_setup),
        cmocka_unit_test_setup(test_fault_leaves_nothing, fixture_setup),
        cmocka_unit_test_setup(test_each_visits_live_processes_that_have_it, fixture_setup),
        cmocka_unit_test_setup(test_process_may_end_inside_a_scope, fixture_setup),
        cmocka_unit_test_setup(test_buffers_are_copied_within_bounds, fixture_setup),
        cmocka_unit_test_setup(test_a_subscription_is_no_buffer, fixture_setup),
        cmocka_unit_test_setup(test_huge_grant_does_not_fit, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
