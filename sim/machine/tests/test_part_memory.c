/* The memories of parts in a machine: erased at first, kept over resets, and in snapshots only so
 * much of them as holds anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/machine_internal.h"
#include "sim/machine/tests/snapshot_bench.h"

#define PAGE PART_MEMORY_PAGE_BYTES

static const struct snapshot_guest watch = {.board = "pinetime"};

static struct part_memory *memory_of(struct snapshot_bench *bench, const char *name)
{
    for (size_t i = 0; i < bench->machine->device_count; i++) {
        if (strcmp(bench->machine->devices[i].description->name, name) == 0) {
            return &bench->machine->devices[i].memory;
        }
    }
    fail_msg("no device %s", name);
    return NULL;
}

static void a_snapshot_holds_what_is_written(void **state)
{
    struct snapshot_bench bench;
    struct machine_snapshot empty = {0}, some = {0}, again = {0};
    (void)state;
    snapshot_bench_open(&bench, &watch);
    struct part_memory *flash = memory_of(&bench, "xt25f32b");
    assert_int_equal(flash->size_bytes, 4U * 1024U * 1024U);
    assert_int_equal(part_memory_get(flash, 0), 0xFF);
    assert_int_equal(part_memory_get(flash, flash->size_bytes - 1), 0xFF);
    snapshot_bench_save(&bench, &empty);

    part_memory_put(flash, 5, 0x12);
    part_memory_put(flash, 7 * PAGE + 1, 0x34);
    part_memory_put(memory_of(&bench, "st7789v"), 9, 0x56);
    snapshot_bench_save(&bench, &some);
    assert_in_range(some.size - empty.size, 3 * PAGE, 3 * PAGE + 128);

    part_memory_put(flash, 8 * PAGE, 0x78); /* a page that the snapshot does not have */
    part_memory_erase(flash, 0, PAGE);      /* one that it has */
    part_memory_put(flash, 7 * PAGE + 1, 0x00);
    machine_reset(bench.machine, RESET_POWER_ON);
    assert_int_equal(part_memory_get(flash, 8 * PAGE), 0x78);
    snapshot_bench_restore(&bench, &some);
    assert_int_equal(part_memory_get(flash, 5), 0x12);
    assert_int_equal(part_memory_get(flash, 7 * PAGE + 1), 0x34);
    assert_int_equal(part_memory_get(flash, 8 * PAGE), 0xFF);
    snapshot_bench_save(&bench, &again);
    snapshot_bench_compare(&some, &again, "after a restore");

    snapshot_bench_restore(&bench, &empty);
    assert_int_equal(part_memory_get(flash, 7 * PAGE + 1), 0xFF);
    assert_int_equal(part_memory_get(memory_of(&bench, "st7789v"), 9), 0xFF);
    machine_snapshot_free(&empty);
    machine_snapshot_free(&some);
    machine_snapshot_free(&again);
    snapshot_bench_close(&bench);
}

static void an_erased_page_is_not_kept(void **state)
{
    struct snapshot_bench bench;
    struct machine_snapshot before = {0}, after = {0};
    (void)state;
    snapshot_bench_open(&bench, &watch);
    struct part_memory *flash = memory_of(&bench, "xt25f32b");
    snapshot_bench_save(&bench, &before);
    for (uint32_t i = 0; i < 3 * PAGE; i++) {
        part_memory_put(flash, i, 0);
    }
    part_memory_erase(flash, 100, 3 * PAGE - 100); /* not from a page's beginning on */
    assert_int_equal(part_memory_get(flash, 99), 0);
    assert_int_equal(part_memory_get(flash, 100), 0xFF);
    part_memory_erase(flash, 0, 100);
    snapshot_bench_save(&bench, &after);
    snapshot_bench_compare(&before, &after, "after all was erased");
    machine_snapshot_free(&before);
    machine_snapshot_free(&after);
    snapshot_bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_snapshot_holds_what_is_written),
                                       cmocka_unit_test(an_erased_page_is_not_kept)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
