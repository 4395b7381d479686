/*
 * Every device of a board against the rule of peripherals/iface/device.h: what changes after
 * init lies in its state or in an event that its class lists. Devices are driven at random through
 * their registers and inputs, without a CPU; then
 * - nothing else of any instance has changed, and no pointer lies in a state;
 * - the same again from a snapshot gives the same: states, events, pins, memories, what observers
 *   were told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/machine_internal.h"
#include "sim/machine/tests/snapshot_bench.h"

#define ROUNDS      200
#define MORE_ROUNDS 40 /* on boards whose chip has had its turn */
#define STEPS       400

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed >> 11;
}

static uint32_t pick_value(uint64_t *seed, const struct machine *machine)
{
    static const uint32_t likely[] = {0, 1,       2,          3,          4,
                                      8, 0x10001, 0x20000100, 0x2000FF00, UINT32_MAX};
    uint64_t kind = next_random(seed) % 16;
    if (kind < sizeof likely / sizeof likely[0]) {
        return likely[kind];
    }
    if (kind < 13) { /* an address of a task or an event, for PPI */
        const struct board_device *device =
            &machine->board->devices[next_random(seed) % machine->device_count];
        return device->base + (uint32_t)(next_random(seed) % 0x60) * 4;
    }
    return (uint32_t)next_random(seed);
}

static void access_register(struct machine_device *device, const struct machine *machine,
                            uint64_t *seed)
{
    bool often_used = next_random(seed) % 4 != 0;
    uint32_t words = device->description->window_bytes / 4;
    uint32_t word = (uint32_t)(next_random(seed) % (often_used && words > 0x180 ? 0x180 : words));
    struct bus_access access = {.offset = word * 4, .size_bytes = 4, .privileged = true};
    uint32_t value = pick_value(seed, machine);
    if (next_random(seed) % 3 == 0) {
        (void)device->device_class->read(device->self, access, &value);
    } else if (device->device_class->write != NULL) {
        (void)device->device_class->write(device->self, access, value);
    }
}

static void give_input(struct machine_device *device, uint64_t *seed)
{
    const struct device_class *device_class = device->device_class;
    struct device_input input = {.what = "sleep", .value = (int32_t)(next_random(seed) % 2)};
    int32_t on = input.value;
    size_t choice = next_random(seed) % 8;
    for (size_t i = 0; device_class->inputs != NULL && device_class->inputs[i].name != NULL; i++) {
        input.what = i == choice ? device_class->inputs[i].name : input.what;
    }
    for (size_t i = 0; device_class->faults != NULL && device_class->faults[i].name != NULL; i++) {
        const struct device_fault *fault = &device_class->faults[i];
        if (next_random(seed) % 16 == i) {
            uint64_t range = (uint64_t)((int64_t)fault->value_max - fault->value_min + 1);
            input.what = fault->name;
            input.value = on * (int32_t)(fault->value_min + (int64_t)(next_random(seed) % range));
        }
    }
    if (device_class->input != NULL) {
        (void)device_class->input(device->self, &input);
    }
}

static void let_time_pass(struct machine *machine, uint64_t *seed)
{
    static const uint32_t spans[] = {1, 16, 100, 2000, 40000, 1000000};
    struct clock *clock = &machine->clock;
    clock_set_now(clock, clock_now(clock) + next_random(seed) % spans[next_random(seed) % 6]);
    clock_fire_due(clock);
}

static void drive(struct machine *machine, uint64_t seed)
{
    for (unsigned i = 0; i < STEPS; i++) {
        struct machine_device *device =
            &machine->devices[next_random(&seed) % machine->device_count];
        uint64_t kind = next_random(&seed) % 16;
        if (kind < 12 && device->device_class->read != NULL) {
            access_register(device, machine, &seed);
        } else if (kind < 14) {
            give_input(device, &seed);
        } else {
            let_time_pass(machine, &seed);
        }
    }
}

/* The instance without its state and its events: what must not change. */
static void blank(const struct device_class *device_class, uint8_t *bytes)
{
    memset(bytes + device_class->state_offset, 0, device_class->state_bytes);
    for (size_t i = 0; i < device_class->event_count; i++) {
        memset(bytes + device_class->event_offsets[i], 0, sizeof(struct event));
    }
}

static uint8_t *copy_of(const struct machine_device *device)
{
    uint8_t *bytes = malloc(device->device_class->size_bytes);
    assert_non_null(bytes);
    memcpy(bytes, device->self, device->device_class->size_bytes);
    blank(device->device_class, bytes);
    return bytes;
}

static void compare_device(const struct machine_device *device, const uint8_t *before)
{
    uint8_t *now = copy_of(device);
    for (size_t i = 0; i < device->device_class->size_bytes; i++) {
        if (before[i] != now[i]) {
            fail_msg("%s: byte %zu of its instance has changed and lies neither in its state nor "
                     "in one of its events",
                     device->device_class->name, i);
        }
    }
    free(now);
}

static void check_board(const char *board, uint64_t rounds)
{
    struct snapshot_bench bench;
    uint8_t *before[BOARD_DEVICES_MAX];
    snapshot_bench_open(&bench, &(struct snapshot_guest){.board = board});
    for (size_t i = 0; i < bench.machine->device_count; i++) {
        before[i] = copy_of(&bench.machine->devices[i]);
    }
    for (uint64_t round = 1; round <= rounds; round++) {
        drive(bench.machine, round * 0x9E3779B97F4A7C15U);
    }
    for (size_t i = 0; i < bench.machine->device_count; i++) {
        compare_device(&bench.machine->devices[i], before[i]);
        free(before[i]);
    }
    snapshot_bench_close(&bench);
}

/* A host pointer into the arena: never part of a state. */
static void check_no_pointers(const struct machine *machine)
{
    const struct machine_device *last = &machine->devices[machine->device_count - 1];
    uintptr_t first = (uintptr_t)machine;
    uintptr_t end = (uintptr_t)last->self + last->device_class->size_bytes;
    for (size_t i = 0; i < machine->device_count; i++) {
        const struct device_class *device_class = machine->devices[i].device_class;
        const uint8_t *state =
            (const uint8_t *)machine->devices[i].self + device_class->state_offset;
        for (size_t at = 0; at + sizeof(uintptr_t) <= device_class->state_bytes; at += 4) {
            uintptr_t word;
            memcpy(&word, state + at, sizeof word);
            if (word >= first && word < end) {
                fail_msg("%s: a pointer at byte %zu of its state", device_class->name, at);
            }
        }
    }
}

static void check_again_from_snapshot(const char *board, uint64_t rounds)
{
    struct snapshot_bench bench, other;
    struct machine_snapshot start = {0}, wanted = {0}, got = {0};
    snapshot_bench_open(&bench, &(struct snapshot_guest){.board = board});
    snapshot_bench_open(&other, &(struct snapshot_guest){.board = board});
    for (uint64_t round = 1; round <= rounds; round++) {
        uint64_t seed = round * 0xD1342543DE82EF95U;
        snapshot_bench_save(&bench, &start);
        size_t from = bench.trace.count;
        drive(bench.machine, seed);
        check_no_pointers(bench.machine);
        snapshot_bench_save(&bench, &wanted);
        snapshot_bench_restore(&other, &start);
        other.trace.count = 0;
        drive(other.machine, seed);
        snapshot_bench_save(&other, &got);
        snapshot_bench_compare_traces(&bench.trace, from, bench.trace.count, &other.trace, board);
        snapshot_bench_compare(&wanted, &got, board);
    }
    machine_snapshot_free(&start);
    machine_snapshot_free(&wanted);
    machine_snapshot_free(&got);
    snapshot_bench_close(&other);
    snapshot_bench_close(&bench);
}

static void test_all_that_changes_is_state(void **state)
{
    (void)state;
    check_board("nrf52dk", ROUNDS);
    check_board("pinetime", MORE_ROUNDS);
    check_board("sensor_node", MORE_ROUNDS);
    check_board("tests/analog", MORE_ROUNDS);
    check_board("tests/radio", MORE_ROUNDS);
}

static void test_devices_go_on_from_a_snapshot(void **state)
{
    (void)state;
    check_again_from_snapshot("nrf52dk", ROUNDS);
    check_again_from_snapshot("pinetime", MORE_ROUNDS);
    check_again_from_snapshot("sensor_node", MORE_ROUNDS);
    check_again_from_snapshot("tests/analog", MORE_ROUNDS);
    check_again_from_snapshot("tests/radio", MORE_ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_that_changes_is_state),
        cmocka_unit_test(test_devices_go_on_from_a_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
