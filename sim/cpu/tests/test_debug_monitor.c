/* sim/cpu/tests/test_debug_monitor.c - a guest's own debug monitor: watchpoints and the cycle match
 * of the DWT, breakpoints of the FPB, stepping, what may not preempt. Guest: guests/debug.s. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#include "sim/cpu/tests/cpu_fixture.h"

#define RAM     FIXTURE_RAM_BASE
#define SEEN    (RAM + 0x100)
#define ENOUGH  1000000U
#define MATCHED 0x01000000U
#define HALTED  1U
#define BKPT    2U
#define DWTTRAP 4U

enum guest_case { WATCH, CODE, CYCLES, FPB, STEP, MASKED, DEVICE };

static struct fixture *run(enum guest_case which)
{
    struct fixture *f = fixture_create("debug", NULL);
    fixture_start(f, which);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
    return f;
}

static uint32_t entries(const struct fixture *f)
{
    return fixture_word(f, SEEN);
}

static uint32_t return_address(const struct fixture *f, uint32_t entry)
{
    return fixture_word(f, SEEN + 16 * entry);
}

static uint32_t dfsr(const struct fixture *f, uint32_t entry)
{
    return fixture_word(f, SEEN + 16 * entry + 4);
}

static uint32_t function0(const struct fixture *f, uint32_t entry)
{
    return fixture_word(f, SEEN + 16 * entry + 8);
}

/* The halfword at an address of the guest's code. */
static uint32_t code_at(const struct fixture *f, uint32_t address)
{
    return fixture_word(f, address & ~3U) >> (8 * (address & 2U)) & 0xFFFFU;
}

#define ADDS_R5_1 0x3501U
#define ADDEQ_R5  0x3501U

/* Each watched access raises the event once, right after its instruction. */
static void test_data_watchpoints(void **state)
{
    (void)state;
    struct fixture *f = run(WATCH);
    assert_int_equal(entries(f), 4);
    for (uint32_t i = 1; i <= 4; i++) {
        assert_int_equal(dfsr(f, i), DWTTRAP);
        assert_int_equal(code_at(f, return_address(f, i)), ADDS_R5_1);
        assert_int_equal(function0(f, i), i == 3 ? 6U : 6U | MATCHED);
    }
    assert_true(return_address(f, 1) < return_address(f, 2));
    assert_int_equal(code_at(f, return_address(f, 1) - 2), 0x71BDU); /* strb r5, [r7, #6] */
    assert_int_equal(code_at(f, return_address(f, 3) - 2), 0x8DFEU); /* ldrh r6, [r7, #46] */
    assert_int_equal(fixture_reg(f, 5), 5);
    assert_int_equal(fixture_reg(f, 8), 6);
    assert_int_equal(fixture_reg(f, 9), 5 | MATCHED);
    assert_int_equal(fixture_reg(f, 12), 5);
    assert_int_equal(fixture_word(f, RAM + 0x1004), 4);
    fixture_destroy(f);
}

/* The instruction has run when the event is taken. */
static void test_code_watchpoint(void **state)
{
    (void)state;
    struct fixture *f = run(CODE);
    assert_int_equal(entries(f), 3);
    for (uint32_t i = 1; i <= 3; i++) {
        assert_int_equal(dfsr(f, i), DWTTRAP);
        assert_int_equal(function0(f, i), 4 | MATCHED);
        assert_int_equal(code_at(f, return_address(f, i) - 2), 0x3D01U); /* subs r5, #1 */
    }
    assert_int_equal(fixture_reg(f, 5), 0);
    fixture_destroy(f);
}

static void test_cycle_match(void **state)
{
    (void)state;
    struct fixture *f = run(CYCLES);
    assert_int_equal(entries(f), 1);
    assert_int_equal(dfsr(f, 1), DWTTRAP);
    assert_int_equal(function0(f, 1), 0x84 | MATCHED);
    /* CYCCNT begins with the store to CTRL, and all after it takes a cycle. */
    uint32_t first = return_address(f, 1) - 2 * 199;
    assert_int_equal(code_at(f, first), ADDS_R5_1);
    assert_int_not_equal(code_at(f, first - 2), ADDS_R5_1);
    assert_int_equal(fixture_reg(f, 5), 250);
    fixture_destroy(f);
}

static void test_fpb_breakpoint(void **state)
{
    (void)state;
    struct fixture *f = run(FPB);
    assert_int_equal(entries(f), 1);
    assert_int_equal(dfsr(f, 1), BKPT);
    assert_int_equal(code_at(f, return_address(f, 1)), ADDS_R5_1); /* it has not run */
    assert_int_equal(fixture_reg(f, 9), 0x260);
    assert_int_equal(fixture_reg(f, 8), 0x260); /* the key was missing */
    assert_int_equal(fixture_reg(f, 5), 1);
    fixture_destroy(f);
}

/* The store itself is not stepped; each of the following is, also one that is skipped. */
static void test_stepping(void **state)
{
    (void)state;
    struct fixture *f = run(STEP);
    assert_int_equal(entries(f), 5);
    uint32_t at = return_address(f, 1);
    assert_int_equal(dfsr(f, 1), HALTED);
    assert_int_equal(code_at(f, at - 2), ADDS_R5_1);
    for (uint32_t i = 2; i <= 4; i++) {
        assert_int_equal(return_address(f, i), at + 2 * (i - 1));
    }
    assert_int_equal(code_at(f, return_address(f, 5)), 0x3601U); /* the SVC's handler */
    assert_int_equal(fixture_reg(f, 5), 4);
    assert_int_equal(fixture_reg(f, 6), 1);
    fixture_destroy(f);
}

static void test_what_may_not_preempt(void **state)
{
    (void)state;
    struct fixture *f = run(MASKED);
    assert_int_equal(entries(f), 0);
    assert_int_equal(fixture_reg(f, 8), 7 | MATCHED);
    assert_int_equal(fixture_reg(f, 9), 0);
    assert_int_equal(code_at(f, fixture_word(f, SEEN + 4)), 0xBE01U);
    assert_int_equal(fixture_word(f, SEEN + 8), 0x80000000U); /* DEBUGEVT */
    fixture_destroy(f);
}

static void test_a_device_is_accessed_once(void **state)
{
    (void)state;
    struct fixture *f = run(DEVICE);
    assert_int_equal(entries(f), 2);
    assert_int_equal(f->log_count, 3);
    assert_int_equal(code_at(f, return_address(f, 1)), ADDS_R5_1);
    assert_int_equal(code_at(f, return_address(f, 2)), ADDS_R5_1);
    assert_int_equal(fixture_reg(f, 6), 0x20);
    fixture_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data_watchpoints),
        cmocka_unit_test(test_code_watchpoint),
        cmocka_unit_test(test_cycle_match),
        cmocka_unit_test(test_fpb_breakpoint),
        cmocka_unit_test(test_stepping),
        cmocka_unit_test(test_what_may_not_preempt),
        cmocka_unit_test(test_a_device_is_accessed_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
