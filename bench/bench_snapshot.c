/*
 * How long it takes to restore a snapshot of a machine with 64 kB of RAM: the kernel with three
 * apps, one of which keeps the CPU busy, 10 ms after it was saved. Prints medians in nanoseconds, a
 * line each: of the restore (what bench/run.py reads); of a save and of a hash; of the first 100 us
 * of virtual time after a restore, which pay for translations that were forgotten, and of the 100
 * us after those.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/loader/file.h"
#include "sim/loader/image.h"
#include "sim/machine/machine.h"
#include "sim/machine/machine_snapshot.h"

#define ROUNDS      501
#define RUN_CYCLES  640000U /* 10 ms at 64 MHz, between a restore and the next */
#define SOON_CYCLES 6400U
#define WARM_UP     640000000U /* hog has begun to keep the CPU */

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static bool read_part(const char *name, struct file_bytes *bytes, struct sim_error *error)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", BUILD_FOLDER, name);
    return file_read(path, bytes, error);
}

static bool load_kernel(struct machine *machine, struct sim_error *error)
{
    struct file_bytes bytes;
    struct image image;
    if (!read_part("firmware/kernel/nrf52dk.elf", &bytes, error)) {
        return false;
    }
    bool good = image_parse("kernel", bytes.data, bytes.size, &image, error) &&
                machine_load_image(machine, "kernel", &image, error);
    image_free(&image);
    file_free(&bytes);
    return good;
}

static bool load_app(struct machine *machine, const char *name, uint32_t *address,
                     struct sim_error *error)
{
    struct file_bytes bytes;
    if (!read_part(name, &bytes, error)) {
        return false;
    }
    struct tbf_app app = {.path = name, .data = bytes.data, .address = *address};
    bool good = tbf_parse(name, bytes.data, bytes.size, &app.info, error) &&
                machine_load(machine, name, *address, bytes.data, app.info.total_bytes, error);
    if (good) {
        machine_add_app(machine, &app);
        *address += app.info.total_bytes;
    }
    file_free(&bytes);
    return good;
}

static struct machine *make_machine(struct board *board, struct sim_error *error)
{
    struct file_bytes blob;
    if (!read_part("sim/boards/nrf52dk.dtb", &blob, error)) {
        return NULL;
    }
    bool good = board_parse("nrf52dk", blob.data, blob.size, catalogue_find, board, error);
    file_free(&blob);
    struct machine_config config = {.board = board, .seed = 1};
    config.absent = catalogue_absent_entries(&config.absent_count);
    struct machine *machine = good ? machine_create(&config, error) : NULL;
    uint32_t address = board->apps.base;
    if (machine == NULL || !load_kernel(machine, error) ||
        !load_app(machine, "firmware/apps/blink.tbf", &address, error) ||
        !load_app(machine, "firmware/apps/hello.tbf", &address, error) ||
        !load_app(machine, "firmware/apps/hog.tbf", &address, error)) {
        return NULL;
    }
    machine_reset(machine, 0);
    return machine;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right ? 1 : 0;
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof values[0], compare);
    return values[ROUNDS / 2];
}

static double run_ns(struct machine *machine, uint64_t cycle)
{
    double start = now_ns();
    machine_run(machine, cycle);
    return now_ns() - start;
}

struct figures {
    double save[ROUNDS], restore[ROUNDS], hash[ROUNDS], first[ROUNDS], then[ROUNDS];
};

/* One round: on for 10 ms, back again. */
static bool take_round(struct machine *machine, const struct machine_snapshot *snapshot,
                       struct machine_snapshot *other, struct figures *figures, int i)
{
    struct sim_error error = {0};
    machine_run(machine, WARM_UP + RUN_CYCLES);
    double start = now_ns();
    bool good = machine_snapshot_save(machine, other, &error);
    double saved = now_ns();
    uint64_t hash = machine_snapshot_hash(other);
    double hashed = now_ns();
    good = good && machine_snapshot_restore(machine, snapshot, "snapshot", &error);
    double restored = now_ns();
    figures->save[i] = saved - start;
    figures->hash[i] = hashed - saved;
    figures->restore[i] = restored - hashed;
    figures->first[i] = run_ns(machine, WARM_UP + SOON_CYCLES);
    figures->then[i] = run_ns(machine, WARM_UP + 2 * SOON_CYCLES);
    return good && hash != machine_snapshot_hash(snapshot);
}

static bool measure(struct machine *machine, struct sim_error *error)
{
    static struct figures figures;
    struct machine_snapshot snapshot = {0}, other = {0};
    machine_run(machine, WARM_UP);
    bool good = machine_snapshot_save(machine, &snapshot, error);
    for (int i = 0; good && i < ROUNDS; i++) {
        good = take_round(machine, &snapshot, &other, &figures, i);
    }
    if (good) {
        printf("restore_ns %.0f\nsave_ns %.0f\nhash_ns %.0f\n", median(figures.restore),
               median(figures.save), median(figures.hash));
        printf("first_100us_ns %.0f\nnext_100us_ns %.0f\nsnapshot_bytes %zu\n",
               median(figures.first), median(figures.then), snapshot.size);
    }
    machine_snapshot_free(&snapshot);
    machine_snapshot_free(&other);
    return good;
}

int main(void)
{
    struct sim_error error = {0};
    struct board board = {0};
    struct machine *machine = make_machine(&board, &error);
    bool good = machine != NULL && measure(machine, &error);
    if (!good) {
        fprintf(stderr, "bench_snapshot: %s\n",
                error.status == SIM_OK ? "a round failed" : error.text);
    }
    machine_destroy(machine);
    board_free(&board);
    return good ? 0 : 2;
}
