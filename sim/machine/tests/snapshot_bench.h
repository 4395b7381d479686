/* sim/machine/tests/snapshot_bench.h - machines for tests of snapshots: a board, a guest, and the
 * trace of what it does. */
#ifndef SIM_MACHINE_TESTS_SNAPSHOT_BENCH_H
#define SIM_MACHINE_TESTS_SNAPSHOT_BENCH_H

#include "sim/machine/machine.h"
#include "sim/machine/machine_snapshot.h"

/* One thing that an observer was told. */
struct trace_record {
    uint64_t cycle;
    uint32_t kind; /* the letter of the callback */
    uint32_t values[5];
};

struct trace {
    const struct clock *clock;
    struct trace_record *records; /* owned */
    size_t count, capacity;
};

/* A board of the build (SANDGLASS_BUILD), with a firmware and apps of the build ("kernel/x.elf",
 * "apps/blink.tbf"). */
struct snapshot_guest {
    const char *board;
    const char *firmware;    /* NULL: none, memory is erased */
    const char *const *apps; /* NULL: none; the list ends with NULL */
    struct irq_jitter_config jitter;
};

struct snapshot_bench {
    struct board board;
    struct machine *machine;
    struct trace trace;
};

/* Loads and resets it. Fails the test when something is missing. */
void snapshot_bench_open(struct snapshot_bench *bench, const struct snapshot_guest *guest);
void snapshot_bench_close(struct snapshot_bench *bench);

void snapshot_bench_save(struct snapshot_bench *bench, struct machine_snapshot *snapshot);
/* Fails the test when it is refused. */
void snapshot_bench_restore(struct snapshot_bench *bench, const struct machine_snapshot *snapshot);

/* Names the first difference of two snapshots and fails the test; the same: nothing. */
void snapshot_bench_compare(const struct machine_snapshot *wanted,
                            const struct machine_snapshot *got, const char *when);
/* The same for traces: all that was got is what was wanted from record `first` to before `last`. */
void snapshot_bench_compare_traces(const struct trace *wanted, size_t first, size_t last,
                                   const struct trace *got, const char *when);

#endif
