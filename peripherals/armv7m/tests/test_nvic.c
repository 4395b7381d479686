/* Lines, pending bits and their registers: levels and pulses, set and clear registers, ICSR and
 * SHCSR as views of the same state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/armv7m/nvic.h"
#include "peripherals/armv7m/scb.h"

#define ISER 0x100U
#define ICER 0x180U
#define ISPR 0x200U
#define ICPR 0x280U
#define IABR 0x300U
#define IPR  0x400U
#define ICSR 0xD04U

struct world {
    struct diag diag;
    struct nvic nvic;
    struct scb scb;
    uint32_t changes, became_pending;
};

static void on_changed(void *context, bool became_pending)
{
    struct world *w = context;
    w->changes++;
    w->became_pending += became_pending ? 1 : 0;
}

static void set_up(struct world *w, uint32_t irq_count, uint32_t priority_bits)
{
    *w = (struct world){0};
    nvic_init(&w->nvic, &(struct nvic_config){.irq_count = irq_count,
                                              .priority_bits = priority_bits,
                                              .diag = &w->diag,
                                              .changed = on_changed,
                                              .context = w});
    scb_init(&w->scb, &(struct scb_config){.nvic = &w->nvic, .diag = &w->diag});
}

static uint32_t get(struct world *w, uint32_t offset)
{
    uint32_t value;
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    assert_int_equal(nvic_owns(offset) ? nvic_read(&w->nvic, access, &value)
                                       : scb_read(&w->scb, access, &value),
                     BUS_OK);
    return value;
}

static void put(struct world *w, uint32_t offset, uint8_t size, uint32_t value)
{
    struct bus_access access = {.offset = offset, .size_bytes = size, .privileged = true};
    assert_int_equal(nvic_owns(offset) ? nvic_write(&w->nvic, access, value)
                                       : scb_write(&w->scb, access, value),
                     BUS_OK);
}

static void enables_are_set_and_cleared_by_ones(void **state)
{
    (void)state;
    struct world w;
    set_up(&w, 39, 3);
    put(&w, ISER, 4, 0x80000101);
    put(&w, ISER + 4, 4, 0x40);
    put(&w, ISER + 1, 1, 0x02); /* bit 9 */
    assert_int_equal(get(&w, ISER), 0x80000301);
    assert_int_equal(get(&w, ICER), 0x80000301);
    put(&w, ICER, 4, 0x80000001);
    put(&w, ICER + 1, 1, 0x01);
    assert_int_equal(get(&w, ISER), 0x00000200);
    assert_true(nvic_is_enabled(&w.nvic, 16 + 38));
    assert_int_equal(get(&w, ISER + 4), 0x40);
}

static void all_240_lines_have_their_bits(void **state)
{
    (void)state;
    struct world w;
    set_up(&w, 240, 8);
    for (uint32_t irqn = 0; irqn < 240; irqn++) {
        put(&w, ISER + 4 * (irqn / 32), 4, 1U << (irqn % 32));
        put(&w, IPR + irqn, 1, irqn);
        nvic_set_line(&w.nvic, irqn, true);
        assert_true(nvic_is_enabled(&w.nvic, 16 + irqn));
        assert_int_equal(nvic_highest_pending(&w.nvic), 16 + irqn);
        assert_int_equal(nvic_priority(&w.nvic, 16 + irqn), irqn);
        assert_int_equal(get(&w, ISPR + 4 * (irqn / 32)), 1U << (irqn % 32));
        nvic_enter(&w.nvic, 16 + irqn);
        assert_int_equal(get(&w, IABR + 4 * (irqn / 32)), 1U << (irqn % 32));
        assert_int_equal(nvic_active_priority(&w.nvic, 0), irqn & ~1U);
        nvic_set_line(&w.nvic, irqn, false);
        nvic_leave(&w.nvic, 16 + irqn);
        assert_int_equal(nvic_highest_pending(&w.nvic), 0);
    }
    nvic_set_line(&w.nvic, 240, true);
    assert_false(nvic_irq_pending(&w.nvic));
}

/* (line, pending, active) under each stimulus. */
static void pending_follows_lines_and_registers(void **state)
{
    (void)state;
    enum stimulus { RISE, FALL, SET, CLEAR, ENTER, LEAVE };
    static const struct {
        const char *name;
        enum stimulus steps[6];
        uint32_t count;
        bool pending;
    } rows[] = {
        {"rise", {RISE}, 1, true},
        {"a pulse stays", {RISE, FALL}, 2, true},
        {"a cleared pulse is gone", {RISE, FALL, CLEAR}, 3, false},
        {"a level cannot be cleared", {RISE, CLEAR}, 2, true},
        {"entered", {RISE, ENTER}, 2, false},
        {"still high at return", {RISE, ENTER, LEAVE}, 3, true},
        {"low at return", {RISE, ENTER, FALL, LEAVE}, 4, false},
        {"a pulse while active", {RISE, FALL, ENTER, RISE, FALL, LEAVE}, 6, true},
        {"rises again while active", {RISE, ENTER, FALL, RISE}, 4, true},
        {"cleared while active and high", {RISE, ENTER, FALL, RISE, CLEAR}, 5, false},
        {"set by software", {SET}, 1, true},
        {"set and cleared", {SET, CLEAR}, 2, false},
        {"set while active", {RISE, FALL, ENTER, SET, LEAVE}, 5, true},
        {"level set again is no edge", {RISE, ENTER, RISE}, 3, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct world w;
        set_up(&w, 39, 3);
        for (uint32_t s = 0; s < rows[i].count; s++) {
            switch (rows[i].steps[s]) {
            case RISE:
                nvic_set_line(&w.nvic, 33, true);
                break;
            case FALL:
                nvic_set_line(&w.nvic, 33, false);
                break;
            case SET:
                put(&w, ISPR + 4, 4, 2);
                break;
            case CLEAR:
                put(&w, ICPR + 4, 4, 2);
                break;
            case ENTER:
                nvic_enter(&w.nvic, 49);
                break;
            case LEAVE:
                nvic_leave(&w.nvic, 49);
                break;
            }
        }
        if (nvic_is_pending(&w.nvic, 49) != rows[i].pending) {
            fail_msg("%s", rows[i].name);
        }
        assert_int_equal(get(&w, ISPR + 4), rows[i].pending ? 2 : 0);
    }
}

static void highest_pending_needs_the_enable(void **state)
{
    (void)state;
    struct world w;
    set_up(&w, 39, 3);
    put(&w, ISPR, 4, 0x0F);
    assert_int_equal(nvic_highest_pending(&w.nvic), 0);
    assert_int_equal(get(&w, ICSR) & 0x007FF000, 0x00400000); /* ISRPENDING alone */
    put(&w, ISER, 4, 0x0C);
    put(&w, IPR + 2, 1, 0x40);
    put(&w, IPR + 3, 1, 0x20);
    assert_int_equal(nvic_highest_pending(&w.nvic), 19);
    assert_int_equal(get(&w, ICSR) & 0x007FF000, 0x00400000 | 19 << 12);
}

static void icsr_sets_and_clears(void **state)
{
    (void)state;
    struct world w;
    set_up(&w, 39, 3);
    static const struct {
        uint32_t set, clear, exception;
    } rows[] = {{1U << 28, 1U << 27, 14}, {1U << 26, 1U << 25, 15}};
    for (size_t i = 0; i < 2; i++) {
        put(&w, ICSR, 4, rows[i].set);
        assert_int_equal(get(&w, ICSR), 0x800 | rows[i].set | rows[i].exception << 12);
        put(&w, ICSR, 4, 0);
        assert_true(nvic_is_pending(&w.nvic, rows[i].exception));
        put(&w, ICSR, 4, rows[i].clear);
        assert_int_equal(get(&w, ICSR), 0x800);
    }
    put(&w, ICSR, 4, 1U << 31);
    assert_int_equal(get(&w, ICSR), 1U << 31 | 0x800 | 2 << 12);
}

static void shcsr_shows_and_sets(void **state)
{
    (void)state;
    static const struct {
        uint32_t active, pended, enabled; /* bit numbers; 32: none */
        uint32_t exception;
    } rows[] = {{0, 13, 16, 4},  {1, 14, 17, 5},   {3, 12, 18, 6},  {7, 15, 32, 11},
                {8, 32, 32, 12}, {10, 32, 32, 14}, {11, 32, 32, 15}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct world w;
        set_up(&w, 39, 3);
        nvic_enter(&w.nvic, rows[i].exception);
        assert_int_equal(get(&w, 0xD24), 1U << rows[i].active);
        put(&w, 0xD24, 4, 0);
        assert_false(nvic_is_active(&w.nvic, rows[i].exception));
        if (rows[i].pended < 32) {
            put(&w, 0xD24, 4, 1U << rows[i].pended);
            assert_true(nvic_is_pending(&w.nvic, rows[i].exception));
            put(&w, 0xD24, 4, 0);
            assert_false(nvic_is_pending(&w.nvic, rows[i].exception));
        }
        if (rows[i].enabled < 32) {
            put(&w, 0xD24, 4, 1U << rows[i].enabled);
            assert_true(nvic_is_enabled(&w.nvic, rows[i].exception));
        }
    }
}

static void status_registers_clear_by_ones(void **state)
{
    (void)state;
    struct world w;
    set_up(&w, 39, 3);
    w.scb.state.cfsr = 0x030FBFBB;
    put(&w, 0xD28, 1, 0x01);
    assert_int_equal(get(&w, 0xD28), 0x030FBFBA);
    put(&w, 0xD29, 1, 0x80);
    assert_int_equal(get(&w, 0xD28), 0x030F3FBA);
    put(&w, 0xD2A, 2, 0x0201);
    assert_int_equal(get(&w, 0xD28), 0x010E3FBA);
    put(&w, 0xD28, 4, 0xFFFFFFFF);
    assert_int_equal(get(&w, 0xD28), 0);
    w.scb.state.hfsr = 0xC0000002;
    put(&w, 0xD2C, 4, 0x40000000);
    assert_int_equal(get(&w, 0xD2C), 0x80000002);
    w.scb.state.dfsr = 0x1F;
    put(&w, 0xD30, 4, 0x02);
    assert_int_equal(get(&w, 0xD30), 0x1D);
}

static void groups_split_priorities(void **state)
{
    (void)state;
    static const struct {
        int32_t priority;
        uint32_t prigroup;
        int32_t group;
    } rows[] = {{0xE0, 0, 0xE0}, {0xE0, 4, 0xE0}, {0xE0, 5, 0xC0}, {0xE0, 6, 0x80},
                {0xE0, 7, 0},    {-1, 7, -1},     {-2, 0, -2},     {0x60, 6, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(nvic_group_priority(rows[i].priority, rows[i].prigroup), rows[i].group);
    }
}

static void changes_are_told_and_new_pendings_named(void **state)
{
    (void)state;
    struct world w;
    set_up(&w, 39, 3);
    nvic_set_line(&w.nvic, 1, true);
    assert_int_equal(w.became_pending, 1);
    put(&w, ISPR, 4, 2); /* pending already */
    assert_int_equal(w.became_pending, 1);
    uint32_t changes = w.changes;
    put(&w, ISER, 4, 2);
    put(&w, IPR + 1, 1, 0x40);
    put(&w, 0xD0C, 4, 0x05FA0500); /* PRIGROUP */
    assert_int_equal(w.changes, changes + 3);
}

static void fp_is_enabled_by_cpacr(void **state)
{
    (void)state;
    static const struct {
        uint32_t cpacr;
        bool privileged, unprivileged;
    } rows[] = {{0, false, false},
                {0x00500000, true, false},
                {0x00F00000, true, true},
                {0x00300000, false, false},
                {0x00A00000, false, false}};
    struct world w;
    set_up(&w, 39, 3);
    w.scb.config.fp_present = true;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put(&w, 0xD88, 4, rows[i].cpacr);
        assert_int_equal(scb_fp_enabled(&w.scb, true), rows[i].privileged);
        assert_int_equal(scb_fp_enabled(&w.scb, false), rows[i].unprivileged);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enables_are_set_and_cleared_by_ones),
        cmocka_unit_test(all_240_lines_have_their_bits),
        cmocka_unit_test(pending_follows_lines_and_registers),
        cmocka_unit_test(highest_pending_needs_the_enable),
        cmocka_unit_test(icsr_sets_and_clears),
        cmocka_unit_test(shcsr_shows_and_sets),
        cmocka_unit_test(status_registers_clear_by_ones),
        cmocka_unit_test(groups_split_priorities),
        cmocka_unit_test(changes_are_told_and_new_pendings_named),
        cmocka_unit_test(fp_is_enabled_by_cpacr),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
