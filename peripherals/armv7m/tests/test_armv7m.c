/* The System Control Space poked as a bus: reset values, writable bits and access widths of every
 * register, privilege, what is not there. The tables are the manuals' (ARMv7-M ARM, B3.2; Cortex-M4
 * TRM, chapters 4, 6, 7). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "peripherals/armv7m/armv7m.h"

#define SCS(offset) (0x0000E000U + (offset))

struct world {
    struct clock clock;
    struct diag diag;
    struct armv7m core;
    uint32_t resets, mpu_changes, attentions;
};

static void on_reset(void *context)
{
    struct world *w = context;
    w->resets++;
}

static void on_mpu(void *context)
{
    struct world *w = context;
    w->mpu_changes++;
}

static void on_attention(void *context)
{
    struct world *w = context;
    w->attentions++;
}

static struct world *world_new(bool fp_present)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    clock_init(&w->clock, 64000000);
    struct armv7m_config config = {
        .clock = &w->clock,
        .diag = &w->diag,
        .irq_count = 39,
        .priority_bits = 3,
        .fp_present = fp_present,
        .reset_requested = on_reset,
        .mpu_changed = on_mpu,
        .attention = on_attention,
        .context = w,
    };
    armv7m_init(&w->core, &config);
    armv7m_reset(&w->core);
    return w;
}

static uint32_t read_sized(struct world *w, uint32_t offset, uint8_t size)
{
    uint32_t value;
    struct bus_access access = {.offset = offset, .size_bytes = size, .privileged = true};
    assert_int_equal(armv7m_read(&w->core, access, &value), BUS_OK);
    return value;
}

static void write_sized(struct world *w, uint32_t offset, uint8_t size, uint32_t value)
{
    struct bus_access access = {.offset = offset, .size_bytes = size, .privileged = true};
    assert_int_equal(armv7m_write(&w->core, access, value), BUS_OK);
}

static uint32_t read_word(struct world *w, uint32_t offset)
{
    return read_sized(w, offset, 4);
}

static void write_word(struct world *w, uint32_t offset, uint32_t value)
{
    write_sized(w, offset, 4, value);
}

/* Which widths a write may have. */
enum widths { WORDS, ALL };

static const struct row {
    const char *name;
    uint32_t offset;
    uint32_t reset;
    uint32_t ones; /* what it reads after 0xFFFFFFFF was written; reset if read-only */
    enum widths writes;
} rows[] = {
    {"ICTR", SCS(0x004), 0x00000001, 0x00000001, WORDS},
    {"ACTLR", SCS(0x008), 0x00000000, 0x00000307, WORDS},
    {"SYST_CSR", SCS(0x010), 0x00000004, 0x00000007, WORDS},
    {"SYST_RVR", SCS(0x014), 0x00000000, 0x00FFFFFF, WORDS},
    {"SYST_CVR", SCS(0x018), 0x00000000, 0x00000000, WORDS},
    {"SYST_CALIB", SCS(0x01C), 0xC0000000, 0xC0000000, WORDS},
    {"NVIC_ISER0", SCS(0x100), 0x00000000, 0xFFFFFFFF, ALL},
    {"NVIC_ISER1", SCS(0x104), 0x00000000, 0x0000007F, ALL},
    {"NVIC_ISER2", SCS(0x108), 0x00000000, 0x00000000, ALL},
    {"NVIC_ICER0", SCS(0x180), 0x00000000, 0x00000000, ALL},
    {"NVIC_ISPR0", SCS(0x200), 0x00000000, 0xFFFFFFFF, ALL},
    {"NVIC_ISPR1", SCS(0x204), 0x00000000, 0x0000007F, ALL},
    {"NVIC_ISPR7", SCS(0x21C), 0x00000000, 0x00000000, ALL},
    {"NVIC_ICPR0", SCS(0x280), 0x00000000, 0x00000000, ALL},
    {"NVIC_IABR0", SCS(0x300), 0x00000000, 0x00000000, WORDS},
    {"NVIC_IPR0", SCS(0x400), 0x00000000, 0xE0E0E0E0, ALL},
    {"NVIC_IPR9", SCS(0x424), 0x00000000, 0x00E0E0E0, ALL},
    {"NVIC_IPR10", SCS(0x428), 0x00000000, 0x00000000, ALL},
    {"NVIC_IPR59", SCS(0x4EC), 0x00000000, 0x00000000, ALL},
    {"CPUID", SCS(0xD00), 0x410FC241, 0x410FC241, WORDS},
    {"VTOR", SCS(0xD08), 0x00000000, 0xFFFFFF80, WORDS},
    {"AIRCR", SCS(0xD0C), 0xFA050000, 0xFA050000, WORDS}, /* no key */
    {"SCR", SCS(0xD10), 0x00000000, 0x00000016, WORDS},
    {"CCR", SCS(0xD14), 0x00000200, 0x0000031B, WORDS},
    {"SHPR1", SCS(0xD18), 0x00000000, 0x00E0E0E0, ALL},
    {"SHPR2", SCS(0xD1C), 0x00000000, 0xE0000000, ALL},
    {"SHPR3", SCS(0xD20), 0x00000000, 0xE0E000E0, ALL},
    {"SHCSR", SCS(0xD24), 0x00000000, 0x0007FD8B, WORDS},
    {"CFSR", SCS(0xD28), 0x00000000, 0x00000000, ALL},
    {"HFSR", SCS(0xD2C), 0x00000000, 0x00000000, WORDS},
    {"DFSR", SCS(0xD30), 0x00000000, 0x00000000, WORDS},
    {"MMFAR", SCS(0xD34), 0x00000000, 0xFFFFFFFF, WORDS},
    {"BFAR", SCS(0xD38), 0x00000000, 0xFFFFFFFF, WORDS},
    {"AFSR", SCS(0xD3C), 0x00000000, 0x00000000, WORDS},
    {"ID_PFR0", SCS(0xD40), 0x00000030, 0x00000030, WORDS},
    {"ID_PFR1", SCS(0xD44), 0x00000200, 0x00000200, WORDS},
    {"ID_DFR0", SCS(0xD48), 0x00100000, 0x00100000, WORDS},
    {"ID_AFR0", SCS(0xD4C), 0x00000000, 0x00000000, WORDS},
    {"ID_MMFR0", SCS(0xD50), 0x00100030, 0x00100030, WORDS},
    {"ID_MMFR1", SCS(0xD54), 0x00000000, 0x00000000, WORDS},
    {"ID_MMFR2", SCS(0xD58), 0x01000000, 0x01000000, WORDS},
    {"ID_MMFR3", SCS(0xD5C), 0x00000000, 0x00000000, WORDS},
    {"ID_ISAR0", SCS(0xD60), 0x01141110, 0x01141110, WORDS},
    {"ID_ISAR1", SCS(0xD64), 0x02112000, 0x02112000, WORDS},
    {"ID_ISAR2", SCS(0xD68), 0x21232231, 0x21232231, WORDS},
    {"ID_ISAR3", SCS(0xD6C), 0x01111131, 0x01111131, WORDS},
    {"ID_ISAR4", SCS(0xD70), 0x01310132, 0x01310132, WORDS},
    {"CPACR", SCS(0xD88), 0x00000000, 0x00F00000, WORDS},
    {"MPU_TYPE", SCS(0xD90), 0x00000800, 0x00000800, WORDS},
    {"MPU_CTRL", SCS(0xD94), 0x00000000, 0x00000007, WORDS},
    {"MPU_RNR", SCS(0xD98), 0x00000000, 0x00000000, WORDS}, /* 0xFFFFFFFF: dropped */
    {"MPU_RASR", SCS(0xDA0), 0x00000000, 0x173FFF3F, ALL},
    {"DHCSR", SCS(0xDF0), 0x00000000, 0x00000000, WORDS},
    {"DCRDR", SCS(0xDF8), 0x00000000, 0xFFFFFFFF, WORDS},
    {"DEMCR", SCS(0xDFC), 0x00000000, 0x010F07F1, WORDS},
    {"FPCCR", SCS(0xF34), 0xC0000000, 0xC000017B, WORDS},
    {"FPCAR", SCS(0xF38), 0x00000000, 0xFFFFFFF8, WORDS},
    {"FPDSCR", SCS(0xF3C), 0x00000000, 0x07C00000, WORDS},
    {"MVFR0", SCS(0xF40), 0x10110021, 0x10110021, WORDS},
    {"MVFR1", SCS(0xF44), 0x11000011, 0x11000011, WORDS},
    {"PID4", SCS(0xFD0), 0x00000004, 0x00000004, WORDS},
    {"PID0", SCS(0xFE0), 0x0000000C, 0x0000000C, WORDS},
    {"PID1", SCS(0xFE4), 0x000000B0, 0x000000B0, WORDS},
    {"PID2", SCS(0xFE8), 0x0000000B, 0x0000000B, WORDS},
    {"CID0", SCS(0xFF0), 0x0000000D, 0x0000000D, WORDS},
    {"CID1", SCS(0xFF4), 0x000000E0, 0x000000E0, WORDS},
    {"CID2", SCS(0xFF8), 0x00000005, 0x00000005, WORDS},
    {"CID3", SCS(0xFFC), 0x000000B1, 0x000000B1, WORDS},
    {"DWT_CTRL", 0x1000, 0x40000000, 0x40000000, WORDS}, /* TRCENA is off */
    {"DWT_CYCCNT", 0x1004, 0x00000000, 0x00000000, WORDS},
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

static void every_register_has_its_reset_value(void **state)
{
    (void)state;
    struct world *w = world_new(true);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (read_word(w, rows[i].offset) != rows[i].reset) {
            fail_msg("%s", rows[i].name);
        }
        assert_int_equal(armv7m_peek(&w->core, rows[i].offset), rows[i].reset);
    }
    assert_int_equal(w->diag.count[DIAG_GUEST_ERROR], 0);
    free(w);
}

static void every_register_keeps_its_writable_bits_until_reset(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        struct world *w = world_new(true);
        write_word(w, rows[i].offset, 0xFFFFFFFFU);
        uint32_t value = read_word(w, rows[i].offset);
        if (value != rows[i].ones) {
            fail_msg("%s: 0x%08x", rows[i].name, (unsigned)value);
        }
        armv7m_reset(&w->core);
        if (read_word(w, rows[i].offset) != rows[i].reset) {
            fail_msg("%s after reset", rows[i].name);
        }
        free(w);
    }
}

/* Bytes and halves: what each register takes is in the table; where it takes words only, the write
 * is ignored and reported. */
static void narrow_writes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        for (uint8_t size = 1; size <= 2; size++) {
            struct world *w = world_new(true);
            uint32_t at = rows[i].offset + size; /* lane 1 of the bytes, 1 of the halves */
            uint32_t mask = size == 1 ? 0x0000FF00U : 0xFFFF0000U;
            write_sized(w, at, size, 0xFFFFFFFFU);
            uint32_t all = (rows[i].reset & ~mask) | (rows[i].ones & mask);
            uint32_t expected = rows[i].writes == ALL ? all : rows[i].reset;
            if (read_word(w, rows[i].offset) != expected) {
                fail_msg("%s, %u bytes: 0x%08x", rows[i].name, size,
                         (unsigned)read_word(w, rows[i].offset));
            }
            free(w);
        }
    }
}

static void narrow_reads_give_the_lane(void **state)
{
    (void)state;
    struct world *w = world_new(true);
    assert_int_equal(read_sized(w, SCS(0xD00), 1), 0x41);
    assert_int_equal(read_sized(w, SCS(0xD01), 1), 0xC2);
    assert_int_equal(read_sized(w, SCS(0xD02), 2), 0x410F);
    write_word(w, SCS(0x404), 0x60402000);
    assert_int_equal(read_sized(w, SCS(0x405), 1), 0x20);
    assert_int_equal(read_sized(w, SCS(0x406), 2), 0x6040);
    free(w);
}

static void unprivileged_access_faults(void **state)
{
    (void)state;
    struct world *w = world_new(true);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        uint32_t value;
        struct bus_access access = {.offset = rows[i].offset, .size_bytes = 4};
        assert_int_equal(armv7m_read(&w->core, access, &value), BUS_FAULT);
        assert_int_equal(armv7m_write(&w->core, access, 0xFFFFFFFFU), BUS_FAULT);
        assert_int_equal(read_word(w, rows[i].offset), rows[i].reset);
    }
    free(w);
}

static void stir_may_be_opened_to_unprivileged_code(void **state)
{
    (void)state;
    struct world *w = world_new(true);
    struct bus_access access = {.offset = SCS(0xF00), .size_bytes = 4};
    uint32_t value;
    assert_int_equal(armv7m_write(&w->core, access, 3), BUS_FAULT);
    write_word(w, SCS(0xD14), 0x202);
    assert_int_equal(armv7m_write(&w->core, access, 3), BUS_OK);
    assert_int_equal(armv7m_write(&w->core, access, 39), BUS_OK); /* no such line */
    assert_int_equal(armv7m_read(&w->core, access, &value), BUS_FAULT);
    assert_int_equal(read_word(w, SCS(0x200)), 1U << 3);
    assert_int_equal(read_word(w, SCS(0x204)), 0);
    free(w);
}

static void absent_addresses_fault_probed_units_read_0(void **state)
{
    (void)state;
    static const struct {
        uint32_t offset;
        enum bus_result result;
    } probes[] = {
        {0x00000, BUS_OK},    {0x00E80, BUS_OK},    {0x02100, BUS_OK}, {0x03000, BUS_FAULT},
        {0x0D000, BUS_FAULT}, {0x0F000, BUS_FAULT}, {0x40000, BUS_OK}, {0x41000, BUS_OK},
        {0x42000, BUS_FAULT}, {0xFE000, BUS_FAULT}, {0xFFFFC, BUS_OK},
    };
    struct world *w = world_new(true);
    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++) {
        struct bus_access access = {
            .offset = probes[i].offset, .size_bytes = 4, .privileged = true};
        uint32_t value = 1;
        assert_int_equal(armv7m_write(&w->core, access, 1), probes[i].result);
        assert_int_equal(armv7m_read(&w->core, access, &value), probes[i].result);
        assert_int_equal(value, 0);
    }
    assert_int_equal(read_word(w, 0xFF000), 0xFFF0F003); /* the ROM table's way to the SCS */
    assert_int_equal(w->diag.count[DIAG_GUEST_ERROR], 0);
    (void)read_word(w, SCS(0xD8C));
    write_word(w, SCS(0xD80), 1);
    (void)read_word(w, SCS(0x520));
    assert_int_equal(w->diag.count[DIAG_GUEST_ERROR], 3);
    free(w);
}

static void without_fp_its_registers_are_zero(void **state)
{
    (void)state;
    struct world *w = world_new(false);
    static const uint32_t offsets[] = {0xD88, 0xF34, 0xF38, 0xF3C, 0xF40, 0xF44};
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        write_word(w, SCS(offsets[i]), 0xFFFFFFFFU);
        assert_int_equal(read_word(w, SCS(offsets[i])), 0);
    }
    assert_false(scb_fp_enabled(&w->core.scb, true));
    free(w);
}

static void system_reset_needs_the_key(void **state)
{
    (void)state;
    struct world *w = world_new(true);
    write_word(w, SCS(0xD0C), 0x00000004);
    assert_int_equal(w->resets, 0);
    assert_int_equal(w->diag.count[DIAG_GUEST_ERROR], 1);
    write_word(w, SCS(0xD0C), 0x05FA0304);
    assert_int_equal(w->resets, 1);
    assert_int_equal(read_word(w, SCS(0xD0C)), 0xFA050300);
    free(w);
}

static void mpu_writes_are_accounted_and_told(void **state)
{
    (void)state;
    struct world *w = world_new(true);
    w->mpu_changes = 0;
    clock_set_now(&w->clock, 100);
    write_word(w, SCS(0xD9C), 0x20000013); /* region 3 */
    write_word(w, SCS(0xDA0), 0x03000027);
    write_sized(w, SCS(0xDA2), 2, 0x0601); /* the attribute half alone */
    assert_int_equal(read_word(w, SCS(0xDA0)), 0x06010027);
    assert_int_equal(w->mpu_changes, 3);
    assert_int_equal(w->core.mpu_account.register_writes, 3);
    assert_int_equal(w->core.mpu_account.open_since_cycle, 100);
    write_word(w, SCS(0xD90), 0);     /* TYPE */
    write_word(w, SCS(0xD98), 8);     /* no such region */
    write_word(w, SCS(0xDBC), 1);     /* no register */
    write_sized(w, SCS(0xD94), 1, 1); /* CTRL is a word */
    assert_int_equal(w->diag.count[DIAG_GUEST_ERROR], 4);
    assert_int_equal(w->mpu_changes, 3);
    assert_int_equal(w->core.mpu.ctrl, 0);
    armv7m_reset(&w->core);
    assert_int_equal(w->mpu_changes, 4);
    assert_int_equal(read_word(w, SCS(0xDA0)), 0);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_register_has_its_reset_value),
        cmocka_unit_test(every_register_keeps_its_writable_bits_until_reset),
        cmocka_unit_test(narrow_writes),
        cmocka_unit_test(narrow_reads_give_the_lane),
        cmocka_unit_test(unprivileged_access_faults),
        cmocka_unit_test(stir_may_be_opened_to_unprivileged_code),
        cmocka_unit_test(absent_addresses_fault_probed_units_read_0),
        cmocka_unit_test(without_fp_its_registers_are_zero),
        cmocka_unit_test(system_reset_needs_the_key),
        cmocka_unit_test(mpu_writes_are_accounted_and_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
