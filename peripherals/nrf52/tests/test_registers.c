/* Existence, reset value and access of every register of all devices, on both chips, against
 * tables derived from the vendor's register description (tools/svd_registers.py). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/nrf52/ccm_aar.h"
#include "peripherals/nrf52/clock_power.h"
#include "peripherals/nrf52/comp.h"
#include "peripherals/nrf52/ecb.h"
#include "peripherals/nrf52/egu.h"
#include "peripherals/nrf52/errata.h"
#include "peripherals/nrf52/ficr.h"
#include "peripherals/nrf52/gpio.h"
#include "peripherals/nrf52/gpiote.h"
#include "peripherals/nrf52/mwu.h"
#include "peripherals/nrf52/nvmc.h"
#include "peripherals/nrf52/ppi.h"
#include "peripherals/nrf52/radio.h"
#include "peripherals/nrf52/pwm.h"
#include "peripherals/nrf52/qdec.h"
#include "peripherals/nrf52/qspi.h"
#include "peripherals/nrf52/rng.h"
#include "peripherals/nrf52/rtc.h"
#include "peripherals/nrf52/saadc.h"
#include "peripherals/nrf52/serial_box.h"
#include "peripherals/nrf52/temp.h"
#include "peripherals/nrf52/tests/system_bench.h"
#include "peripherals/nrf52/timer.h"
#include "peripherals/nrf52/uarte.h"
#include "peripherals/nrf52/uicr.h"
#include "peripherals/nrf52/usbd.h"
#include "peripherals/nrf52/wdt.h"

#define WINDOW_BYTES 0x1000U
#define NAME_BYTES   32

struct row {
    char peripheral[NAME_BYTES], name[NAME_BYTES], access[NAME_BYTES];
    uint32_t base, offset, reset_value;
};

struct chip {
    const char *file;
    uint32_t flash_bytes;
    uint32_t register_count; /* of the devices below */
};

static struct chip chips[] = {
    {REGISTERS_DIR "/nrf52832_registers.txt", 512U * 1024U, 1207},
    {REGISTERS_DIR "/nrf52840_registers.txt", 1024U * 1024U, 1568},
};

static const struct {
    uint32_t base;
    const struct device_class *device_class;
} devices[] = {
    {0x10000000, &nrf52_ficr_class},        {0x10001000, &nrf52_uicr_class},
    {0x40000000, &nrf52_clock_power_class}, {0x4000C000, &nrf52_temp_class},
    {0x4000D000, &nrf52_rng_class},         {0x40010000, &nrf52_wdt_class},
    {0x4001E000, &nrf52_nvmc_class},        {0x50000000, &nrf52_gpio_class},
    {0x50000300, &nrf52_gpio_class},        {0x40006000, &nrf52_gpiote_class},
    {0x4001F000, &nrf52_ppi_class},         {0x40002000, &nrf52_uarte_class},
    {0x40008000, &nrf52_timer_class},       {0x4000B000, &nrf52_rtc_class},
    {0x40003000, &nrf52_serial_box_class},  {0x40004000, &nrf52_serial_box_class},
    {0x40023000, &nrf52_serial_box_class},  {0x4002F000, &nrf52_serial_box_class},
    {0x4000E000, &nrf52_ecb_class},         {0x40014000, &nrf52_egu_class},
    {0x40007000, &nrf52_saadc_class},       {0x40013000, &nrf52_comp_class},
    {0x40001000, &nrf52_radio_class},       {0x40020000, &nrf52_mwu_class},
    {0x40027000, &nrf52_usbd_class},        {0x4001C000, &nrf52_pwm_class},
    {0x40012000, &nrf52_qdec_class},        {0x40029000, &nrf52_qspi_class},
    {0x4000F000, &nrf52_ccm_aar_class},
};
#define DEVICE_COUNT (sizeof devices / sizeof devices[0])

/* Reports that say that there is no such register. */
static uint32_t not_there;

/* Reports that what was asked for is not modelled. */
static uint32_t not_modelled;

static void report(void *context, enum diag_kind kind, const char *device, uint32_t offset,
                   const char *what)
{
    (void)context;
    (void)device;
    (void)offset;
    not_modelled += kind == DIAG_UNIMPLEMENTED;
    not_there +=
        strstr(what, "does not exist") != NULL || strstr(what, "factory does not write") != NULL;
}

static struct system_bench *start(size_t device, const struct chip *chip)
{
    struct system_bench *s =
        system_bench_new(devices[device].device_class, devices[device].base, chip->flash_bytes);
    s->bench->diag.report = report;
    not_there = not_modelled = 0;
    return s;
}

/* The next register of a peripheral at `base`. */
static bool next_row(FILE *file, uint32_t base, struct row *row)
{
    char line[160];
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "%31s %x %31s %x %x %31s", row->peripheral, &row->base, row->name,
                   &row->offset, &row->reset_value, row->access) == 6 &&
            row->base == base) {
            return true;
        }
    }
    return false;
}

/* Functions that share a window differ in a register or two: the one whose register it is works. */
static void select_function(struct bench *bench, const struct row *row)
{
    static const struct {
        const char *name;
        uint32_t enable;
    } functions[] = {{"SPIM", 7}, {"SPIS", 2}, {"SPI", 1}, {"TWIM", 6}, {"TWIS", 9}, {"TWI", 5}};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (strncmp(row->peripheral, functions[i].name, strlen(functions[i].name)) == 0) {
            bench_write(bench, 0x500, strcmp(row->name, "ENABLE") == 0 ? 0 : functions[i].enable);
            return;
        }
    }
}

/* Where the description does not say what a chip reads. */
static bool is_exempt(const struct row *row)
{
    bool ficr = strcmp(row->peripheral, "FICR") == 0;
    return (ficr && row->reset_value == 0xFFFFFFFF) || /* differs from chip to chip */
           strcmp(row->name, "INFO.VARIANT") == 0 ||   /* it has an older revision */
           strcmp(row->name, "READY") == 0;            /* nRF52832's omits the value: 1 */
}

static void reset_values_are_the_specified_ones(void **state)
{
    const struct chip *chip = *state;
    uint32_t compared = 0;
    for (size_t i = 0; i < DEVICE_COUNT; i++) {
        struct system_bench *s = start(i, chip);
        struct row row;
        FILE *file = fopen(chip->file, "r");
        assert_non_null(file);
        while (next_row(file, devices[i].base, &row)) {
            select_function(s->bench, &row);
            uint32_t read = bench_read(s->bench, row.offset);
            uint32_t peeked = devices[i].device_class->peek(s->bench->device, row.offset);
            if (not_there != 0 || read != peeked || (!is_exempt(&row) && read != row.reset_value)) {
                fail_msg("%s.%s at 0x%03X: reads 0x%X, peeks 0x%X, should be 0x%X%s",
                         row.peripheral, row.name, row.offset, read, peeked, row.reset_value,
                         not_there != 0 ? "; is not there" : "");
            }
            compared++;
        }
        (void)fclose(file);
        system_bench_free(s);
    }
    assert_int_equal(compared, chip->register_count);
}

/* Copies a name without its indices. */
static const char *without_index(const char *name, char *copy)
{
    size_t length = 0;
    for (; *name != '\0'; name++) {
        if (*name < '0' || *name > '9') {
            copy[length++] = *name;
        }
    }
    copy[length] = '\0';
    return copy;
}

/* Whether a row of the table names the peripheral in its first column. */
static bool is_row_of(const char *line, const char *peripheral)
{
    const char *end = line[0] == '|' ? strchr(line + 1, '|') : NULL;
    size_t length = strlen(peripheral);
    for (const char *at = line; end != NULL && at + length < end; at++) {
        if (strncmp(at, peripheral, length) == 0 && at[-1 + (at == line)] == ' ' &&
            (at[length] == ' ' || at[length] == ',')) {
            return true;
        }
    }
    return false;
}

/* Whether docs/fidelity/registers.md names the register as one that is not exact. */
static bool is_listed_as_inexact(const struct row *row)
{
    char line[1024], name[NAME_BYTES + 2], bare[NAME_BYTES];
    bool listed = false;
    FILE *file = fopen(FIDELITY_PAGE, "r");
    assert_non_null(file);
    (void)snprintf(name, sizeof name, "`%s`", without_index(row->name, bare));
    while (!listed && fgets(line, sizeof line, file) != NULL) {
        listed = is_row_of(line, row->peripheral) && strstr(line, name) != NULL;
    }
    (void)fclose(file);
    return listed;
}

static void what_is_reported_as_not_modelled_is_listed(void **state)
{
    const struct chip *chip = *state;
    for (size_t i = 0; i < DEVICE_COUNT; i++) {
        struct row row;
        FILE *file = fopen(chip->file, "r");
        assert_non_null(file);
        while (next_row(file, devices[i].base, &row)) {
            struct system_bench *s = start(i, chip);
            select_function(s->bench, &row);
            bench_write(s->bench, row.offset, UINT32_MAX);
            if (not_modelled != 0 && !is_listed_as_inexact(&row)) {
                fail_msg("%s.%s is reported as not modelled, and " FIDELITY_PAGE
                         " does not name it",
                         row.peripheral, row.name);
            }
            system_bench_free(s);
        }
        (void)fclose(file);
    }
}

static void registers_can_be_written_where_specified(void **state)
{
    const struct chip *chip = *state;
    for (size_t i = 0; i < DEVICE_COUNT; i++) {
        struct row row;
        FILE *file = fopen(chip->file, "r");
        assert_non_null(file);
        while (next_row(file, devices[i].base, &row)) {
            /* FICR and UICR are no registers: a write is another kind of mistake. */
            if (devices[i].base < 0x40000000) {
                continue;
            }
            struct system_bench *s = start(i, chip);
            select_function(s->bench, &row);
            bench_write(s->bench, row.offset, 0);
            if ((not_there != 0) != (strcmp(row.access, "read-only") == 0)) {
                fail_msg("%s.%s at 0x%03X is %s; reports after a write: %u", row.peripheral,
                         row.name, row.offset, row.access, not_there);
            }
            system_bench_free(s);
        }
        (void)fclose(file);
    }
}

/* Words of FICR that errata workarounds read. */
static bool is_undocumented(uint32_t base, uint32_t offset)
{
    uint32_t value;
    return nrf52_errata_get(base + offset, &value) ||
           (base == 0x10000000 && (offset == 0x130 || offset == 0x134 || offset == 0x244 ||
                                   offset == 0x258 || offset == 0x324));
}

static void nothing_else_is_there(void **state)
{
    const struct chip *chip = *state;
    for (size_t i = 0; i < DEVICE_COUNT; i++) {
        bool listed[WINDOW_BYTES / 4] = {false};
        bool on_chip = false; /* P1 is nRF52840's only */
        struct row row;
        FILE *file = fopen(chip->file, "r");
        assert_non_null(file);
        while (next_row(file, devices[i].base, &row)) {
            listed[row.offset / 4] = true;
            on_chip = true;
        }
        (void)fclose(file);
        if (!on_chip) {
            continue;
        }
        struct system_bench *s = start(i, chip);
        for (uint32_t offset = 0; offset < WINDOW_BYTES; offset += 4) {
            uint32_t before = not_there;
            (void)bench_read(s->bench, offset);
            bool there = not_there == before;
            /* All words of UICR are memory. */
            if (there != (listed[offset / 4] || is_undocumented(devices[i].base, offset)) &&
                devices[i].base != SYSTEM_UICR_BASE) {
                fail_msg("0x%08X is %s", devices[i].base + offset,
                         there ? "there, but in no description" : "missing");
            }
        }
        system_bench_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(reset_values_are_the_specified_ones, &chips[0]),
        cmocka_unit_test_prestate(registers_can_be_written_where_specified, &chips[0]),
        cmocka_unit_test_prestate(nothing_else_is_there, &chips[0]),
        cmocka_unit_test_prestate(what_is_reported_as_not_modelled_is_listed, &chips[0]),
        cmocka_unit_test_prestate(reset_values_are_the_specified_ones, &chips[1]),
        cmocka_unit_test_prestate(registers_can_be_written_where_specified, &chips[1]),
        cmocka_unit_test_prestate(nothing_else_is_there, &chips[1]),
        cmocka_unit_test_prestate(what_is_reported_as_not_modelled_is_listed, &chips[1]),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
