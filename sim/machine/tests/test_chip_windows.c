/* The boards' chips against tables derived from the vendor's register descriptions
 * (tools/svd_registers.py): each peripheral that is modelled is a device of the chip's devicetree,
 * at its address and with its interrupt, and every register of it reads its reset value there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/machine_internal.h"
#include "sim/machine/tests/snapshot_bench.h"

#define NAME_BYTES 32

static const struct chip {
    const char *board, *registers, *interrupts;
} chips[] = {
    {"nrf52dk", REGISTERS_DIR "/nrf52832_registers.txt", REGISTERS_DIR "/nrf52832_interrupts.txt"},
    {"nrf52840dk", REGISTERS_DIR "/nrf52840_registers.txt",
     REGISTERS_DIR "/nrf52840_interrupts.txt"},
};

struct row {
    char peripheral[NAME_BYTES], name[NAME_BYTES];
    uint32_t base, offset, reset_value;
};

static bool next_row(FILE *file, struct row *row)
{
    char line[160];
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "%31s %x %31s %x %x", row->peripheral, &row->base, row->name, &row->offset,
                   &row->reset_value) == 5) {
            return true;
        }
    }
    return false;
}

static const struct board_device *device_at(const struct board *board, uint32_t address)
{
    for (size_t i = 0; i < board->device_count; i++) {
        if (address - board->devices[i].base < board->devices[i].window_bytes) {
            return &board->devices[i];
        }
    }
    return NULL;
}

/* What differs from chip to chip, what the description does not have as this chip does, and what
 * says that the USB cable is in, which it is on the nRF52840-DK. */
static bool is_exempt(const struct row *row)
{
    return row->base < 0x40000000 || strcmp(row->name, "READY") == 0 ||
           strcmp(row->name, "EVENTS_USBDETECTED") == 0 || strcmp(row->name, "USBREGSTATUS") == 0;
}

/* Peripherals that share a window read as the one that ENABLE selects, and none is after a reset:
 * test_registers.c has those. */
static bool is_shared(const struct row *row)
{
    static const char *const boxes[] = {"SPI", "TWI", "COMP", "LPCOMP", "CCM", "AAR"};
    for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++) {
        if (strncmp(row->peripheral, boxes[i], strlen(boxes[i])) == 0) {
            return true;
        }
    }
    return false;
}

static void test_every_register_reads_its_reset_value(void **state)
{
    const struct chip *chip = *state;
    struct snapshot_bench bench;
    struct row row;
    uint32_t compared = 0;
    FILE *file = fopen(chip->registers, "r");
    assert_non_null(file);
    snapshot_bench_open(&bench, &(struct snapshot_guest){.board = chip->board});
    while (next_row(file, &row)) {
        uint32_t value = 0;
        if (device_at(&bench.board, row.base) == NULL) {
            fail_msg("%s: %s at 0x%08X is no device of the board", chip->board, row.peripheral,
                     row.base);
        }
        assert_int_equal(machine_peek(bench.machine, row.base + row.offset, &value, 4), 4);
        if (value != row.reset_value && !is_exempt(&row) && !is_shared(&row)) {
            fail_msg("%s: %s.%s at 0x%08X is 0x%X, should be 0x%X", chip->board, row.peripheral,
                     row.name, row.base + row.offset, value, row.reset_value);
        }
        compared++;
    }
    assert_true(compared > 1000);
    (void)fclose(file);
    snapshot_bench_close(&bench);
}

static void test_every_interrupt_is_the_peripherals(void **state)
{
    const struct chip *chip = *state;
    struct snapshot_bench bench;
    char line[160], name[NAME_BYTES];
    uint32_t base, irqn, compared = 0;
    FILE *file = fopen(chip->interrupts, "r");
    assert_non_null(file);
    snapshot_bench_open(&bench, &(struct snapshot_guest){.board = chip->board});
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "%31s %x %u", name, &base, &irqn) != 3) {
            continue;
        }
        const struct board_device *device = device_at(&bench.board, base);
        if (device == NULL || device->irqn != irqn) {
            fail_msg("%s: interrupt %u of %s at 0x%08X is %s", chip->board, irqn, name, base,
                     device == NULL ? "of no device" : "another one");
        }
        compared++;
    }
    assert_true(compared > 20);
    (void)fclose(file);
    snapshot_bench_close(&bench);
}

/* Whoever does nothing costs nothing, with everything that is on the board. A part may do something
 * when the power comes (a USB host sees it): a second later that is over. */
static void test_nothing_is_queued_after_a_reset(void **state)
{
    static const char *const boards[] = {"nrf52dk", "nrf52840dk", "security_key", "pinetime",
                                         "sensor_node"};
    (void)state;
    for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
        struct snapshot_bench bench;
        snapshot_bench_open(&bench, &(struct snapshot_guest){.board = boards[i]});
        for (uint32_t ms = 0; ms < 1000; ms++) {
            clock_set_now(&bench.machine->clock, clock_now(&bench.machine->clock) + 64000);
            clock_fire_due(&bench.machine->clock);
        }
        if (clock_next_due(&bench.machine->clock) != CLOCK_NEVER) {
            fail_msg("%s: an event is queued while nothing runs", boards[i]);
        }
        snapshot_bench_close(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_every_register_reads_its_reset_value, (void *)&chips[0]),
        cmocka_unit_test_prestate(test_every_register_reads_its_reset_value, (void *)&chips[1]),
        cmocka_unit_test_prestate(test_every_interrupt_is_the_peripherals, (void *)&chips[0]),
        cmocka_unit_test_prestate(test_every_interrupt_is_the_peripherals, (void *)&chips[1]),
        cmocka_unit_test(test_nothing_is_queued_after_a_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
