/*
 * Snapshots that are not what they seem: damaged, cut, of another board or other images, or made up
 * with a right checksum. Each is refused with one line and the machine stays as it was, or it is
 * taken and the machine runs on without harm (under the sanitizers), and can be put back.
 *
 * Arguments: how many made-up ones, and their seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/machine_internal.h"
#include "sim/machine/state_hash.h"
#include "sim/machine/tests/snapshot_bench.h"

#define HEADER_BYTES  40U
#define CHECKSUM_AT   32U
#define CHUNK_BYTES   72U
#define CHUNK_SIZE_AT 68U
#define RUN_CYCLES    20000U

static const struct snapshot_guest everything = {.board = "nrf52dk",
                                                 .firmware = "guests/everything.elf"};

static unsigned cases = 600;
static uint64_t first_seed = 0xBADC0FFEE;

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed >> 11;
}

static void open_saved(struct snapshot_bench *bench, struct machine_snapshot *saved)
{
    snapshot_bench_open(bench, &everything);
    machine_run(bench->machine, 700000);
    snapshot_bench_save(bench, saved);
}

static void expect_refused(const void *bytes, size_t size, const char *why)
{
    struct machine_snapshot read = {0};
    struct sim_error error = {0};
    assert_false(machine_snapshot_read(&read, "x.snap", bytes, size, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    assert_memory_equal(error.text, "x.snap", 6);
    if (strstr(error.text, why) == NULL) {
        fail_msg("'%s' does not say '%s'", error.text, why);
    }
    assert_null(strchr(error.text, '\n'));
    machine_snapshot_free(&read);
}

static void test_damaged_files_are_refused(void **state)
{
    (void)state;
    struct snapshot_bench bench;
    struct machine_snapshot saved = {0};
    open_saved(&bench, &saved);
    expect_refused("", 0, "no snapshot");
    expect_refused(saved.bytes, HEADER_BYTES - 1, "no snapshot");
    expect_refused("it is text, and long enough for a header, isn't it?", 51, "no snapshot");
    for (size_t size = HEADER_BYTES; size < saved.size; size += 997) {
        expect_refused(saved.bytes, size, "damaged");
    }
    uint64_t seed = 5;
    for (unsigned i = 0; i < 2000; i++) {
        size_t at = HEADER_BYTES + next_random(&seed) % (saved.size - HEADER_BYTES);
        saved.bytes[at] ^= (uint8_t)(1U << i % 8);
        expect_refused(saved.bytes, saved.size, "damaged");
        saved.bytes[at] ^= (uint8_t)(1U << i % 8);
    }
    saved.bytes[16]++;
    expect_refused(saved.bytes, saved.size, "format 2, this program reads format 1");
    machine_snapshot_free(&saved);
    snapshot_bench_close(&bench);
}

static void expect_not_restored(struct snapshot_bench *bench, const struct machine_snapshot *from,
                                const char *why)
{
    struct machine_snapshot before = {0}, after = {0};
    struct sim_error error = {0};
    snapshot_bench_save(bench, &before);
    assert_false(machine_snapshot_restore(bench->machine, from, "x.snap", &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    if (strstr(error.text, why) == NULL || strchr(error.text, '\n') != NULL) {
        fail_msg("'%s' does not say '%s'", error.text, why);
    }
    snapshot_bench_save(bench, &after);
    snapshot_bench_compare(&before, &after, "refused");
    machine_snapshot_free(&before);
    machine_snapshot_free(&after);
}

static void test_other_machines_refuse(void **state)
{
    (void)state;
    static const char *const one_app[] = {"apps/blink.tbf", NULL};
    static const char *const other_app[] = {"apps/hello.tbf", NULL};
    struct snapshot_guest guest = {
        .board = "nrf52dk", .firmware = "kernel/nrf52dk.elf", .apps = one_app};
    struct snapshot_bench bench, other;
    struct machine_snapshot saved = {0};
    snapshot_bench_open(&bench, &guest);
    snapshot_bench_save(&bench, &saved);
    guest.apps = other_app;
    snapshot_bench_open(&other, &guest);
    expect_not_restored(&other, &saved, "blink.tbf");
    snapshot_bench_close(&other);
    guest.apps = NULL;
    snapshot_bench_open(&other, &guest);
    expect_not_restored(&other, &saved, "2 images");
    snapshot_bench_close(&other);
    snapshot_bench_open(&other, &everything);
    expect_not_restored(&other, &saved, "nrf52dk.elf");
    snapshot_bench_close(&other);
    guest.apps = one_app;
    guest.jitter = (struct irq_jitter_config){.seed = 1, .bound_cycles = 64};
    snapshot_bench_open(&other, &guest);
    expect_not_restored(&other, &saved, "--jitter");
    snapshot_bench_close(&other);
    bench.board.model = "another board";
    expect_not_restored(&bench, &saved, "this machine is another board");
    struct machine_snapshot empty = {0};
    expect_not_restored(&bench, &empty, "empty");
    machine_snapshot_free(&saved);
    snapshot_bench_close(&bench);
}

/* ---- made up, with a right checksum ---- */

static void seal(struct machine_snapshot *snapshot)
{
    uint64_t hash = state_hash(snapshot->bytes + HEADER_BYTES, snapshot->size - HEADER_BYTES, 0);
    memcpy(snapshot->bytes + CHECKSUM_AT, &hash, sizeof hash);
}

/* The chunks of a good snapshot. */
static size_t list_chunks(const struct machine_snapshot *snapshot, size_t *at, size_t most)
{
    size_t count = 0;
    for (size_t next = HEADER_BYTES; next < snapshot->size && count < most; count++) {
        uint32_t size;
        at[count] = next;
        memcpy(&size, snapshot->bytes + next + CHUNK_SIZE_AT, sizeof size);
        next += CHUNK_BYTES + size;
    }
    return count;
}

/* Some bytes of one chunk, now and then of its name or size. */
static void change_one_chunk(struct machine_snapshot *snapshot, const size_t *chunks, size_t count,
                             uint64_t *seed)
{
    static const uint8_t likely[] = {0, 1, 2, 4, 6, 0x7F, 0x80, 0xFF};
    size_t chunk = chunks[next_random(seed) % count];
    uint32_t size;
    memcpy(&size, snapshot->bytes + chunk + CHUNK_SIZE_AT, sizeof size);
    bool head = size == 0 || next_random(seed) % 16 == 0;
    size_t start = head ? chunk : chunk + CHUNK_BYTES;
    size_t span = head ? CHUNK_BYTES : size;
    for (uint64_t changes = 1 + next_random(seed) % 4; changes > 0; changes--) {
        size_t at = start + next_random(seed) % span;
        uint8_t value =
            next_random(seed) % 2 == 0 ? likely[next_random(seed) % 8] : (uint8_t)next_random(seed);
        uint64_t run = next_random(seed) % 8 == 0 ? 1 + next_random(seed) % 8 : 1;
        for (; run > 0 && at < start + span; run--, at++) {
            snapshot->bytes[at] = value;
        }
    }
}

static void run_on(struct machine *machine)
{
    uint64_t now = clock_now(&machine->clock);
    uint8_t memory[64];
    (void)machine_run(machine, now + RUN_CYCLES < now ? now : now + RUN_CYCLES);
    for (size_t i = 0; i < machine->device_count; i++) {
        (void)machine_peek(machine, machine->devices[i].description->base + 0x500, memory,
                           sizeof memory);
    }
    (void)machine_peek(machine, 0xE000ED00, memory, sizeof memory);
}

static void test_made_up_snapshots_do_no_harm(void **state)
{
    (void)state;
    struct snapshot_bench bench;
    struct machine_snapshot saved = {0}, later = {0}, now = {0};
    size_t chunks[BOARD_DEVICES_MAX];
    uint64_t seed = first_seed;
    unsigned taken = 0;
    open_saved(&bench, &saved);
    machine_run(bench.machine, 750000);
    snapshot_bench_save(&bench, &later);
    size_t count = list_chunks(&saved, chunks, BOARD_DEVICES_MAX);
    struct machine_snapshot changed = {0}, read = {0};
    changed.bytes = malloc(saved.size);
    assert_non_null(changed.bytes);
    changed.size = changed.capacity = saved.size;
    for (unsigned i = 0; i < cases; i++) {
        struct sim_error error = {0};
        memcpy(changed.bytes, saved.bytes, saved.size);
        change_one_chunk(&changed, chunks, count, &seed);
        seal(&changed);
        if (machine_snapshot_read(&read, "x.snap", changed.bytes, changed.size, &error) &&
            machine_snapshot_restore(bench.machine, &read, "x.snap", &error)) {
            taken++;
            run_on(bench.machine);
        } else {
            assert_int_equal(error.status, SIM_WRONG_USE);
        }
        bench.trace.count = 0;
        if (i % 100 == 99) {
            snapshot_bench_restore(&bench, &saved);
            machine_run(bench.machine, 750000);
            snapshot_bench_save(&bench, &now);
            snapshot_bench_compare(&later, &now, "after made-up ones");
        }
    }
    assert_true(taken > cases / 10);
    assert_true(taken < cases - cases / 10);
    machine_snapshot_free(&changed);
    machine_snapshot_free(&read);
    machine_snapshot_free(&now);
    machine_snapshot_free(&later);
    machine_snapshot_free(&saved);
    snapshot_bench_close(&bench);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damaged_files_are_refused),
        cmocka_unit_test(test_other_machines_refuse),
        cmocka_unit_test(test_made_up_snapshots_do_no_harm),
    };
    cases = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 0) : cases;
    first_seed = argc > 2 ? strtoull(argv[2], NULL, 0) : first_seed;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
