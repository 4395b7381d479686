/* The supply of a running machine fails: what is lost, what is kept, when it is back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/machine_internal.h"
#include "sim/machine/tests/snapshot_bench.h"

#define MS        64000U
#define RESETREAS 0x40000400U
#define GPREGRET  0x4000051CU
#define RAM_WORD  0x20008000U
#define UICR_WORD 0x10001080U

static const char *const apps[] = {"apps/hello.tbf", NULL};
static const struct snapshot_guest guest = {
    .board = "nrf52dk", .firmware = "kernel/nrf52dk.elf", .apps = apps};

static uint32_t word_at(struct machine *machine, uint32_t address)
{
    uint32_t word = 0;
    assert_int_equal(machine_peek(machine, address, &word, sizeof word), sizeof word);
    return word;
}

static void write_register(struct machine *machine, uint32_t address, uint32_t value)
{
    for (size_t i = 0; i < machine->device_count; i++) {
        const struct board_device *device = machine->devices[i].description;
        if (address - device->base < device->window_bytes) {
            const struct bus_access access = {
                .offset = address - device->base, .size_bytes = 4, .privileged = true};
            assert_int_equal(device->device_class->write(machine->devices[i].self, access, value),
                             BUS_OK);
        }
    }
}

static void cut(struct machine *machine, uint64_t cycle, int32_t ms)
{
    assert_true(
        machine_add_input(machine, machine_find_device(machine, "power"), cycle, "power-cut", ms));
}

static uint32_t changed_words(const struct machine *machine, const uint8_t *before)
{
    uint32_t changed = 0;
    for (size_t i = 0; i < machine->board->ram.size_bytes; i += 4) {
        changed += memcmp(machine->ram + i, before + i, 4) != 0;
    }
    return changed;
}

static void test_what_is_lost_and_what_is_kept(void **state)
{
    (void)state;
    static uint8_t before[64 * 1024];
    struct snapshot_bench bench;
    const uint32_t kept = 0xCAFE;
    snapshot_bench_open(&bench, &guest);
    struct machine *machine = bench.machine;
    assert_int_equal(machine_poke(machine, UICR_WORD, &kept, 4), 4);
    (void)machine_run(machine, 20 * MS);
    write_register(machine, GPREGRET, 0xA5);
    assert_int_equal(word_at(machine, GPREGRET), 0xA5);
    memcpy(before, machine->ram, sizeof before);
    uint32_t flash = word_at(machine, 0x30000);
    cut(machine, 20 * MS + 7, 5);
    assert_int_equal(machine_run(machine, 25 * MS), MACHINE_STOP_LIMIT);
    assert_int_equal(clock_now(&machine->clock), 25 * MS); /* in the dark */
    assert_in_range(changed_words(machine, before), 16300, 16384);
    assert_int_equal(machine->reset_count, 0);
    assert_int_equal(word_at(machine, GPREGRET), 0);
    assert_int_equal(word_at(machine, RESETREAS), 0);
    assert_int_equal(word_at(machine, UICR_WORD), kept);
    assert_int_equal(word_at(machine, 0x30000), flash);
    uint64_t instructions = cpu_counters(machine->cpu)->instructions;
    /* It was cut at the end of the instruction in which cycle 7 lay. */
    (void)machine_run(machine, 25 * MS + 6);
    assert_int_equal(machine->reset_count, 0);
    (void)machine_run(machine, 40 * MS);
    assert_int_equal(machine->reset_count, 1);
    assert_true(cpu_counters(machine->cpu)->instructions > instructions + 1000);
    assert_int_equal(word_at(machine, RESETREAS), 0);
    snapshot_bench_close(&bench);
}

static void test_it_can_stay_away(void **state)
{
    (void)state;
    struct snapshot_bench bench;
    snapshot_bench_open(&bench, &guest);
    struct machine *machine = bench.machine;
    (void)machine_run(machine, 5 * MS);
    machine_cut_power(machine, CHIP_STAYS_OFF, 1);
    assert_int_equal(machine_run(machine, 500 * MS), MACHINE_STOP_OFF);
    machine_cut_power(machine, 1, 1); /* there is nothing to cut */
    assert_int_equal(machine_run(machine, 600 * MS), MACHINE_STOP_OFF);
    assert_int_equal(clock_now(&machine->clock), 600 * MS);
    machine_restore_power(machine);
    (void)machine_run(machine, 700 * MS);
    assert_int_equal(machine->reset_count, 1);
    snapshot_bench_close(&bench);
}

/* Saved without a supply, it goes on as if it had not been saved. */
static void test_a_snapshot_in_the_dark(void **state)
{
    (void)state;
    struct snapshot_bench first, second;
    struct machine_snapshot dark = {0}, wanted = {0}, got = {0};
    snapshot_bench_open(&first, &guest);
    snapshot_bench_open(&second, &guest);
    cut(first.machine, 3 * MS, 4);
    (void)machine_run(first.machine, 5 * MS);
    snapshot_bench_save(&first, &dark);
    snapshot_bench_restore(&second, &dark);
    (void)machine_run(first.machine, 20 * MS);
    (void)machine_run(second.machine, 20 * MS);
    snapshot_bench_save(&first, &wanted);
    snapshot_bench_save(&second, &got);
    snapshot_bench_compare(&wanted, &got, "20 ms");
    machine_snapshot_free(&dark);
    machine_snapshot_free(&wanted);
    machine_snapshot_free(&got);
    snapshot_bench_close(&first);
    snapshot_bench_close(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_lost_and_what_is_kept),
        cmocka_unit_test(test_it_can_stay_away),
        cmocka_unit_test(test_a_snapshot_in_the_dark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
