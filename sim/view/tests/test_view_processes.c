/* The view of processes on the real kernel, compared with other witnesses: process_watch, the map
 * of owners that is made from system calls, the MPU's model. Firmware and apps are those of the
 * build. */
#include "sim/view/view_processes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/faults/ownership.h"
#include "sim/loader/little_endian.h"
#include "sim/machine/machine_view.h"
#include "sim/machine/tests/snapshot_bench.h"
#include "sim/view/view_builder.h"

#define MS      64000U /* cycles */
#define KERNEL  "kernel/nrf52dk.elf"
#define DAMAGES 400U

struct scene {
    struct snapshot_bench bench;
    struct ownership *ownership;
    struct kernel_view kernel;
    struct symbol_map symbols;
    struct view_builder *builder;
    struct view_frame *frame;
};

static const char *const three_apps[] = {"apps/hello.tbf", "apps/buttons.tbf", "apps/blink.tbf",
                                         NULL};
static const char *const attackers[] = {"apps/tests/attack_random.tbf", "apps/blink.tbf", NULL};

static void open_scene(struct scene *scene, const char *const *apps, bool kernel_known)
{
    struct sim_error error = {0};
    char elf[512];
    const struct snapshot_guest guest = {.board = "nrf52dk", .firmware = KERNEL, .apps = apps};
    *scene = (struct scene){.ownership = NULL};
    snapshot_bench_open(&scene->bench, &guest);
    scene->ownership = ownership_create(scene->bench.machine, NULL, &error);
    assert_non_null(scene->ownership);
    snprintf(elf, sizeof elf, "%s/firmware/" KERNEL, getenv("SANDGLASS_BUILD"));
    assert_true(symbol_map_add(&scene->symbols, elf, 0, UINT32_MAX, 0));
    kernel_view_open(&scene->kernel, scene->bench.machine, kernel_known ? elf : "/nonexistent");
    const struct view_sources sources = {
        .machine = scene->bench.machine, .kernel = &scene->kernel, .symbols = &scene->symbols};
    scene->builder = view_builder_create(&sources, &error);
    assert_non_null(scene->builder);
    scene->frame = calloc(1, sizeof *scene->frame);
    assert_non_null(scene->frame);
}

static void close_scene(struct scene *scene)
{
    free(scene->frame);
    view_builder_destroy(scene->builder);
    kernel_view_close(&scene->kernel);
    symbol_map_free(&scene->symbols);
    ownership_destroy(scene->ownership);
    snapshot_bench_close(&scene->bench);
}

static const struct view_processes *look(struct scene *scene)
{
    view_builder_fill(scene->builder, scene->frame);
    return &scene->frame->processes;
}

static const struct view_processes *run_to(struct scene *scene, uint64_t cycle)
{
    machine_run(scene->bench.machine, cycle);
    return look(scene);
}

static const struct view_process *find(const struct view_processes *processes, const char *name)
{
    for (size_t i = 0; i < processes->count; i++) {
        if (strcmp(processes->processes[i].name, name) == 0) {
            return &processes->processes[i];
        }
    }
    fail_msg("no process %s", name);
    return NULL;
}

/* Every byte of [start, start + bytes) lies in one span, and they are in order. */
static void expect_whole(const struct view_span *spans, size_t count, uint32_t start,
                         uint32_t bytes)
{
    uint32_t at = start;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(spans[i].address, at);
        assert_true(spans[i].bytes > 0);
        at += spans[i].bytes;
    }
    assert_int_equal(at, start + bytes);
}

static void expect_maps_whole(const struct view_processes *processes)
{
    expect_whole(processes->ram, processes->ram_count, processes->ram_base, processes->ram_bytes);
    expect_whole(processes->flash, processes->flash_count, processes->flash_base,
                 processes->flash_bytes);
    for (size_t i = 0; i < processes->count; i++) {
        const struct view_process *process = &processes->processes[i];
        expect_whole(process->ram, process->ram_count, process->ram_start, process->ram_bytes);
        expect_whole(process->flash, process->flash_count, process->flash_start,
                     process->flash_bytes);
    }
}

static enum ownership_kind kind_wanted(enum view_span_kind kind)
{
    switch (kind) {
    case VIEW_SPAN_STACK_USED:
    case VIEW_SPAN_STACK_DEEPEST:
    case VIEW_SPAN_STACK_FREE:
    case VIEW_SPAN_DATA:
    case VIEW_SPAN_HEAP:
    case VIEW_SPAN_OPEN:
        return OWNERSHIP_APP_MEMORY;
    case VIEW_SPAN_GAP:
    case VIEW_SPAN_GRANT:
    case VIEW_SPAN_KERNEL:
    case VIEW_SPAN_CLOSED:
        return OWNERSHIP_GRANT_MEMORY;
    case VIEW_SPAN_APP_HEADER:
    case VIEW_SPAN_APP_TRAILER:
    case VIEW_SPAN_APP_CODE:
    case VIEW_SPAN_APP_FOOTER:
        return OWNERSHIP_APP_FLASH;
    case VIEW_SPAN_PROCESS:
    case VIEW_SPAN_FREE:
        break;
    }
    return OWNERSHIP_FREE;
}

/* The map of owners knows the break as it was asked for; the MPU may open more. */
static void expect_owner(const struct scene *scene, int index, const struct view_span *span)
{
    const struct ownership_process *owner = &ownership_map_of(scene->ownership)->process[index];
    for (uint32_t at = span->address; at < span->address + span->bytes; at++) {
        struct ownership_answer answer = ownership_of(scene->ownership, at);
        bool rounded = answer.kind == OWNERSHIP_APP_MEMORY && at >= owner->asked_break &&
                       kind_wanted(span->kind) == OWNERSHIP_GRANT_MEMORY;
        assert_int_equal(answer.process, index);
        if (!rounded) {
            assert_int_equal(answer.kind, kind_wanted(span->kind));
        }
    }
}

static void test_maps_agree_with_the_owners(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, three_apps, true);
    for (uint64_t ms = 300; ms <= 900; ms += 200) {
        const struct view_processes *processes = run_to(&scene, ms * MS);
        assert_true(processes->kernel_known);
        assert_int_equal(processes->count, 3);
        expect_maps_whole(processes);
        for (int i = 0; i < 3; i++) {
            const struct view_process *process = &processes->processes[i];
            assert_true(process->record_sane);
            assert_int_not_equal(process->ram_bytes, 0);
            for (size_t k = 0; k < process->ram_count; k++) {
                expect_owner(&scene, i, &process->ram[k]);
            }
            for (size_t k = 0; k < process->flash_count; k++) {
                expect_owner(&scene, i, &process->flash[k]);
            }
        }
    }
    close_scene(&scene);
}

static uint32_t peek_word(const struct scene *scene, uint32_t address)
{
    uint8_t bytes[4] = {0};
    assert_int_equal(machine_peek(scene->bench.machine, address, bytes, 4), 4);
    return little_endian_u32(bytes);
}

static const struct view_span *find_span(const struct view_process *process, uint32_t address)
{
    for (size_t i = 0; i < process->ram_count; i++) {
        if (process->ram[i].address == address) {
            return &process->ram[i];
        }
    }
    return NULL;
}

/* The kernel's table of grants says where each begins; the map found them by their trailers. */
static void test_grants_by_owner(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, three_apps, true);
    const struct view_processes *processes = run_to(&scene, 500 * MS);
    const struct kernel_info_record *table =
        kernel_info_find(&scene.kernel.info, "process.grant_block");
    unsigned grants = 0;
    for (size_t i = 0; i < processes->count; i++) {
        const struct view_process *process = &processes->processes[i];
        struct kernel_view_process record;
        assert_true(kernel_view_process(&scene.kernel, process->slot, &record));
        uint32_t grant = 0;
        for (uint32_t k = 0; kernel_view_grant(&scene.kernel, k, &grant); k++) {
            uint32_t block = peek_word(&scene, record.record + table->value + 4 * k) & ~1U;
            if (block == 0) {
                continue;
            }
            const struct view_span *span = find_span(process, block);
            assert_non_null(span);
            assert_int_equal(span->kind, VIEW_SPAN_GRANT);
            assert_string_not_equal(span->label, "free");
            assert_null(strstr(span->label, "grant"));
            grants++;
        }
    }
    assert_true(grants >= 4);
    const struct view_process *blink = find(processes, "blink");
    bool alarm = false;
    for (size_t i = 0; i < blink->ram_count; i++) {
        alarm |= blink->ram[i].kind == VIEW_SPAN_GRANT && strcmp(blink->ram[i].label, "alarm") == 0;
    }
    assert_true(alarm);
    close_scene(&scene);
}

static void test_stack(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, three_apps, true);
    const struct view_processes *processes = run_to(&scene, 700 * MS);
    for (size_t i = 0; i < processes->count; i++) {
        const struct view_process *process = &processes->processes[i];
        assert_in_range(process->stack_pointer, process->stack_deepest, process->stack_top);
        assert_in_range(process->stack_deepest, process->ram_start, process->stack_top);
        assert_true(process->stack_top < process->app_break);
        /* What crt0 found at address 36 of the app's flash: the size of its stack. */
        const struct watched_process *watched =
            &machine_view_processes(scene.bench.machine)->process[i];
        uint32_t stack_bytes = (peek_word(&scene, watched->app_start + 36) + 7) & ~7U;
        assert_int_equal(process->stack_top - process->ram_start, stack_bytes);
        for (uint32_t at = process->ram_start + 32; at < process->stack_deepest; at++) {
            uint8_t byte = 1;
            assert_int_equal(machine_peek(scene.bench.machine, at, &byte, 1), 1);
            assert_int_equal(byte, 0);
        }
        assert_true(process->stack_top - process->stack_deepest >= 32);
    }
    close_scene(&scene);
}

static void test_load(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, three_apps, true);
    const struct view_processes *processes = run_to(&scene, 900 * MS);
    const struct process_watch *watch = machine_view_processes(scene.bench.machine);
    struct machine_totals totals;
    machine_view_totals(scene.bench.machine, &totals);
    int sum =
        processes->kernel_permille + processes->interrupts_permille + processes->sleep_permille;
    for (size_t i = 0; i < processes->count; i++) {
        const struct view_process *process = &processes->processes[i];
        uint64_t exact = watch->process[i].cycles * 1000 / totals.now_cycles;
        uint64_t calls = 0;
        assert_in_range(process->cpu_permille, exact, exact + 1);
        sum += process->cpu_permille;
        for (size_t k = 0; k < VIEW_CLASSES; k++) {
            calls += watch->process[i].calls[k];
            assert_int_equal(process->calls_of_class[k], watch->process[i].calls[k]);
        }
        assert_int_equal(process->calls, calls);
        assert_int_equal(process->calls_per_second, calls * totals.cpu_hz / totals.now_cycles);
    }
    assert_int_equal(sum, 1000);
    uint64_t sleep = (totals.now_cycles - totals.busy_cycles) * 1000 / totals.now_cycles;
    assert_in_range(processes->sleep_permille, sleep, sleep + 1);
    assert_in_range(sleep, 500, 999);
    close_scene(&scene);
}

/* Back to a snapshot: what was seen later is forgotten, and the shares are of what follows. */
static void test_back_in_time(void **state)
{
    (void)state;
    struct scene scene;
    struct machine_snapshot snapshot = {0};
    open_scene(&scene, three_apps, true);
    run_to(&scene, 400 * MS);
    snapshot_bench_save(&scene.bench, &snapshot);
    run_to(&scene, 1600 * MS);
    snapshot_bench_restore(&scene.bench, &snapshot);
    const struct view_processes *processes = look(&scene);
    expect_maps_whole(processes);
    struct machine_totals before;
    struct machine_totals after;
    machine_view_totals(scene.bench.machine, &before);
    processes = run_to(&scene, 1000 * MS);
    machine_view_totals(scene.bench.machine, &after);
    uint64_t passed = after.now_cycles - before.now_cycles;
    uint64_t busy = after.busy_cycles - before.busy_cycles;
    uint64_t sleep = (passed - busy) * 1000 / passed;
    assert_in_range(processes->sleep_permille, sleep, sleep + 1);
    for (size_t i = 0; i < processes->count; i++) {
        assert_in_range(processes->processes[i].stack_pointer,
                        processes->processes[i].stack_deepest, processes->processes[i].stack_top);
    }
    machine_snapshot_free(&snapshot);
    close_scene(&scene);
}

static void test_states(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, three_apps, true);
    const struct view_processes *processes = run_to(&scene, 3);
    for (size_t i = 0; i < processes->count; i++) { /* the kernel has not begun */
        assert_int_equal(processes->processes[i].ram_count, 0);
        assert_string_equal(processes->processes[i].state, "Not started");
    }
    expect_maps_whole(processes);
    processes = run_to(&scene, 300 * MS);
    const struct view_process *blink = find(processes, "blink");
    assert_memory_equal(blink->state, "Yielded", 7);
    assert_int_equal(blink->restarts, 0);
    assert_int_equal(blink->starts, 1);
    assert_int_equal(processes->hits_ever, 0);
    assert_true(blink->last_call.known);
    assert_string_equal(view_class_name(blink->last_call.call_class), "yield");
    close_scene(&scene);
}

/* This app fills its queue of ten and then some, by alarm and thermometer. */
static void test_upcalls_that_wait(void **state)
{
    (void)state;
    static const char *const apps[] = {"apps/tests/abi_queue.tbf", NULL};
    struct scene scene;
    uint32_t most = 0;
    uint32_t dropped = 0;
    unsigned alarms = 0;
    unsigned temperatures = 0;
    open_scene(&scene, apps, true);
    for (uint64_t ms = 300; ms < 900; ms++) {
        const struct view_process *process = &run_to(&scene, ms * MS)->processes[0];
        most = process->upcalls_waiting > most ? process->upcalls_waiting : most;
        dropped = process->upcalls_dropped > dropped ? process->upcalls_dropped : dropped;
        for (uint32_t i = 0; i < process->upcalls_waiting; i++) {
            bool alarm = strcmp(process->upcalls[i].driver, "alarm") == 0;
            assert_true(alarm || strcmp(process->upcalls[i].driver, "temperature") == 0);
            assert_int_equal(process->upcalls[i].number, 0);
            alarms += alarm;
            temperatures += !alarm;
        }
    }
    assert_int_equal(most, 10);
    assert_true(dropped > 0);
    assert_true(alarms > 0 && temperatures > 0);
    close_scene(&scene);
}

/* A witness of its own: what the machine told. */
struct told {
    struct machine_fault fault;
    unsigned count;
};

static void on_faulted(void *context, const struct machine_fault *fault)
{
    struct told *told = context;
    told->fault = *fault;
    told->count++;
}

static void test_an_access_that_faults(void **state)
{
    (void)state;
    struct scene scene;
    struct told told = {.count = 0};
    char address[16];
    open_scene(&scene, attackers, true);
    const struct machine_observer observer = {.faulted = on_faulted, .context = &told};
    assert_true(machine_observe(scene.bench.machine, &observer));
    const struct view_processes *processes = run_to(&scene, 1000 * MS);
    assert_true(told.count > 0);
    assert_int_equal(processes->hits_ever, told.count);
    assert_int_equal(processes->hit_count, told.count < VIEW_HITS_MAX ? told.count : VIEW_HITS_MAX);
    const struct view_hit *newest = &processes->hits[0];
    assert_int_equal(newest->number, told.count);
    assert_int_equal(newest->process, told.fault.process);
    assert_int_equal(newest->address_valid, told.fault.address_valid);
    unsigned with_address = 0;
    for (size_t i = 0; i < processes->hit_count; i++) {
        const struct view_hit *hit = &processes->hits[i];
        assert_true(i == 0 || hit->number + 1 == processes->hits[i - 1].number);
        assert_true(hit->what[0] != '\0');
        assert_true(hit->where[0] != '\0');
        if (hit->address_valid) {
            snprintf(address, sizeof address, "0x%08x", hit->address);
            assert_non_null(strstr(hit->what, address));
            assert_true(hit->why[0] != '\0');
            assert_true(hit->whose[0] != '\0');
            with_address++;
        }
    }
    assert_true(with_address > 0);
    const struct view_process *attacker = &processes->processes[newest->process];
    assert_true(attacker->faults > 0);
    assert_true(attacker->restarts > 0 || strcmp(attacker->state, "Faulted") == 0);
    expect_maps_whole(processes);
    close_scene(&scene);
}

/* With another kernel: what the MPU opens, and what was observed. */
static void test_a_kernel_that_says_nothing(void **state)
{
    (void)state;
    struct scene scene;
    const struct mpu_context unprivileged = {.privileged = false, .negative_priority = false};
    open_scene(&scene, three_apps, false);
    const struct view_processes *processes = run_to(&scene, 600 * MS);
    assert_false(processes->kernel_known);
    expect_maps_whole(processes);
    for (size_t i = 0; i < processes->count; i++) {
        const struct view_process *process = &processes->processes[i];
        const struct watched_process *watched =
            &machine_view_processes(scene.bench.machine)->process[i];
        assert_int_equal(process->ram_start, watched->ram_base);
        assert_int_equal(process->ram_bytes, watched->ram_bytes);
        assert_string_equal(process->state, "Started");
        assert_true(process->stack_top > process->ram_start);
        assert_true(process->calls > 0);
        for (size_t k = 0; k < process->ram_count; k++) {
            const struct view_span *span = &process->ram[k];
            bool open = kind_wanted(span->kind) == OWNERSHIP_APP_MEMORY;
            for (uint32_t at = span->address; at < span->address + span->bytes; at++) {
                assert_int_equal(
                    mpu_check(&watched->mpu, at, 1, MPU_ACCESS_WRITE, unprivileged).allowed, open);
            }
        }
    }
    close_scene(&scene);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static void poke_word(const struct scene *scene, uint32_t address, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                        (uint8_t)(value >> 24)};
    machine_poke(scene->bench.machine, address, bytes, 4);
}

/* Something wrong, not always absurd: an address of RAM, a small number, anything. */
static uint32_t make_wrong(uint32_t *random)
{
    switch (next_random(random) % 4) {
    case 0:
        return 0x20000000U + next_random(random) % 0x11000;
    case 1:
        return next_random(random) % 64;
    case 2:
        return 0xFFFFFFFFU - next_random(random) % 8;
    default:
        return next_random(random) << 8 ^ next_random(random);
    }
}

/* Whatever stands in the kernel's tables, the maps are whole and the view comes to an end. */
static void test_damaged_tables(void **state)
{
    (void)state;
    struct scene scene;
    uint32_t records[4] = {0};
    open_scene(&scene, three_apps, true);
    run_to(&scene, 400 * MS);
    const struct kernel_info_record *table = kernel_info_find(&scene.kernel.info, "kernel.process");
    for (uint32_t i = 0; i < 4; i++) {
        records[i] = peek_word(&scene, table->value + 4 * i);
    }
    unsigned believed = 0;
    unsigned refused = 0;
    for (uint32_t seed = 1; seed <= DAMAGES; seed++) {
        uint32_t random = seed;
        uint32_t addresses[6], before[6];
        for (unsigned i = 0; i < 6; i++) { /* in a record, a grant in front of it, or the table */
            uint32_t record = records[next_random(&random) % 3];
            addresses[i] = record - 64 + next_random(&random) % 320 / 4 * 4;
            if (next_random(&random) % 12 == 0) {
                addresses[i] = table->value + 4 * (next_random(&random) % 4);
            }
            before[i] = peek_word(&scene, addresses[i]);
            poke_word(&scene, addresses[i], make_wrong(&random));
        }
        const struct view_processes *processes = look(&scene);
        expect_maps_whole(processes);
        for (size_t i = 0; i < processes->count; i++) {
            assert_non_null(memchr(processes->processes[i].name, '\0', VIEW_PROCESS_NAME));
            assert_true(processes->processes[i].upcalls_waiting <= VIEW_UPCALLS_MAX);
            believed += processes->processes[i].record_sane;
            refused += !processes->processes[i].record_sane;
        }
        for (unsigned i = 6; i-- > 0;) {
            poke_word(&scene, addresses[i], before[i]);
        }
    }
    assert_true(believed > DAMAGES / 4);
    assert_true(refused > DAMAGES / 4);
    close_scene(&scene);
}

/* No apps, no kernel: all of RAM and flash is the firmware's. */
static void test_nothing_runs(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, NULL, false);
    const struct view_processes *processes = run_to(&scene, 10 * MS);
    assert_int_equal(processes->count, 0);
    assert_int_equal(processes->ram_count, 1);
    assert_string_equal(processes->ram[0].label, "firmware");
    expect_maps_whole(processes);
    close_scene(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_maps_agree_with_the_owners),
        cmocka_unit_test(test_grants_by_owner),
        cmocka_unit_test(test_stack),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_back_in_time),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_upcalls_that_wait),
        cmocka_unit_test(test_an_access_that_faults),
        cmocka_unit_test(test_a_kernel_that_says_nothing),
        cmocka_unit_test(test_damaged_tables),
        cmocka_unit_test(test_nothing_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
