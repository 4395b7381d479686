#include "sim/machine/tests/snapshot_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/loader/file.h"
#include "sim/loader/image.h"

static void add(struct trace *trace, char kind, const uint32_t *values, size_t count)
{
    if (trace->count == trace->capacity) {
        trace->capacity = trace->capacity == 0 ? 1024 : trace->capacity * 2;
        trace->records = realloc(trace->records, trace->capacity * sizeof *trace->records);
        assert_non_null(trace->records);
    }
    struct trace_record *record = &trace->records[trace->count++];
    *record = (struct trace_record){.cycle = clock_now(trace->clock), .kind = (uint32_t)kind};
    memcpy(record->values, values, count * sizeof *values);
}

#define ADD(trace, kind, ...)                                                                      \
    add(trace, kind, (const uint32_t[]){__VA_ARGS__},                                              \
        sizeof(uint32_t[]){__VA_ARGS__} / sizeof(uint32_t))

static uint32_t short_hash(const char *text)
{
    uint32_t hash = 2166136261U;
    for (; *text != '\0'; text++) {
        hash = (hash ^ (uint8_t)*text) * 16777619U;
    }
    return hash;
}

static void note(void *context, const char *device, const char *what, int32_t value)
{
    ADD(context, 'n', short_hash(device), short_hash(what), (uint32_t)value);
}

static void sent(void *context, const char *device, uint8_t byte)
{
    ADD(context, 's', short_hash(device), byte);
}

static void diag(void *context, const struct machine_diag *told)
{
    ADD(context, 'd', short_hash(told->device), told->offset, short_hash(told->what), told->pc);
}

static void entered(void *context, uint32_t exception, const struct cpu_regs *regs,
                    uint32_t from_pc)
{
    ADD(context, 'e', exception, from_pc, regs->msp, regs->psp, regs->lr);
}

static void returned(void *context, uint32_t exception, const struct cpu_regs *regs)
{
    ADD(context, 'r', exception, regs->r[0], regs->msp);
}

static void resumed(void *context, const struct cpu_regs *regs)
{
    ADD(context, 'u', regs->pc, regs->xpsr, regs->r[0], regs->r[12], regs->lr);
}

static void faulted(void *context, const struct machine_fault *fault)
{
    ADD(context, 'f', (uint32_t)fault->kind, fault->address, fault->pc, (uint32_t)fault->process);
}

static void called(void *context, const struct machine_syscall *call)
{
    ADD(context, 'c', (uint32_t)call->process, call->call_class, call->argument[0],
        call->argument[1], call->pc);
}

static void started(void *context, int process)
{
    ADD(context, 'p', (uint32_t)process);
}

static void refused(void *context, const char *device, const char *what)
{
    ADD(context, 'x', short_hash(device), short_hash(what));
}

static void reset(void *context, uint32_t reasons)
{
    ADD(context, '0', reasons);
}

static void trespassed(void *context, int process, uint32_t address)
{
    ADD(context, 't', (uint32_t)process, address);
}

static void read_file(const char *name, struct file_bytes *bytes)
{
    char path[512];
    struct sim_error error = {0};
    const char *build = getenv("SANDGLASS_BUILD");
    assert_non_null(build);
    (void)snprintf(path, sizeof path, "%s/%s", build, name);
    if (!file_read(path, bytes, &error)) {
        fail_msg("%s", error.text);
    }
}

static void load_firmware(struct snapshot_bench *bench, const char *firmware)
{
    char path[256];
    struct sim_error error = {0};
    struct file_bytes bytes;
    struct image image;
    (void)snprintf(path, sizeof path, "firmware/%s", firmware);
    read_file(path, &bytes);
    assert_true(image_parse(path, bytes.data, bytes.size, &image, &error));
    assert_true(machine_load_image(bench->machine, path, &image, &error));
    image_free(&image);
    file_free(&bytes);
}

/* One after the other, as they come: these apps run wherever they are put. */
static void load_apps(struct snapshot_bench *bench, const char *const *apps)
{
    uint32_t address = bench->board.apps.base;
    for (; *apps != NULL; apps++) {
        char path[256];
        struct sim_error error = {0};
        struct file_bytes bytes;
        (void)snprintf(path, sizeof path, "firmware/%s", *apps);
        read_file(path, &bytes);
        struct tbf_app app = {.path = *apps, .data = bytes.data, .address = address};
        assert_true(tbf_parse(path, bytes.data, bytes.size, &app.info, &error));
        assert_true(
            machine_load(bench->machine, path, address, bytes.data, app.info.total_bytes, &error));
        machine_add_app(bench->machine, &app);
        address += app.info.total_bytes;
        file_free(&bytes);
    }
}

static void create(struct snapshot_bench *bench, const struct snapshot_guest *guest)
{
    char path[64];
    struct sim_error error = {0};
    struct file_bytes blob;
    *bench = (struct snapshot_bench){0};
    (void)snprintf(path, sizeof path, "sim/boards/%s.dtb", guest->board);
    read_file(path, &blob);
    assert_true(
        board_parse(guest->board, blob.data, blob.size, catalogue_find, &bench->board, &error));
    file_free(&blob);
    struct machine_config config = {
        .board = &bench->board, .seed = 1, .check_isolation = true, .jitter = guest->jitter};
    config.absent = catalogue_absent_entries(&config.absent_count);
    config.quirk = catalogue_find_quirk(bench->board.chip->name);
    bench->machine = machine_create(&config, &error);
    assert_non_null(bench->machine);
    bench->trace.clock = machine_clock(bench->machine);
    const struct machine_observer observer = {.note = note,
                                              .sent = sent,
                                              .diag = diag,
                                              .entered = entered,
                                              .returned = returned,
                                              .resumed = resumed,
                                              .faulted = faulted,
                                              .called = called,
                                              .started = started,
                                              .trespassed = trespassed,
                                              .refused = refused,
                                              .reset = reset,
                                              .context = &bench->trace};
    assert_true(machine_observe(bench->machine, &observer));
}

void snapshot_bench_open(struct snapshot_bench *bench, const struct snapshot_guest *guest)
{
    create(bench, guest);
    if (guest->firmware != NULL) {
        load_firmware(bench, guest->firmware);
    }
    if (guest->apps != NULL) {
        load_apps(bench, guest->apps);
    }
    machine_reset(bench->machine, 0);
}

void snapshot_bench_close(struct snapshot_bench *bench)
{
    machine_destroy(bench->machine);
    board_free(&bench->board);
    free(bench->trace.records);
}

void snapshot_bench_save(struct snapshot_bench *bench, struct machine_snapshot *snapshot)
{
    struct sim_error error = {0};
    if (!machine_snapshot_save(bench->machine, snapshot, &error)) {
        fail_msg("%s", error.text);
    }
}

void snapshot_bench_restore(struct snapshot_bench *bench, const struct machine_snapshot *snapshot)
{
    struct sim_error error = {0};
    if (!machine_snapshot_restore(bench->machine, snapshot, "snapshot", &error)) {
        fail_msg("%s", error.text);
    }
}

/* The chunk in which the byte lies: 48 bytes of header, chunks of 72 bytes and their bytes. */
static const char *chunk_at(const struct machine_snapshot *snapshot, size_t offset, size_t *within)
{
    size_t at = 40;
    while (at < offset) {
        uint32_t size;
        memcpy(&size, snapshot->bytes + at + 68, sizeof size);
        if (offset < at + 72 + size) {
            *within = offset - at - 72;
            return (const char *)snapshot->bytes + at;
        }
        at += 72 + size;
    }
    return "header";
}

void snapshot_bench_compare(const struct machine_snapshot *wanted,
                            const struct machine_snapshot *got, const char *when)
{
    size_t within = 0;
    for (size_t i = 40; i < wanted->size && i < got->size; i++) {
        if (wanted->bytes[i] != got->bytes[i]) {
            const char *name = chunk_at(wanted, i, &within);
            fail_msg("%s: byte %zu of %s is 0x%02x, should be 0x%02x", when, within, name,
                     got->bytes[i], wanted->bytes[i]);
        }
    }
    if (wanted->size != got->size) {
        fail_msg("%s: %zu bytes, should be %zu", when, got->size, wanted->size);
    }
    assert_memory_equal(wanted->bytes, got->bytes, wanted->size);
}

void snapshot_bench_compare_traces(const struct trace *wanted, size_t first, size_t last,
                                   const struct trace *got, const char *when)
{
    for (size_t i = 0; i < last - first && i < got->count; i++) {
        const struct trace_record *a = &wanted->records[first + i];
        const struct trace_record *b = &got->records[i];
        if (memcmp(a, b, sizeof *a) != 0) {
            fail_msg("%s: record %zu of the trace is %c %08x %08x %08x %08x at cycle %llu, should "
                     "be %c %08x %08x %08x %08x at %llu",
                     when, i, (char)b->kind, b->values[0], b->values[1], b->values[2], b->values[3],
                     (unsigned long long)b->cycle, (char)a->kind, a->values[0], a->values[1],
                     a->values[2], a->values[3], (unsigned long long)a->cycle);
        }
    }
    if (last - first != got->count) {
        fail_msg("%s: the trace has %zu records, should have %zu", when, got->count, last - first);
    }
}
