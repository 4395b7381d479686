/* sim/cpu/tests/test_cpu_fp.c - the floating-point context as a running guest sees it: when it
 * begins, when it is stored, what that takes. Guest: guests/fp.s. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#include "sim/cpu/tests/cpu_fixture.h"

#define RAM      FIXTURE_RAM_BASE
#define WANTS_FP RAM
#define DELAY    (RAM + 4)
#define SEEN     (RAM + 0x100)
#define AFTER    (RAM + 0x200)
#define ENOUGH   1000000U
#define FAR      100000U
#define LAZY     0xC0000000U
#define LSPACT   1U
#define RECORD   0x18U /* HFRDY, THREAD */
#define S(i)     (0x3F800000U + (i))

enum guest_case {
    CONTEXT,
    IT_SKIP,
    ASPEN_OFF,
    NEW_CONTEXT,
    INTERRUPTED,
    SUM,
    SUM_MASKED,
    MASK_WRITE,
    UNDEFINED,
    UNDEFINED_2,
};

static struct fixture *start(unsigned which)
{
    struct fixture *f = fixture_create("fp", NULL);
    fixture_start(f, which);
    return f;
}

static void assert_context_is_back(const struct fixture *f)
{
    for (uint32_t i = 0; i < 17; i++) {
        assert_int_equal(fixture_word(f, AFTER + 4 * i), S(i));
    }
    assert_int_equal(fixture_word(f, AFTER + 68), 0x90000010U);
    assert_int_equal(fixture_word(f, AFTER + 72), 4);
}

static void test_a_handler_without_fp_stores_nothing(void **state)
{
    (void)state;
    struct fixture *f = start(CONTEXT);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
    uint32_t frame = RAM + 0x8000 - 104;
    assert_int_equal(fixture_word(f, SEEN), LAZY | LSPACT | RECORD);
    assert_int_equal(fixture_word(f, SEEN + 4), frame + 32);
    assert_int_equal(fixture_word(f, SEEN + 8), 0xFFFFFFE9U);
    assert_int_equal(fixture_word(f, frame + 32), 0);
    assert_context_is_back(f);
    fixture_destroy(f);
}

static void test_a_handler_with_fp_stores_first(void **state)
{
    (void)state;
    struct fixture *f = start(CONTEXT);
    fixture_poke(f, WANTS_FP, 1);
    fixture_poke(f, DELAY, FAR);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
    uint32_t frame = RAM + 0x8000 - 104;
    for (uint32_t i = 0; i < 16; i++) {
        assert_int_equal(fixture_word(f, frame + 32 + 4 * i), S(i));
    }
    assert_int_equal(fixture_word(f, frame + 96), 0x90000010U);
    assert_int_equal(fixture_word(f, SEEN + 12), LAZY | RECORD);
    assert_int_equal(fixture_word(f, SEEN + 16), 4);
    assert_int_equal(fixture_word(f, SEEN + 20) & 0x07C00000U, 0x03000000U);
    assert_int_equal(f->log[1].cycle - f->log[0].cycle, 1 + 17 + 1); /* store, 17 words, VMOV */
    assert_context_is_back(f);
    fixture_destroy(f);
}

static void test_a_skipped_instruction_begins_no_context(void **state)
{
    (void)state;
    struct fixture *f = start(IT_SKIP);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
    assert_int_equal(fixture_reg(f, 4), 7);
    assert_int_equal(fixture_reg(f, 5), 0);
    assert_int_equal(fixture_reg(f, 6), 4);
    assert_int_equal(fixture_reg(f, 8), 1);
    assert_int_equal(fixture_reg(f, 7), 4);
    struct cpu_regs regs = fixture_regs(f);
    assert_int_equal(regs.s[0], 0);
    assert_int_equal(regs.s[1], 0x40000000U);
    assert_int_equal(regs.s[2], 0x40800000U);
    fixture_destroy(f);
}

static void test_without_aspen_software_keeps_fpca(void **state)
{
    (void)state;
    static const uint32_t expected[] = {4, 0, 0, 0x90000010U, 4, 4, 0, 4}; /* r4 to r11 */
    struct fixture *f = start(ASPEN_OFF);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
    for (unsigned i = 0; i < 8; i++) {
        if (fixture_reg(f, 4 + i) != expected[i]) {
            fail_msg("r%u is %08x", 4 + i, (unsigned)fixture_reg(f, 4 + i));
        }
    }
    assert_int_equal(fixture_word(f, SEEN + 8), 0xFFFFFFE9U);
    assert_int_equal(fixture_regs(f).control, 4);
    fixture_destroy(f);
}

static void test_a_new_context_takes_fpdscr(void **state)
{
    (void)state;
    struct fixture *f = start(NEW_CONTEXT);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
    assert_int_equal(fixture_reg(f, 5), 0x97C00010U);
    assert_int_equal(fixture_reg(f, 6), 4);
    fixture_destroy(f);
}

/* The handler of SVC stores to the device (1 cycle), then VMOV: 17 cycles of storing, 1 of its own.
 * An interrupt in the middle does not wait, and the store starts over after it. */
static void test_an_interrupt_breaks_into_the_store(void **state)
{
    (void)state;
    uint32_t first = 0;
    for (uint32_t delay = 1; delay < 24; delay++) {
        struct fixture *f = start(INTERRUPTED);
        f->event_pends = true;
        fixture_poke(f, WANTS_FP, 1);
        fixture_poke(f, DELAY, delay);
        assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
        assert_context_is_back(f);
        bool before = delay < 18; /* the store ends 18 cycles after the access */
        first = delay == 1 ? f->exception[1].from_pc : first;
        assert_int_equal(f->exception[1].from_pc == first, before);
        assert_int_equal(fixture_word(f, SEEN + 32), f->exception[1].from_pc);
        uint64_t event = f->log[0].cycle + delay;
        uint64_t entered = f->exception[1].cycle;
        if (before) {
            uint64_t returned = f->exception[2].cycle;
            assert_int_equal(entered, event);
            assert_true(f->exception[2].returned);
            assert_int_equal(f->log[2].cycle, returned + 10 + 17 + 1);
        } else {
            assert_in_range(entered, event, event + 1);
        }
        fixture_destroy(f);
    }
}

static void test_interrupts_change_no_sum(void **state)
{
    (void)state;
    struct fixture *f = start(SUM_MASKED);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
    assert_int_equal(fixture_reg(f, 7), 0x44BBA000U); /* 1 + 1000 + 500 */
    fixture_destroy(f);
    f = start(SUM);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
    assert_int_equal(fixture_reg(f, 7), 0x44BBA000U);
    assert_true(fixture_word(f, SEEN) > 30);
    fixture_destroy(f);
}

static void test_software_may_ask_for_the_store(void **state)
{
    (void)state;
    struct fixture *f = start(MASK_WRITE);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
    for (uint32_t i = 0; i < 16; i++) {
        assert_int_equal(fixture_word(f, RAM + 0x400 + 4 * i), S(i));
    }
    assert_int_equal(fixture_word(f, RAM + 0x440), 0x90000010U);
    assert_int_equal(fixture_reg(f, 3), LAZY);
    fixture_destroy(f);
}

static void test_an_undefined_instruction_begins_no_context(void **state)
{
    (void)state;
    for (unsigned i = UNDEFINED; i <= UNDEFINED_2; i++) {
        struct fixture *f = start(i);
        assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
        assert_int_equal(f->last_fault.kind, FAULT_UNDEFINSTR);
        assert_int_equal(fixture_word(f, SEEN), 0xFFFFFFF9U);
        fixture_destroy(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_handler_without_fp_stores_nothing),
        cmocka_unit_test(test_a_handler_with_fp_stores_first),
        cmocka_unit_test(test_a_skipped_instruction_begins_no_context),
        cmocka_unit_test(test_without_aspen_software_keeps_fpca),
        cmocka_unit_test(test_a_new_context_takes_fpdscr),
        cmocka_unit_test(test_an_interrupt_breaks_into_the_store),
        cmocka_unit_test(test_interrupts_change_no_sum),
        cmocka_unit_test(test_software_may_ask_for_the_store),
        cmocka_unit_test(test_an_undefined_instruction_begins_no_context),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
