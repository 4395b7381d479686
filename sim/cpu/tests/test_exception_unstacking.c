/* An exception that comes while a return unstacks, lockup and the NMI that ends it,
 * ICSR.VECTPENDING.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/cpu/tests/exception_fixture.h"

#define FPCCR     SCS(0xF34U)
#define LSPACT    1U
#define LOCKUP_PC 0xFFFFFFFEU

/* The frame is used again: the handler returns to what was interrupted first. */
static void an_exception_ends_the_unstacking(void **state)
{
    (void)state;
    for (uint32_t fp = 0; fp < 3; fp++) {
        struct fixture *f = fixture_new();
        irq_enable(f, 1, 0x60);
        irq_enable(f, 2, 0x60);
        reg_write(f, SCS(0xD88U), 0x00F00000U);
        to_process(f);
        f->regs.psp = PSP_START - 4;
        f->regs.control |= fp != 0 ? CONTROL_FPCA : 0;
        f->regs.s[7] = 0x77;
        enter(f, IRQ(1));
        uint32_t frame = f->regs.psp;
        uint32_t exc_return = f->regs.lr;
        if (fp == 2) {
            assert_int_equal(exception_prepare_fp(&f->unit, &f->cycles), EXCEPTION_NONE);
        }
        assert_int_equal(leave(f, exc_return), EXCEPTION_RETURNED);
        assert_int_equal(f->regs.psp, PSP_START - 4);
        assert_int_equal(exception_poll_unstacking(&f->unit, &f->cycles), EXCEPTION_NONE);
        irq_pulse(f, 2);
        assert_int_equal(exception_poll_unstacking(&f->unit, &f->cycles), EXCEPTION_ENTERED);
        assert_int_equal(f->cycles, 6);
        assert_int_equal(ipsr(f), IRQ(2));
        assert_int_equal(f->regs.lr, exc_return);
        assert_int_equal(f->regs.psp, frame);
        assert_int_equal(f->regs.control, CONTROL_NPRIV);
        assert_int_equal(reg_read(f, FPCCR) & LSPACT, fp == 1 ? LSPACT : 0);
        assert_int_equal(leave(f, exc_return), EXCEPTION_RETURNED);
        assert_int_equal(f->regs.psp, PSP_START - 4);
        assert_int_equal(f->regs.s[7], 0x77);
        assert_int_equal(f->regs.control & CONTROL_FPCA, fp != 0 ? CONTROL_FPCA : 0);
        fixture_free(f);
    }
}

/* It must preempt what is returned to, not only the handler that was left. */
static void a_lower_exception_does_not(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    irq_enable(f, 1, 0x60);
    irq_enable(f, 2, 0x20);
    irq_enable(f, 3, 0x60);
    enter(f, IRQ(1));
    enter(f, IRQ(2));
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    irq_pulse(f, 3);
    assert_int_equal(exception_poll_unstacking(&f->unit, &f->cycles), EXCEPTION_NONE);
    assert_int_equal(ipsr(f), IRQ(1));
    fixture_free(f);
}

/* BASEPRI and FAULTMASK count, PRIMASK and what is active do not. */
static void vectpending(void **state)
{
    (void)state;
    static const struct row {
        uint32_t basepri, faultmask, primask, active, nmi, expected;
    } rows[] = {
        {.expected = IRQ(2)},
        {.primask = 1, .expected = IRQ(2)},
        {.active = 1, .expected = IRQ(2)},
        {.basepri = 0x60, .expected = IRQ(2)},
        {.basepri = 0x40, .expected = 0},
        {.basepri = 0x20, .expected = 0},
        {.faultmask = 1, .expected = 0},
        {.faultmask = 1, .nmi = 1, .expected = 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct fixture *f = fixture_new();
        irq_enable(f, 1, 0x20);
        irq_enable(f, 2, 0x40);
        irq_enable(f, 3, 0x80);
        if (r->active != 0) {
            enter(f, IRQ(1));
        }
        irq_pulse(f, 2);
        irq_pulse(f, 3);
        if (r->nmi != 0) {
            reg_write(f, ICSR, 1U << 31);
        }
        f->regs.basepri = r->basepri;
        f->regs.faultmask = r->faultmask;
        f->regs.primask = r->primask;
        if ((reg_read(f, ICSR) >> 12 & 0x1FFU) != r->expected) {
            fail_msg("row %zu: ICSR %08x", i, (unsigned)reg_read(f, ICSR));
        }
        fixture_free(f);
    }
}

static void nmi_ends_lockup_at_hardfault_level(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    irq_enable(f, 1, 0);
    enter(f, EXCEPTION_HARDFAULT);
    assert_int_equal(svc(f), EXCEPTION_LOCKUP);
    assert_int_equal(f->regs.pc, LOCKUP_PC);
    irq_pulse(f, 1);
    assert_false(exception_ends_lockup(&f->unit));
    reg_write(f, ICSR, 1U << 31);
    assert_true(exception_ends_lockup(&f->unit));
    assert_int_equal(poll(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), EXCEPTION_NMI);
    assert_int_equal(f->last_from_pc, LOCKUP_PC);
    assert_int_equal(svc(f), EXCEPTION_LOCKUP); /* in NMI: for good */
    reg_write(f, ICSR, 1U << 31);
    assert_false(exception_ends_lockup(&f->unit));
    assert_int_equal(exception_reset(&f->unit), EXCEPTION_ENTERED);
    assert_int_equal(f->regs.pc, THREAD_PC);
    fixture_free(f);
}

/* The core locks up at the priority of the exception whose vector it cannot read. */
static void lockup_has_the_priority_of_the_missing_vector(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    reg_write(f, SCS(0xD08U), 0x30000000);
    assert_int_equal(svc(f), EXCEPTION_LOCKUP);
    assert_int_equal(exception_execution_priority(&f->unit), -1);
    assert_false(exception_ends_lockup(&f->unit));
    reg_write(f, ICSR, 1U << 31);
    assert_true(exception_ends_lockup(&f->unit));
    assert_int_equal(poll(f), EXCEPTION_LOCKUP);
    assert_int_equal(exception_execution_priority(&f->unit), -2);
    assert_false(exception_ends_lockup(&f->unit));
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exception_ends_the_unstacking),
        cmocka_unit_test(a_lower_exception_does_not),
        cmocka_unit_test(vectpending),
        cmocka_unit_test(nmi_ends_lockup_at_hardfault_level),
        cmocka_unit_test(lockup_has_the_priority_of_the_missing_vector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
