/*
 * Snapshots of whole machines, at random cycles: a save changes nothing, what is restored is what
 * was saved, and a run that goes on from a snapshot is the run without it - the same trace, the
 * same state at the end, every account included. In the machine that was saved, whatever it has
 * done since, and in another one.
 *
 * Cycles come from a fixed seed; another one can be given as the argument.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/machine_input.h"
#include "sim/machine/machine_internal.h"
#include "sim/machine/tests/snapshot_bench.h"

static const char *const few_apps[] = {"apps/blink.tbf",
                                       "apps/hello.tbf",
                                       "apps/buttons.tbf",
                                       "apps/sensors.tbf",
                                       "apps/hog.tbf",
                                       "apps/glutton.tbf",
                                       NULL};

/* They trespass between 3 and 5 s, and are started again. */
static const char *const bad_apps[] = {"apps/blink.tbf", "apps/trespass-kernel.tbf",
                                       "apps/trespass-flash.tbf", "apps/glutton.tbf", NULL};

struct scenario {
    struct snapshot_guest guest;
    uint64_t first_cycle, end_cycle; /* snapshots between them, the run up to the end */
    unsigned cycles;                 /* how many snapshots */
    bool inputs;
};

static uint64_t first_seed = 0x5A4D91;

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void add_inputs(struct snapshot_bench *bench, uint64_t end_cycle)
{
    struct machine *machine = bench->machine;
    int button = machine_find_device(machine, "button0");
    int uart = machine_find_device(machine, bench->board.console);
    assert_true(button >= 0 && uart >= 0);
    for (unsigned i = 1; i < 40; i++) {
        assert_true(machine_add_input(machine, button, end_cycle / 40 * i,
                                      i % 2 == 1 ? "press" : "release", 0));
    }
    for (unsigned i = 1; i < 20; i++) {
        machine_add_text(machine, uart, end_cycle / 20 * i, "list\n", 5);
    }
}

static void open_scenario(struct snapshot_bench *bench, const struct scenario *scenario)
{
    snapshot_bench_open(bench, &scenario->guest);
    if (scenario->inputs) {
        add_inputs(bench, scenario->end_cycle);
    }
}

/* Where a run was saved: what there was of its trace. */
struct place {
    uint64_t cycle;
    size_t traced;
    struct machine_snapshot snapshot;
};

#define PLACES_MAX 200

struct course {
    const struct scenario *scenario;
    struct snapshot_bench reference;     /* has run to the end in one go */
    struct place places[PLACES_MAX + 1]; /* in order; the last is the reference's end */
    unsigned count;                      /* without the end */
};

static int compare_cycles(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    return left->cycle < right->cycle ? -1 : left->cycle > right->cycle ? 1 : 0;
}

static void choose_places(struct course *course, uint64_t *seed)
{
    const struct scenario *scenario = course->scenario;
    uint64_t span = scenario->end_cycle - scenario->first_cycle;
    course->count = scenario->cycles;
    assert_true(course->count <= PLACES_MAX);
    for (unsigned i = 0; i < course->count; i++) {
        course->places[i].cycle = scenario->first_cycle + next_random(seed) % span;
    }
    qsort(course->places, course->count, sizeof course->places[0], compare_cycles);
}

static const char *describe(const char *what, uint64_t from_cycle, uint64_t to_cycle)
{
    static char text[128];
    (void)snprintf(text, sizeof text, "%s, from cycle %llu to %llu", what,
                   (unsigned long long)from_cycle, (unsigned long long)to_cycle);
    return text;
}

/* A run that stops and saves at every place: saving twice gives the same, and the run is not
 * disturbed. */
static void save_places(struct course *course, struct snapshot_bench *bench)
{
    struct machine_snapshot again = {0};
    for (unsigned i = 0; i < course->count; i++) {
        struct place *place = &course->places[i];
        machine_run(bench->machine, place->cycle);
        place->traced = bench->trace.count;
        snapshot_bench_save(bench, &place->snapshot);
        snapshot_bench_save(bench, &again);
        snapshot_bench_compare(&place->snapshot, &again, describe("saved twice", 0, place->cycle));
    }
    const struct place *end = &course->places[course->count];
    machine_run(bench->machine, end->cycle);
    snapshot_bench_save(bench, &again);
    const char *when = describe("a run that is saved", 0, end->cycle);
    snapshot_bench_compare_traces(&course->reference.trace, 0, end->traced, &bench->trace, when);
    snapshot_bench_compare(&end->snapshot, &again, when);
    machine_snapshot_free(&again);
}

/* Restores one place and goes on to another one: all is as it was then. */
static void check_way(const struct course *course, struct snapshot_bench *bench, unsigned from,
                      unsigned to)
{
    const struct place *first = &course->places[from];
    const struct place *last = &course->places[to];
    struct machine_snapshot now = {0};
    snapshot_bench_restore(bench, &first->snapshot);
    snapshot_bench_save(bench, &now);
    snapshot_bench_compare(&first->snapshot, &now,
                           describe("restored", first->cycle, first->cycle));
    bench->trace.count = 0;
    machine_run(bench->machine, last->cycle);
    const char *when = describe("gone on", first->cycle, last->cycle);
    snapshot_bench_compare_traces(&course->reference.trace, first->traced, last->traced,
                                  &bench->trace, when);
    snapshot_bench_save(bench, &now);
    snapshot_bench_compare(&last->snapshot, &now, when);
    assert_int_equal(machine_snapshot_hash(&last->snapshot), machine_snapshot_hash(&now));
    machine_snapshot_free(&now);
}

/* Forward and back, in no order, mostly to the next place, sometimes to the end. */
static void check_ways(const struct course *course, struct snapshot_bench *bench, uint64_t *seed)
{
    for (unsigned i = 0; i < course->count; i++) {
        unsigned from = (unsigned)(next_random(seed) % course->count);
        check_way(course, bench, from, i % 16 == 15 ? course->count : from + 1);
    }
}

static void check(const struct scenario *scenario)
{
    static struct course course;
    struct snapshot_bench bench, other;
    uint64_t seed = first_seed;
    course = (struct course){.scenario = scenario};
    choose_places(&course, &seed);
    struct place *end = &course.places[course.count];
    end->cycle = scenario->end_cycle;
    open_scenario(&course.reference, scenario);
    machine_run(course.reference.machine, end->cycle);
    end->traced = course.reference.trace.count;
    snapshot_bench_save(&course.reference, &end->snapshot);
    assert_true(end->traced > 100); /* the guest is alive */
    open_scenario(&bench, scenario);
    save_places(&course, &bench);
    check_ways(&course, &bench, &seed);
    open_scenario(&other, scenario);
    check_ways(&course, &other, &seed);
    for (unsigned i = 0; i <= course.count; i++) {
        machine_snapshot_free(&course.places[i].snapshot);
    }
    snapshot_bench_close(&other);
    snapshot_bench_close(&bench);
    snapshot_bench_close(&course.reference);
}

static void test_everything_at_random_cycles(void **state)
{
    (void)state;
    static const struct scenario scenario = {
        .guest = {.board = "nrf52dk", .firmware = "guests/everything.elf"},
        .end_cycle = 1000000,
        .cycles = 100,
        .inputs = true};
    check(&scenario);
}

static void test_everything_with_jitter(void **state)
{
    (void)state;
    static const struct scenario scenario = {.guest = {.board = "nrf52dk",
                                                       .firmware = "guests/everything.elf",
                                                       .jitter = {.seed = 3, .bound_cycles = 500}},
                                             .end_cycle = 500000,
                                             .cycles = 50,
                                             .inputs = true};
    check(&scenario);
}

static void test_kernel_and_apps_at_random_cycles(void **state)
{
    (void)state;
    static const struct scenario scenario = {
        .guest = {.board = "nrf52dk", .firmware = "kernel/nrf52dk.elf", .apps = few_apps},
        .first_cycle = 300000,
        .end_cycle = 10000000,
        .cycles = 60,
        .inputs = true};
    check(&scenario);
}

static void test_apps_that_fault_and_restart(void **state)
{
    (void)state;
    static const struct scenario scenario = {
        .guest = {.board = "nrf52dk", .firmware = "kernel/nrf52dk.elf", .apps = bad_apps},
        .first_cycle = 64000000,
        .end_cycle = 400000000,
        .cycles = 60,
        .inputs = false};
    check(&scenario);
}

/* The same at each instruction in turn: inside of IT blocks, between a load-exclusive and its
 * store, at the first instruction of a handler. Each snapshot is restored elsewhere once BEHIND
 * more instructions have run, and has to arrive at the same state. */
#define INSTRUCTIONS 3000U
#define BEHIND       24U

static void test_every_instruction(void **state)
{
    (void)state;
    static const struct snapshot_guest guest = {.board = "nrf52dk",
                                                .firmware = "guests/everything.elf"};
    struct machine_snapshot ring[BEHIND] = {{0}}, now = {0}, got = {0};
    struct snapshot_bench bench, other;
    snapshot_bench_open(&bench, &guest);
    snapshot_bench_open(&other, &guest);
    machine_run(bench.machine, 480000);
    uint64_t before = 0;
    unsigned stalled = 0; /* a run ends after the stall of a flash write, a step before it */
    for (unsigned i = 0; i < INSTRUCTIONS; i++) {
        uint64_t cycle = clock_now(bench.trace.clock);
        snapshot_bench_save(&bench, &now);
        /* Several instructions may begin in one cycle; a run stops before the first of them. */
        if (i >= BEHIND && cycle != before) {
            snapshot_bench_restore(&other, &ring[i % BEHIND]);
            machine_run(other.machine, cycle);
            snapshot_bench_save(&other, &got);
            if (clock_now(other.trace.clock) == cycle) {
                snapshot_bench_compare(&now, &got, describe("stepped", before, cycle));
            } else {
                stalled++;
            }
        }
        struct machine_snapshot oldest = ring[i % BEHIND];
        ring[i % BEHIND] = now;
        now = oldest;
        before = cycle;
        assert_int_equal(machine_step(bench.machine, UINT64_MAX), MACHINE_STOP_STEP);
        bench.trace.count = 0;
        other.trace.count = 0;
    }
    assert_true(stalled < INSTRUCTIONS / 100);
    for (unsigned i = 0; i < BEHIND; i++) {
        machine_snapshot_free(&ring[i]);
    }
    machine_snapshot_free(&now);
    machine_snapshot_free(&got);
    snapshot_bench_close(&bench);
    snapshot_bench_close(&other);
}

/* What no guest above does. */
static void test_semihosting(void **state)
{
    (void)state;
    static const struct snapshot_guest guest = {.board = "nrf52dk"};
    struct machine_snapshot saved = {0}, again = {0};
    struct snapshot_bench bench, other;
    snapshot_bench_open(&bench, &guest);
    snapshot_bench_open(&other, &guest);
    bench.machine->semihosting.exited = true;
    bench.machine->semihosting.exit_status = 7;
    bench.machine->semihosting.last_error = 9;
    bench.machine->semihosting.features_read = 3;
    snapshot_bench_save(&bench, &saved);
    snapshot_bench_restore(&other, &saved);
    assert_true(other.machine->semihosting.exited);
    assert_int_equal(machine_exit_status(other.machine), 7);
    assert_int_equal(other.machine->semihosting.last_error, 9);
    assert_int_equal(other.machine->semihosting.features_read, 3);
    snapshot_bench_save(&other, &again);
    snapshot_bench_compare(&saved, &again, "semihosting");
    machine_snapshot_free(&saved);
    machine_snapshot_free(&again);
    snapshot_bench_close(&bench);
    snapshot_bench_close(&other);
}

static void write_register(struct machine *machine, const char *name, uint32_t offset,
                           uint32_t value)
{
    const struct machine_device *device = &machine->devices[machine_find_device(machine, name)];
    const struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    assert_int_equal(device->device_class->write(device->self, access, value), BUS_OK);
}

static uint32_t pc_after(struct machine *machine, uint64_t cycles)
{
    struct cpu_regs regs;
    machine_run(machine, clock_now(machine_clock(machine)) + cycles);
    cpu_get_regs(machine_cpu(machine), &regs);
    return regs.pc;
}

/* The core has read flash while it might, and is taken to where it may not: what it knows of that
 * memory is of the past. */
static void test_what_devices_say_of_memory_is_asked_for_again(void **state)
{
    static const uint32_t vectors[4] = {0x20001000, 0x101, 0x121, 0x121};
    static const uint16_t loop[] = {0x4801, 0x6801, 0xE7FD, 0xBF00, 0x0000, 0x0004};
    static const uint16_t handler = 0xE7FE;
    struct snapshot_bench bench;
    struct machine_snapshot before = {0}, after = {0};
    (void)state;
    snapshot_bench_open(&bench, &(struct snapshot_guest){.board = "nrf52840dk"});
    machine_poke(bench.machine, 0, vectors, sizeof vectors);
    machine_poke(bench.machine, 0x100, loop, sizeof loop); /* loads from 0x40000 for ever */
    machine_poke(bench.machine, 0x120, &handler, sizeof handler);
    machine_reset(bench.machine, RESET_POWER_ON);
    assert_in_range(pc_after(bench.machine, 1000), 0x102, 0x104);
    snapshot_bench_save(&bench, &before);
    write_register(bench.machine, "flash_controller", 0x800, 0x40000); /* ACL: ADDR, SIZE, PERM */
    write_register(bench.machine, "flash_controller", 0x804, 0x1000);
    write_register(bench.machine, "flash_controller", 0x808, 1U << 2);
    snapshot_bench_save(&bench, &after);
    snapshot_bench_restore(&bench, &before);
    assert_in_range(pc_after(bench.machine, 1000), 0x102, 0x104);
    snapshot_bench_restore(&bench, &after);
    assert_int_equal(pc_after(bench.machine, 1000), 0x120);
    snapshot_bench_restore(&bench, &before);
    assert_in_range(pc_after(bench.machine, 1000), 0x102, 0x104);
    machine_snapshot_free(&before);
    machine_snapshot_free(&after);
    snapshot_bench_close(&bench);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_at_random_cycles),
        cmocka_unit_test(test_everything_with_jitter),
        cmocka_unit_test(test_kernel_and_apps_at_random_cycles),
        cmocka_unit_test(test_apps_that_fault_and_restart),
        cmocka_unit_test(test_every_instruction),
        cmocka_unit_test(test_semihosting),
        cmocka_unit_test(test_what_devices_say_of_memory_is_asked_for_again),
    };
    first_seed = argc > 1 ? strtoull(argv[1], NULL, 0) : first_seed;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
