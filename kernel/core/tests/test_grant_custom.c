/* Custom grants: pieces that come and go, handles that fit one piece and no later one, memory that
 * is used again; and grants that find no room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/capsule/process_control.h"
#include "kernel/core/grant_memory.h"
#include "kernel/core/tests/kernel_fixture.h"

struct timer {
    uint32_t expiry;
    uint8_t name[5];
};
GRANT_CUSTOM(timer_grant, struct timer);
struct record {
    uint64_t wide;
    uint8_t bytes[30];
};
GRANT_CUSTOM(record_grant, struct record);

static struct grant_custom allocate(struct process *p)
{
    struct grant_custom piece;
    assert_int_equal(grant_custom_allocate(&timer_grant, p->id, &piece), K_OK);
    return piece;
}

/* The value before; -1: not entered. */
static int64_t swap(struct grant_custom piece, uint32_t value)
{
    int64_t before = -1;
    grant_custom_enter (timer_grant, piece, p) {
        before = p->expiry;
        p->expiry = value;
    }
    return before;
}

static void test_pieces_are_zero_and_apart(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct grant_custom first = allocate(p);
    struct grant_custom second = allocate(p);
    assert_int_equal(swap(first, 1), 0);
    assert_int_equal(swap(second, 2), 0);
    assert_int_equal(swap(first, 3), 1);
    assert_int_equal(swap(second, 3), 2);
}

static void test_a_freed_piece_is_nobodys(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct grant_custom piece = allocate(p);
    swap(piece, 1);
    assert_int_equal(grant_custom_free(&timer_grant, piece), K_OK);
    assert_int_equal(grant_custom_free(&timer_grant, piece), K_ENODEVICE);
    assert_int_equal(swap(piece, 1), -1);
    assert_int_equal(grant_error(), K_ENODEVICE);
    /* The next one lies where it lay, and is another all the same. */
    struct grant_custom next = allocate(p);
    assert_int_equal(next.place, piece.place);
    assert_int_equal(swap(piece, 7), -1);
    assert_int_equal(swap(next, 1), 0);
}

static void test_not_after_death(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct grant_custom piece = allocate(p);
    process_restart(p);
    assert_int_equal(swap(piece, 1), -1);
    assert_int_equal(grant_error(), K_ENODEVICE);
    assert_int_equal(grant_custom_free(&timer_grant, piece), K_ENODEVICE);
    assert_int_equal(swap(allocate(p), 1), 0);
    process_end(p, ABI_PROCESS_TERMINATED);
    struct grant_custom none;
    assert_int_equal(grant_custom_allocate(&timer_grant, p->id, &none), K_ENODEVICE);
    assert_true(grant_custom_is_none(none));
    assert_true(grant_custom_is_none(grant_custom_next(&timer_grant, GRANT_CUSTOM_NONE)));
}

static void test_none_is_nothing(void **state)
{
    (void)state;
    fixture_boot_one();
    assert_int_equal(swap(GRANT_CUSTOM_NONE, 1), -1);
    assert_int_equal(grant_custom_free(&timer_grant, GRANT_CUSTOM_NONE), K_ENODEVICE);
}

/* One type's piece is not entered as another's, nor a grant of the other kind. */
static void test_types_are_kept_apart(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct grant_custom piece = allocate(p);
    bool entered = false;
    grant_custom_enter (record_grant, piece, r) {
        entered = r != NULL;
    }
    assert_false(entered);
    assert_int_equal(grant_error(), K_EINVAL);
    assert_int_equal(grant_custom_free(&record_grant, piece), K_EINVAL);
    grant_enter (timer_grant, p->id, t) {
        entered = t != NULL;
    }
    assert_false(entered);
    assert_int_equal(grant_error(), K_EINVAL);
    assert_int_equal(grant_custom_allocate(fixture_grant, p->id, &piece), K_EINVAL);
}

static void test_entered_once(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct grant_custom piece = allocate(p);
    grant_custom_enter (timer_grant, piece, t) {
        t->expiry = 9;
        assert_int_equal(swap(piece, 1), -1);
        assert_int_equal(grant_error(), K_EALREADY);
        assert_int_equal(grant_custom_free(&timer_grant, piece), K_EBUSY);
        assert_int_equal(swap(allocate(p), 1), 0); /* another one is another matter */
    }
    assert_int_equal(grant_error(), K_OK);
    assert_int_equal(arch_guard.scopes_open, 0);
    assert_int_equal(swap(piece, 1), 9);
}

static void test_too_many_scopes_are_refused(void **state)
{
    (void)state;
    struct grant_custom piece = allocate(fixture_boot_one());
    arch_guard.scopes_open = KERNEL_SCOPES;
    assert_int_equal(swap(piece, 1), -1);
    assert_int_equal(grant_error(), K_ENOMEM);
    arch_guard.scopes_open = 0;
    assert_int_equal(swap(piece, 1), 0);
}

/* A capsule that traps in a scope leaves the piece for others to enter. */
static void test_a_scope_that_is_left(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct grant_custom piece = allocate(p);
    assert_non_null(grant_open_custom(&timer_grant, piece));
    grant_leave_scopes(0);
    assert_int_equal(swap(piece, 1), 0);
    assert_non_null(grant_open_custom(&timer_grant, piece));
    process_restart(p); /* whose memory is somebody else's when the scope is left */
    grant_leave_scopes(0);
    assert_int_equal(swap(allocate(p), 1), 0);
}

static void test_all_that_live_are_visited(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        fixture_add_app(&(struct fixture_app){0});
    }
    fixture_boot();
    uint32_t value = 0;
    for (uint32_t i = 0; i < 9; i++) {
        struct grant_custom other;
        swap(allocate(kernel.process[i % 3]), 1u << i);
        (void)grant_custom_allocate(&record_grant, kernel.process[i % 3]->id, &other);
        (void)fixture_enter(kernel.process[i % 3]->id, &value, 0);
    }
    process_end(kernel.process[1], ABI_PROCESS_TERMINATED);
    uint32_t seen = 0;
    for (struct grant_custom piece = grant_custom_next(&timer_grant, GRANT_CUSTOM_NONE);
         !grant_custom_is_none(piece); piece = grant_custom_next(&timer_grant, piece)) {
        grant_custom_enter (timer_grant, piece, t) {
            assert_int_equal(seen & t->expiry, 0);
            seen |= t->expiry;
        }
        assert_int_equal(grant_custom_free(&timer_grant, piece), K_OK);
    }
    assert_int_equal(seen, 0x16D); /* 0, 2, 3, 5, 6, 8 */
    assert_true(grant_custom_is_none(grant_custom_next(&timer_grant, GRANT_CUSTOM_NONE)));
}

/* --- Memory --- */

#define PIECES 40u
struct held {
    uint32_t start, bytes;
    uint8_t fill;
};

static void check_held(const struct process *p, const struct held *held)
{
    uint32_t used = 0;
    for (uint32_t i = 0; i < PIECES; i++) {
        const uint8_t *bytes = process_memory(held[i].start);
        for (uint32_t j = 0; held[i].start != 0 && j < held[i].bytes; j++) {
            assert_int_equal(bytes[j], held[i].fill);
        }
        used += held[i].start != 0 ? 1 : 0;
    }
    struct grant_memory_block block = {0};
    uint32_t lowest = p->layout.ram_end - process_block_bytes();
    while (grant_memory_next(p, &block)) {
        assert_true(block.start + block.bytes <= lowest);
        lowest = block.start;
        used--;
    }
    assert_int_equal(used, 0);
    assert_int_equal(lowest, p->grant_start); /* nothing free is kept from the app */
}

/* Blocks of all sizes come and go; each keeps its bytes, and what is freed is found again. */
static void test_blocks_against_a_list(void **state)
{
    (void)state;
    fixture_add_app(&(struct fixture_app){.minimum_ram = 4096});
    fixture_boot();
    struct process *p = kernel.process[0];
    uint32_t top = p->grant_start;
    struct held held[PIECES] = {{0}};
    srand(1);
    uint32_t refused = 0;
    for (uint32_t turn = 0; turn < 20000; turn++) {
        struct held *one = &held[(uint32_t)rand() % PIECES];
        if (one->start != 0) {
            grant_memory_free(p, one->start);
            *one = (struct held){0};
        } else {
            uint32_t bytes = 1 + (uint32_t)rand() % 200;
            one->start = grant_memory_allocate(p, 0, bytes);
            refused += one->start == 0 ? 1 : 0;
            if (one->start != 0) {
                assert_int_equal(one->start % 8, 0);
                assert_true(one->start >= p->layout.reach_end);
                *one = (struct held){one->start, bytes, (uint8_t)turn};
                uint8_t *memory = process_memory(one->start);
                for (uint32_t j = 0; j < bytes; j++) {
                    assert_int_equal(memory[j], 0);
                }
                memset(memory, one->fill, bytes);
            }
        }
        check_held(p, held);
    }
    assert_true(refused > 0);
    for (uint32_t i = 0; i < PIECES; i++) {
        grant_memory_free(p, held[i].start);
    }
    assert_int_equal(p->grant_start, top);
}

/* What one piece left is enough for two smaller ones and, when both are gone, for itself. */
static void test_free_neighbours_are_one(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t large = grant_memory_allocate(p, 0, 60);
    uint32_t below = grant_memory_allocate(p, 0, 4);
    uint32_t start = p->grant_start;
    grant_memory_free(p, large);
    uint32_t first = grant_memory_allocate(p, 0, 28);
    uint32_t second = grant_memory_allocate(p, 0, 28);
    assert_int_equal(p->grant_start, start);
    assert_true(first > below && second > below);
    grant_memory_free(p, first);
    grant_memory_free(p, second);
    assert_int_equal(grant_memory_allocate(p, 0, 60), large);
    assert_int_equal(p->grant_start, start);
}

/* --- No room --- */

static uint32_t count(const char *what)
{
    uint32_t times = 0;
    for (const char *at = fixture.text; (at = strstr(at, what)) != NULL; at++) {
        times++;
    }
    return times;
}

static void test_a_full_region_is_told_once(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    for (uint32_t i = 0; i < 2; i++) {
        struct arch_frame *frame =
            fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER_HUGE, 0, 0, 0);
        assert_int_equal(frame->r0, ABI_FAILURE_U32_U32);
        assert_int_equal(frame->r1, -K_ENOMEM);
        process_restart(p);
    }
    assert_int_equal(count("gets NOMEM"), 1);
    assert_int_equal(count("App app (slot 0) gets NOMEM: its grants have no room for 4016 bytes "
                           "more than 0, for driver 0x00002345. Pack it with --kernel-heap 4016 or "
                           "more.\r\n"),
                     1);
}

static void test_another_process_is_told_too(void **state)
{
    (void)state;
    fixture_add_app(&(struct fixture_app){.name = "a"});
    fixture_add_app(&(struct fixture_app){.name = "b"});
    fixture_boot();
    struct grant_custom piece;
    for (uint32_t i = 0; i < 2; i++) {
        while (grant_custom_allocate(&record_grant, kernel.process[i]->id, &piece) == K_OK) {
        }
    }
    assert_int_equal(count("gets NOMEM"), 2);
    /* Memory that one frees is there for it again. */
    piece = grant_custom_next(&record_grant, GRANT_CUSTOM_NONE);
    assert_int_equal(grant_custom_free(&record_grant, piece), K_OK);
    assert_int_equal(grant_custom_allocate(&record_grant, kernel.process[0]->id, &piece), K_OK);
}

/* What the process console tells of a process's grants. */
static void test_what_grants_take(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct process_grant_view view;
    uint32_t value;
    assert_int_equal(fixture_enter(p->id, &value, 1), K_OK);
    (void)allocate(p);
    assert_true(process_grant_get(0, grant_index(&timer_grant), &view));
    uint32_t bytes_of_one = view.bytes;
    assert_true(bytes_of_one >= sizeof(struct timer) && view.pieces == 1);
    (void)allocate(p);
    assert_true(process_grant_get(0, grant_index(&timer_grant), &view));
    assert_int_equal(view.bytes, 2 * bytes_of_one);
    assert_int_equal(view.pieces, 2);
    assert_false(view.has_driver);
    assert_int_equal(view.name.length, 0);
    assert_true(process_grant_get(0, grant_index(fixture_grant), &view));
    assert_true(view.bytes >= sizeof(struct fixture_data) && view.pieces == 1);
    assert_true(view.has_driver);
    assert_int_equal(view.driver, FIXTURE_DRIVER);
    assert_int_equal(view.name.length, strlen("small"));
    assert_memory_equal(view.name.bytes, "small", view.name.length);
    assert_true(process_grant_get(0, grant_index(fixture_huge_grant), &view));
    assert_true(view.bytes == 0 && view.pieces == 0);

    assert_false(process_grant_get(1, 0, &view)); /* nobody's slot */
    assert_false(process_grant_get(KERNEL_PROCESS_SLOTS, 0, &view));
    assert_true(process_grant_get(0, grant_count() - 1, &view));
    assert_false(process_grant_get(0, grant_count(), &view));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_pieces_are_zero_and_apart, fixture_setup),
        cmocka_unit_test_setup(test_a_freed_piece_is_nobodys, fixture_setup),
        cmocka_unit_test_setup(test_not_after_death, fixture_setup),
        cmocka_unit_test_setup(test_none_is_nothing, fixture_setup),
        cmocka_unit_test_setup(test_types_are_kept_apart, fixture_setup),
        cmocka_unit_test_setup(test_entered_once, fixture_setup),
        cmocka_unit_test_setup(test_too_many_scopes_are_refused, fixture_setup),
        cmocka_unit_test_setup(test_what_grants_take, fixture_setup),
        cmocka_unit_test_setup(test_a_scope_that_is_left, fixture_setup),
        cmocka_unit_test_setup(test_all_that_live_are_visited, fixture_setup),
        cmocka_unit_test_setup(test_blocks_against_a_list, fixture_setup),
        cmocka_unit_test_setup(test_free_neighbours_are_one, fixture_setup),
        cmocka_unit_test_setup(test_a_full_region_is_told_once, fixture_setup),
        cmocka_unit_test_setup(test_another_process_is_told_too, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
