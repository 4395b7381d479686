/* nRF52832 and nRF52840 differ where their descriptions do: each register of the table is written
 * on the boards of both chips and read back, with the chip files of this project and with trees in
 * the shape of Zephyr's. Widths and presence are from the vendor's descriptions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "peripherals/catalogue.h"
#include "sim/loader/file.h"
#include "sim/machine/machine.h"
#include "sim/machine/machine_internal.h"

#define ABSENT   0xDEADBEEFU /* a bus fault, or a diag that names it */
#define READONLY 0xDEAD0000U /* `written`: only read */

struct chip_row {
    const char *what;
    uint32_t address, written;
    uint32_t nrf52832, nrf52840; /* what reads back, or ABSENT */
};

static const struct chip_row rows[] = {
    {"FICR INFO.PART", 0x10000100, READONLY, 0x52832, 0x52840},
    {"FICR INFO.RAM, in kB", 0x1000010C, READONLY, 64, 256},
    {"FICR INFO.FLASH, in kB", 0x10000110, READONLY, 512, 1024},
    {"FICR CODESIZE, in pages", 0x10000014, READONLY, 128, 256},
    {"UARTE0 RXD.MAXCNT", 0x40002538, 0xFFFFFFFF, 0xFF, 0xFFFF},
    {"UARTE0 TXD.MAXCNT", 0x40002548, 0xFFFFFFFF, 0xFF, 0xFFFF},
    {"UARTE1 TXD.MAXCNT", 0x40028548, 0xFFFFFFFF, ABSENT, 0xFFFF},
    {"TIMER0 CC[3]", 0x4000854C, 0x12345678, 0x12345678, 0x12345678},
    {"TIMER0 CC[4]", 0x40008550, 0x12345678, ABSENT, ABSENT},
    {"TIMER3 CC[5]", 0x4001A554, 0x12345678, 0x12345678, 0x12345678},
    {"TIMER4 CC[5]", 0x4001B554, 0x12345678, 0x12345678, 0x12345678},
    {"RTC0 CC[2]", 0x4000B548, 0x00123456, 0x00123456, 0x00123456},
    {"RTC0 CC[3]", 0x4000B54C, 0x00123456, ABSENT, ABSENT},
    {"RTC2 CC[3]", 0x4002454C, 0x00123456, 0x00123456, 0x00123456},
    {"P0 OUT", 0x50000504, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF},
    {"P1 OUT", 0x50000804, 0x0000FFFF, ABSENT, 0x0000FFFF},
    {"P1 PIN_CNF[15]", 0x50000A3C, 0x0000000C, ABSENT, 0x0000000C},
    {"PWM1 COUNTERTOP", 0x40021508, 0x00007FFF, 0x00007FFF, 0x00007FFF},
    {"PWM2 COUNTERTOP", 0x40022508, 0x00007FFF, 0x00007FFF, 0x00007FFF},
    {"PWM3 COUNTERTOP", 0x4002D508, 0x00007FFF, ABSENT, 0x00007FFF},
    {"GPIOTE CONFIG[0], port bit", 0x40006510, 0x00002000, 0, 0x00002000},
    {"POWER DCDCEN0", 0x40000580, 1, ABSENT, 1},
};

/* SPIM and TWIM have MAXCNT where ENABLE has selected them. */
static const struct chip_row serial_rows[] = {
    {"SPIM2 ENABLE", 0x40023500, 7, 7, 7},
    {"SPIM2 TXD.MAXCNT", 0x40023548, 0xFFFFFFFF, 0xFF, 0xFFFF},
    {"SPIM3 ENABLE", 0x4002F500, 7, ABSENT, 7},
    {"SPIM3 TXD.MAXCNT", 0x4002F548, 0xFFFFFFFF, ABSENT, 0xFFFF},
    {"TWIM0 ENABLE", 0x40003500, 6, 6, 6},
    {"TWIM0 RXD.MAXCNT", 0x40003538, 0xFFFFFFFF, 0xFF, 0xFFFF},
};

static struct machine *make(const char *path, struct board *board)
{
    struct sim_error error = {.status = SIM_OK};
    struct file_bytes blob;
    struct machine_config config = {.board = board};
    if (!file_read(path, &blob, &error) ||
        !board_parse(path, blob.data, blob.size, catalogue_find, board, &error)) {
        fail_msg("%s", error.text);
    }
    config.absent = catalogue_absent_entries(&config.absent_count);
    struct machine *machine = machine_create(&config, &error);
    assert_string_equal(error.text, "");
    machine_reset(machine, RESET_POWER_ON);
    file_free(&blob);
    return machine;
}

/* As the core would, but without one. ABSENT: nothing is there, or the device says so. */
static uint32_t use(struct machine *machine, const struct chip_row *row)
{
    uint32_t value = 0;
    const struct address_window *window = address_map_find(&machine->map, row->address);
    uint64_t complaints = machine->diag.count[DIAG_GUEST_ERROR];
    if (window == NULL || window->device_class == NULL) {
        return ABSENT;
    }
    const struct bus_access access = {
        .offset = row->address - window->origin, .size_bytes = 4, .privileged = true};
    if (row->written != READONLY) {
        (void)window->device_class->write(window->device, access, row->written);
    }
    (void)window->device_class->read(window->device, access, &value);
    return machine->diag.count[DIAG_GUEST_ERROR] == complaints ? value : ABSENT;
}

static void check(struct machine *machine, const struct chip_row *row, bool is_nrf52840)
{
    uint32_t expected = is_nrf52840 ? row->nrf52840 : row->nrf52832;
    uint32_t found = use(machine, row);
    if (found != expected) {
        fail_msg("%s: 0x%08x instead of 0x%08x", row->what, found, expected);
    }
}

static void check_board(const char *path, bool is_nrf52840)
{
    static struct board board;
    struct machine *machine = make(path, &board);
    assert_int_equal(board.pin_count, is_nrf52840 ? 48 : 32);
    assert_int_equal(board.flash.size_bytes, is_nrf52840 ? 0x100000 : 0x80000);
    assert_int_equal(board.ram.size_bytes, is_nrf52840 ? 0x40000 : 0x10000);
    assert_int_equal(board.chip->irq_count, is_nrf52840 ? 48 : 39);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check(machine, &rows[i], is_nrf52840);
    }
    for (size_t i = 0; i < sizeof serial_rows / sizeof serial_rows[0]; i++) {
        check(machine, &serial_rows[i], is_nrf52840);
    }
    machine_destroy(machine);
    board_free(&board);
}

static void test_nrf52832(void **state)
{
    (void)state;
    check_board(BOARDS "/nrf52dk.dtb", false);
    check_board(BOARDS "/pinetime.dtb", false);
}

static void test_nrf52840(void **state)
{
    (void)state;
    check_board(BOARDS "/nrf52840dk.dtb", true);
    check_board(BOARDS "/security_key.dtb", true);
    check_board(BOARDS "/sensor_node.dtb", true);
}

static void test_trees_of_zephyr(void **state)
{
    (void)state;
    check_board(ZEPHYR_BOARDS "/zephyr_nrf52dk_nrf52832.dtb", false);
    check_board(ZEPHYR_BOARDS "/zephyr_pinetime_devkit0.dtb", false);
    check_board(ZEPHYR_BOARDS "/zephyr_nrf52840dk_nrf52840.dtb", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nrf52832),
        cmocka_unit_test(test_nrf52840),
        cmocka_unit_test(test_trees_of_zephyr),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
