/* sim/cpu/tests/test_cpu_exceptions.c - exceptions as a running guest sees them: what comes while a
 * return unstacks, lockup, ignored bus faults. Guest: guests/exceptions.s. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#include "sim/cpu/tests/cpu_fixture.h"

#define RAM       FIXTURE_RAM_BASE
#define DELAY     RAM
#define SEEN      (RAM + 0x100)
#define ENOUGH    1000000U
#define ICSR      0xED04U
#define BUS_FAULT 0x8200U /* BFARVALID, PRECISERR */

enum guest_case { UNSTACKING, LOCKUP, IGNORED, IGNORED_MASKED, PENDINGS, EXCLUSIVE, NMI_FIRST };

static struct fixture *start(enum guest_case which)
{
    struct fixture *f = fixture_create("exceptions", NULL);
    f->event_pends = true;
    fixture_start(f, which);
    return f;
}

static void pend_nmi(struct fixture *f)
{
    struct bus_access access = {.offset = ICSR, .size_bytes = 4, .privileged = true};
    assert_int_equal(armv7m_write(cpu_core(f->cpu), access, 1U << 31), BUS_OK);
}

/* The handler's store, its branch of 3 cycles, then the 10 cycles of the return: an interrupt in
 * the handler or while the return unstacks is tail-chained, one after it stacks again. */
static void test_an_interrupt_at_each_cycle_of_a_return(void **state)
{
    (void)state;
    uint32_t chained = 0;
    uint64_t own = 0; /* cycles of the handler's first instruction */
    for (uint32_t delay = 1; delay < 24; delay++) {
        struct fixture *f = start(UNSTACKING);
        fixture_poke(f, DELAY, delay);
        assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
        const struct fixture_exception *pendsv_left = &f->exception[1];
        const struct fixture_exception *irq = &f->exception[2];
        assert_true(pendsv_left->returned);
        uint64_t event = f->log[0].cycle + delay;
        if (irq->exception == 16 && event > pendsv_left->cycle) {
            bool unstacking = event < pendsv_left->cycle + 10;
            chained += unstacking ? 1 : 0;
            assert_in_range(irq->cycle, event, event + (unstacking ? 0 : 1));
            /* From there to the handler's second instruction, a store to the device. */
            uint64_t first = f->log[1].cycle - irq->cycle - (unstacking ? 6 : 12);
            assert_in_range(first, 1, 3);
            own = own == 0 ? first : own;
            assert_int_equal(first, own);
        }
        assert_int_equal(fixture_word(f, SEEN), RAM + 0x8000 - 32);
        assert_int_equal(fixture_regs(f).msp, RAM + 0x8000);
        assert_int_equal(fixture_reg(f, 4), 4);
        fixture_destroy(f);
    }
    assert_int_equal(chained, 9);
}

static void test_an_nmi_ends_lockup_and_returns_to_it(void **state)
{
    (void)state;
    struct fixture *f = start(LOCKUP);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_LOCKUP);
    assert_int_equal(fixture_regs(f).pc, 0xFFFFFFFEU);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_LOCKUP);
    pend_nmi(f);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_LOCKUP);
    assert_int_equal(fixture_word(f, SEEN + 16), 0xFFFFFFFEU);
    assert_int_equal(fixture_regs(f).pc, 0xFFFFFFFEU);
    assert_int_equal(fixture_regs(f).xpsr & XPSR_IPSR, 3);
    cpu_reset(f->cpu);
    assert_int_equal(fixture_regs(f).xpsr & XPSR_IPSR, 0);
    assert_int_not_equal(fixture_regs(f).pc, 0xFFFFFFFEU);
    fixture_destroy(f);
}

static void test_bfhfnmign(void **state)
{
    (void)state;
    struct fixture *f = start(IGNORED);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
    assert_int_equal(fixture_word(f, SEEN + 4), 0);
    assert_int_equal(fixture_word(f, SEEN + 8), BUS_FAULT | 0x10000U);
    assert_int_equal(fixture_word(f, SEEN + 12), FIXTURE_DEVICE_BASE + DEVICE_BAD);
    assert_int_equal(f->fault_count, 1); /* the undefined instruction alone */
    fixture_destroy(f);

    f = start(IGNORED_MASKED);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
    assert_int_equal(fixture_reg(f, 5), 0);
    assert_int_equal(fixture_reg(f, 4), 0);
    assert_int_equal(f->last_fault.kind, FAULT_PRECISERR);
    assert_int_equal(f->fault_count, 1);
    fixture_destroy(f);
}

static void test_vectpending_under_basepri(void **state)
{
    (void)state;
    struct fixture *f = start(PENDINGS);
    (void)fixture_run(f, 1000);
    assert_int_equal(fixture_reg(f, 4) >> 12 & 0x1FFU, 16);
    assert_int_equal(fixture_reg(f, 5) >> 12 & 0x1FFU, 0);
    assert_int_equal(fixture_reg(f, 6) >> 12 & 0x1FFU, 16);
    assert_int_equal(fixture_reg(f, 7) >> 12 & 0x1FFU, 0);
    fixture_destroy(f);
}

static void test_exceptions_open_the_exclusive_monitor(void **state)
{
    (void)state;
    static const uint32_t expected[] = {0, 1, 1, 1}; /* r4 to r7 */
    struct fixture *f = start(EXCLUSIVE);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
    assert_int_equal(f->event_count, 1);
    for (unsigned i = 0; i < 4; i++) {
        if (fixture_reg(f, 4 + i) != expected[i]) {
            fail_msg("r%u is %u", 4 + i, (unsigned)fixture_reg(f, 4 + i));
        }
    }
    fixture_destroy(f);
}

/* ICSR.NMIPENDSET and PENDSVSET in one store: the NMI, then PendSV tail-chained to it. */
static void test_nmi_by_icsr(void **state)
{
    (void)state;
    struct fixture *f = start(NMI_FIRST);
    assert_int_equal(fixture_run(f, ENOUGH), CPU_STOP_SLEEP);
    assert_int_equal(f->exception_count, 4);
    static const uint32_t order[] = {2, 2, 14, 14};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(f->exception[i].exception, order[i]);
        assert_int_equal(f->exception[i].returned, i % 2);
    }
    assert_int_equal(f->exception[2].from_pc, f->exception[0].from_pc);
    fixture_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_interrupt_at_each_cycle_of_a_return),
        cmocka_unit_test(test_an_nmi_ends_lockup_and_returns_to_it),
        cmocka_unit_test(test_bfhfnmign),
        cmocka_unit_test(test_vectpending_under_basepri),
        cmocka_unit_test(test_exceptions_open_the_exclusive_monitor),
        cmocka_unit_test(test_nmi_by_icsr),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
