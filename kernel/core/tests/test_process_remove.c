/* Slots, RAM and identifiers of processes that come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/capsule/process_control.h"
#include "kernel/core/tests/kernel_fixture.h"

static uint32_t next_random(uint32_t *x)
{
    *x = *x * 1664525u + 1013904223u;
    return *x >> 8;
}

static uint32_t used_bytes(void)
{
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < KERNEL_PROCESS_SLOTS; i++) {
        const struct process *a = kernel.process[i];
        if (a == NULL) {
            continue;
        }
        bytes += a->layout.ram_end - a->layout.ram_start;
        assert_int_equal(a->slot, i);
        assert_true(a->layout.ram_start >= FIXTURE_RAM &&
                    a->layout.ram_end <= FIXTURE_RAM + FIXTURE_RAM_BYTES);
        for (uint32_t j = 0; j < i; j++) {
            const struct process *b = kernel.process[j];
            assert_true(b == NULL || a->layout.ram_end <= b->layout.ram_start ||
                        b->layout.ram_end <= a->layout.ram_start);
        }
    }
    return bytes;
}

/* The identifiers that were given out; a slot's only grow. */
struct lives {
    uint32_t latest[KERNEL_PROCESS_SLOTS];
    uint32_t count;
};

static void note_identifier(struct lives *lives, uint32_t slot)
{
    uint32_t value = kernel.process[slot] != NULL ? kernel.process[slot]->id.value : 0;
    if (value != 0 && value != lives->latest[slot]) {
        assert_true(value > lives->latest[slot]);
        lives->latest[slot] = value;
        lives->count++;
    }
}

/* Apps of all sizes come and go: blocks never overlap, no identifier comes back, no byte is lost.
 */
static void test_ram_and_slots_come_back(void **state)
{
    (void)state;
    enum { KINDS = 8, ROUNDS = 4000 };
    struct lives lives = {.count = 0};
    uint32_t x = 1;
    uint32_t address[KINDS];
    struct tbf_app app[KINDS];
    for (uint32_t i = 0; i < KINDS; i++) {
        address[i] = fixture_add_app(&(struct fixture_app){.minimum_ram = 600 + 1300 * i});
        assert_int_equal(tbf_parse(process_memory(address[i]), 1024, &app[i]), TBF_APP);
    }
    fixture_boot();
    for (uint32_t i = 0; i < KERNEL_PROCESS_SLOTS; i++) {
        if (kernel.process[i] != NULL) {
            assert_int_equal(process_remove(kernel.process[i]), K_OK);
        }
    }
    assert_int_equal(process_ram_free_bytes(), FIXTURE_RAM_BYTES);
    uint32_t created = 0;
    uint32_t refused = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t slot = next_random(&x) % KERNEL_PROCESS_SLOTS;
        uint32_t kind = next_random(&x) % KINDS;
        if (next_random(&x) % 2 == 0 && kernel.process[slot] != NULL) {
            struct process_id id = kernel.process[slot]->id;
            assert_int_equal(process_remove(kernel.process[slot]), K_OK);
            assert_null(kernel.process[slot]);
            assert_false(process_id_is_alive(id));
        } else if (process_create(address[kind], &app[kind]) == 0) {
            created++;
            for (uint32_t i = 0; i < KERNEL_PROCESS_SLOTS; i++) {
                note_identifier(&lives, i);
            }
        } else {
            refused++;
        }
        assert_int_equal(used_bytes() + process_ram_free_bytes(), FIXTURE_RAM_BYTES);
    }
    assert_int_equal(lives.count, created);
    assert_true(created > 500 && refused > 50);
    for (uint32_t i = 0; i < KERNEL_PROCESS_SLOTS; i++) {
        if (kernel.process[i] != NULL) {
            assert_int_equal(process_remove(kernel.process[i]), K_OK);
        }
    }
    assert_int_equal(process_ram_free_bytes(), FIXTURE_RAM_BYTES);
}

static void test_a_removed_process_is_nobody(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct tbf_app app = p->app;
    uint32_t flash = p->layout.flash_start;
    struct process_id id = p->id;
    kernel.current = p;
    kernel.mpu_owner = p;
    uint32_t loads = fixture.mpu_loads;
    assert_int_equal(process_remove(p), K_OK);
    /* Its flash is not read-only any more: it may be taken out. */
    assert_int_equal(fixture.mpu_loads, loads + 1);
    assert_null(kernel.process[0]);
    assert_null(kernel.current);
    assert_null(kernel.mpu_owner);
    assert_null(kernel.left_command.caller);
    assert_false(process_id_is_alive(id));
    assert_int_equal(process_act(id, ABI_PROCESS_BOOT), K_ENODEVICE);
    assert_int_equal(process_create(flash, &app), 0);
    assert_int_equal(process_id_index(kernel.process[0]->id), 0);
    assert_false(process_id_is_equal(kernel.process[0]->id, id));
    assert_false(process_id_is_alive(id));
}

static void test_who_is_looked_at_is_not_removed(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    arch_guard.scopes_open = 1;
    assert_int_equal(process_remove(p), K_EBUSY);
    assert_ptr_equal(kernel.process[0], p);
    arch_guard.scopes_open = 0;
    assert_int_equal(process_remove(p), K_OK);
}

/* It has had all of its identifiers. */
static void test_a_slot_without_identifiers_is_not_used(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct tbf_app app = p->app;
    uint32_t flash = p->layout.flash_start;
    p->id.value = 0xFFFFFF00u;
    assert_int_equal(process_remove(p), K_OK);
    assert_int_equal(process_create(flash, &app), 0);
    assert_null(kernel.process[0]);
    assert_non_null(kernel.process[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_ram_and_slots_come_back, fixture_setup),
        cmocka_unit_test_setup(test_a_removed_process_is_nobody, fixture_setup),
        cmocka_unit_test_setup(test_who_is_looked_at_is_not_removed, fixture_setup),
        cmocka_unit_test_setup(test_a_slot_without_identifiers_is_not_used, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
