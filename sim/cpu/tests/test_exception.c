/* Exception entry, preemption, tail-chaining, late arrival, on plain state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/cpu/tests/exception_fixture.h"

#define TO_HANDLER    0xFFFFFFF1U
#define TO_THREAD_MSP 0xFFFFFFF9U
#define FORCED        0x40000000U

static void reset_loads_stack_and_entry(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    f->vectors[0] = 0x20001236;
    f->vectors[1] = 0x00000401;
    f->regs.primask = 1;
    f->regs.control = 7;
    irq_enable(f, 3, 0x20);
    reg_write(f, SCS(0xD08U), 0x80); /* VTOR */
    assert_int_equal(exception_reset(&f->unit), EXCEPTION_ENTERED);
    assert_int_equal(f->regs.msp, 0x20001234);
    assert_int_equal(f->regs.pc, 0x400);
    assert_int_equal(f->regs.xpsr, XPSR_T);
    assert_int_equal(f->regs.lr, 0xFFFFFFFFU);
    assert_int_equal(f->regs.control | f->regs.primask, 0);
    assert_int_equal(reg_read(f, SCS(0x100U)), 0);
    assert_int_equal(reg_read(f, SCS(0xD08U)), 0);
    fixture_free(f);
}

static enum bus_result nothing_there(void *context, uint32_t address, uint32_t *value)
{
    (void)context;
    (void)address;
    (void)value;
    return BUS_FAULT;
}

static void reset_without_memory_locks_up(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    f->unit.memory.read = nothing_there;
    assert_int_equal(exception_reset(&f->unit), EXCEPTION_LOCKUP);
    assert_int_equal(f->regs.pc, 0xFFFFFFFEU);
    fixture_free(f);
}

static void entry_stacks_the_frame_and_return_restores_it(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    irq_enable(f, 2, 0x40);
    f->regs.xpsr = 0xA8000000U | XPSR_T | 0x0600FC00U; /* N, C, Q and an IT/ICI state */
    struct cpu_regs before = f->regs;
    irq_pulse(f, 2);
    assert_int_equal(poll(f), EXCEPTION_ENTERED);
    assert_int_equal(f->cycles, 12);
    assert_int_equal(f->regs.pc, HANDLER(IRQ(2)));
    assert_int_equal(f->regs.lr, TO_THREAD_MSP);
    assert_int_equal(f->regs.msp, MSP_START - 32);
    assert_int_equal(f->regs.xpsr,
                     0xA8000000U | XPSR_T | IRQ(2)); /* IT/ICI cleared for the handler */
    static const uint32_t expected[] = {0x1000, 0x1001, 0x1002, 0x1003, 0x100C, 0x100E, THREAD_PC};
    for (uint32_t i = 0; i < 7; i++) {
        assert_int_equal(ram_word(f, f->regs.msp + 4 * i), expected[i]);
    }
    assert_int_equal(ram_word(f, f->regs.msp + 28), before.xpsr);
    assert_int_equal(f->last_from_pc, THREAD_PC);
    for (uint32_t i = 0; i < 4; i++) {
        f->regs.r[i] = 0;
    }
    f->regs.r[12] = 0;
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_int_equal(f->cycles, 10);
    assert_memory_equal(&f->regs, &before, sizeof before);
    assert_int_equal(f->returned_count, 1);
    assert_false(nvic_is_active(&f->core.nvic, IRQ(2)));
    fixture_free(f);
}

static void unaligned_stack_is_padded(void **state)
{
    (void)state;
    for (uint32_t aligns = 0; aligns < 2; aligns++) {
        struct fixture *f = fixture_new();
        reg_write(f, CCR, aligns != 0 ? 0x200 : 0);
        irq_enable(f, 2, 0x40);
        f->regs.msp = MSP_START - 4;
        irq_pulse(f, 2);
        assert_int_equal(poll(f), EXCEPTION_ENTERED);
        assert_int_equal(f->regs.msp, MSP_START - 4 - 32 - (aligns != 0 ? 4 : 0));
        assert_int_equal(ram_word(f, f->regs.msp + 28) & 0x200, aligns != 0 ? 0x200 : 0);
        assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
        assert_int_equal(f->regs.msp, MSP_START - 4);
        assert_int_equal(f->regs.xpsr, XPSR_T);
        fixture_free(f);
    }
}

/* Preemption: a pending interrupt against masks, an active one and groups. */
static void who_preempts_whom(void **state)
{
    (void)state;
    static const struct row {
        uint32_t prigroup, primask, faultmask, basepri;
        uint8_t active, pending; /* priority bytes of IRQ 1 (active; 0xFF: thread) and IRQ 2 */
        bool taken;
    } rows[] = {
        {0, 0, 0, 0, 0xFF, 0xE0, true},
        {0, 1, 0, 0, 0xFF, 0x00, false},
        {0, 0, 1, 0, 0xFF, 0x00, false},
        {0, 0, 0, 0x40, 0xFF, 0x40, false},
        {0, 0, 0, 0x40, 0xFF, 0x60, false},
        {0, 0, 0, 0x40, 0xFF, 0x20, true},
        {0, 0, 0, 0, 0x40, 0x40, false},
        {0, 0, 0, 0, 0x40, 0x20, true},
        {0, 0, 0, 0, 0x40, 0x60, false},
        {0, 0, 0, 0x20, 0x40, 0x20, false},
        {0, 0, 0, 0x80, 0x40, 0x60, false}, /* BASEPRI only raises */
        /* PRIGROUP 5: groups 0x00, 0x40, 0x80, 0xC0 */
        {5, 0, 0, 0, 0x60, 0x40, false},
        {5, 0, 0, 0, 0x80, 0x60, true},
        {5, 0, 0, 0x60, 0xFF, 0x40, false}, /* BASEPRI counts by group too */
        {5, 0, 0, 0x60, 0xFF, 0x20, true},
        /* PRIGROUP 7: no groups, nothing preempts an interrupt */
        {7, 0, 0, 0, 0xE0, 0x00, false},
        {7, 0, 0, 0, 0xFF, 0xE0, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct fixture *f = fixture_new();
        reg_write(f, AIRCR, 0x05FA0000U | r->prigroup << 8);
        if (r->active != 0xFF) {
            irq_enable(f, 1, r->active);
            enter(f, IRQ(1));
        }
        irq_enable(f, 2, r->pending);
        f->regs.primask = r->primask;
        f->regs.faultmask = r->faultmask;
        f->regs.basepri = r->basepri;
        irq_pulse(f, 2);
        if ((poll(f) == EXCEPTION_ENTERED) != r->taken) {
            fail_msg("row %zu", i);
        }
        fixture_free(f);
    }
}

static void nmi_preempts_everything_and_keeps_faultmask(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    enter(f, EXCEPTION_HARDFAULT);
    f->regs.faultmask = 1;
    reg_write(f, ICSR, 1U << 31);
    assert_int_equal(poll(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), EXCEPTION_NMI);
    assert_int_equal(leave(f, TO_HANDLER), EXCEPTION_RETURNED);
    assert_int_equal(f->regs.faultmask, 1);
    assert_int_equal(ipsr(f), EXCEPTION_HARDFAULT);
    assert_int_equal(leave(f, TO_THREAD_MSP), EXCEPTION_RETURNED);
    assert_int_equal(f->regs.faultmask, 0); /* cleared by any other return */
    fixture_free(f);
}

static void order_among_pending(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    static const struct {
        uint32_t irqn;
        uint8_t priority;
    } lines[] = {{9, 0x80}, {4, 0x80}, {7, 0x60}, {1, 0xA0}};
    for (size_t i = 0; i < 4; i++) {
        irq_enable(f, lines[i].irqn, lines[i].priority);
        irq_pulse(f, lines[i].irqn);
    }
    static const uint32_t order[] = {IRQ(7), IRQ(4), IRQ(9), IRQ(1)};
    assert_int_equal(poll(f), EXCEPTION_ENTERED);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(ipsr(f), order[i]);
        enum exception_outcome outcome = leave(f, f->regs.lr);
        assert_int_equal(outcome, i < 3 ? EXCEPTION_ENTERED : EXCEPTION_RETURNED);
        assert_int_equal(f->cycles, i < 3 ? 6 : 10);
    }
    assert_int_equal(f->regs.msp, MSP_START); /* stacked once, unstacked once */
    fixture_free(f);
}

static void subpriority_orders_but_does_not_preempt(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    reg_write(f, AIRCR, 0x05FA0000U | 6U << 8);
    irq_enable(f, 1, 0x60);
    irq_enable(f, 2, 0x40);
    irq_enable(f, 3, 0x20);
    enter(f, IRQ(1));
    irq_pulse(f, 2);
    irq_pulse(f, 3);
    assert_int_equal(poll(f), EXCEPTION_NONE);
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), IRQ(3));
    fixture_free(f);
}

static void nesting_shows_in_icsr(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    irq_enable(f, 1, 0xC0);
    irq_enable(f, 2, 0x40);
    enter(f, IRQ(1));
    assert_int_equal(reg_read(f, ICSR) & 0x9FF, 0x800 | IRQ(1));
    f->regs.pc += 2;
    enter(f, IRQ(2));
    assert_int_equal(f->regs.lr, TO_HANDLER);
    assert_int_equal(reg_read(f, ICSR) & 0x9FF, IRQ(2)); /* RETTOBASE 0 */
    assert_int_equal(reg_read(f, SCS(0x300U)), 6);       /* IABR */
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_int_equal(f->regs.pc, HANDLER(IRQ(1)) + 2);
    assert_int_equal(reg_read(f, ICSR) & 0x9FF, 0x800 | IRQ(1));
    assert_int_equal(leave(f, TO_THREAD_MSP), EXCEPTION_RETURNED);
    assert_int_equal(reg_read(f, ICSR), 0x800);
    fixture_free(f);
}

/* A level that is still high at the return enters its handler again. */
static void level_repends_pulse_does_not(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    irq_enable(f, 5, 0x40);
    nvic_set_line(&f->core.nvic, 5, true);
    assert_int_equal(poll(f), EXCEPTION_ENTERED);
    assert_false(nvic_is_pending(&f->core.nvic, IRQ(5)));
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), IRQ(5));
    nvic_set_line(&f->core.nvic, 5, false);
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    irq_pulse(f, 5);
    reg_write(f, SCS(0x280U), 1U << 5); /* ICPR */
    assert_int_equal(poll(f), EXCEPTION_NONE);
    fixture_free(f);
}

static void late_arrival_takes_the_frame(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    irq_enable(f, 1, 0xC0);
    irq_enable(f, 2, 0x40);
    irq_enable(f, 3, 0xE0);
    enter(f, IRQ(1));
    irq_pulse(f, 3);
    assert_int_equal(exception_poll_late(&f->unit, &f->cycles), EXCEPTION_NONE); /* not higher */
    irq_pulse(f, 2);
    assert_int_equal(exception_poll_late(&f->unit, &f->cycles), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), IRQ(2));
    assert_int_equal(f->regs.lr, TO_THREAD_MSP);
    assert_int_equal(f->regs.msp, MSP_START - 32); /* one frame */
    assert_int_equal(f->last_from_pc, THREAD_PC);
    assert_false(nvic_is_active(&f->core.nvic, IRQ(1)));
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), IRQ(1));
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), IRQ(3));
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_int_equal(f->regs.msp, MSP_START);
    fixture_free(f);
}

/* tock#3109: a handler edits its EXC_RETURN, and the core tail-chains with that very value. */
static void tail_chain_keeps_an_edited_exc_return(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    irq_enable(f, 1, 0x40);
    to_process(f);
    enter(f, IRQ(1));
    reg_write(f, ICSR, 1U << 28); /* PendSV */
    assert_int_equal(leave(f, TO_THREAD_MSP), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), EXCEPTION_PENDSV);
    assert_int_equal(f->regs.lr, TO_THREAD_MSP);
    assert_int_equal(f->regs.psp, PSP_START - 32);
    fixture_free(f);
}

static void svc_is_taken_or_escalates(void **state)
{
    (void)state;
    static const struct row {
        uint32_t primask, faultmask, basepri, inside;
        uint8_t priority;
        enum exception_outcome outcome;
        uint32_t exception, hfsr;
    } rows[] = {
        {.priority = 0xE0, .outcome = EXCEPTION_ENTERED, .exception = 11},
        {.primask = 1, .outcome = EXCEPTION_ENTERED, .exception = 3, .hfsr = FORCED},
        {.basepri = 0x20,
         .priority = 0x20,
         .outcome = EXCEPTION_ENTERED,
         .exception = 3,
         .hfsr = FORCED},
        {.basepri = 0x40, .priority = 0x20, .outcome = EXCEPTION_ENTERED, .exception = 11},
        {.faultmask = 1, .outcome = EXCEPTION_LOCKUP},
        {.inside = 11, .outcome = EXCEPTION_ENTERED, .exception = 3, .hfsr = FORCED},
        {.inside = IRQ(1), .priority = 0x60, .outcome = EXCEPTION_ENTERED, .exception = 11},
        {.inside = IRQ(1),
         .priority = 0x80,
         .outcome = EXCEPTION_ENTERED,
         .exception = 3,
         .hfsr = FORCED},
        {.inside = 3, .outcome = EXCEPTION_LOCKUP, .exception = 3},
        {.inside = 2, .outcome = EXCEPTION_LOCKUP, .exception = 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct fixture *f = fixture_new();
        irq_enable(f, 1, 0x80);
        reg_write(f, SCS(0xD1CU), (uint32_t)r->priority << 24);
        if (r->inside != 0) {
            enter(f, r->inside);
        }
        f->regs.primask = r->primask;
        f->regs.faultmask = r->faultmask;
        f->regs.basepri = r->basepri;
        f->regs.pc = 0x1002;
        if (svc(f) != r->outcome || ipsr(f) != r->exception || reg_read(f, HFSR) != r->hfsr) {
            fail_msg("row %zu: exception %u", i, (unsigned)ipsr(f));
        }
        if (r->outcome == EXCEPTION_ENTERED) {
            assert_int_equal(f->last_from_pc, 0x1002);
        }
        fixture_free(f);
    }
}

/* A pending interrupt of higher priority wins, and SVC is not lost. */
static void svc_waits_for_a_higher_interrupt(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    reg_write(f, SCS(0xD1CU), 0x80U << 24);
    irq_enable(f, 1, 0x20);
    irq_pulse(f, 1);
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), IRQ(1));
    assert_int_equal(reg_read(f, SHCSR), 1U << 15); /* SVCALLPENDED */
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), 11);
    assert_int_equal(reg_read(f, SHCSR), 1U << 7); /* SVCALLACT */
    fixture_free(f);
}

static void vector_without_memory_is_vecttbl(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    /* HardFault's vector is the RAM's last word but a few, that of interrupt 20 lies beyond. */
    reg_write(f, SCS(0xD08U), RAM_BASE + RAM_BYTES - 0x80);
    set_ram_word(f, RAM_BASE + RAM_BYTES - 0x80 + 12, HANDLER(3) | 1U);
    irq_enable(f, 20, 0x40);
    irq_pulse(f, 20);
    assert_int_equal(poll(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), 3);
    assert_int_equal(reg_read(f, HFSR), 2); /* VECTTBL, not FORCED */
    assert_true(nvic_is_pending(&f->core.nvic, IRQ(20)));
    assert_int_equal(f->last_fault.kind, FAULT_VECTTBL);
    assert_int_equal(f->last_fault.address, RAM_BASE + RAM_BYTES - 0x80 + 4 * IRQ(20));
    fixture_free(f);
}

static void hardfault_vector_without_memory_locks_up(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    reg_write(f, SCS(0xD08U), 0x30000000);
    assert_int_equal(svc(f), EXCEPTION_LOCKUP);
    fixture_free(f);
}

static void vector_with_bit_0_clear_gives_no_thumb_state(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    f->vectors[11] = HANDLER(11);
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_int_equal(f->regs.xpsr & XPSR_T, 0);
    assert_int_equal(fault(f, FAULT_INVSTATE, 0), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), 3);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reset_loads_stack_and_entry),
        cmocka_unit_test(reset_without_memory_locks_up),
        cmocka_unit_test(entry_stacks_the_frame_and_return_restores_it),
        cmocka_unit_test(unaligned_stack_is_padded),
        cmocka_unit_test(who_preempts_whom),
        cmocka_unit_test(nmi_preempts_everything_and_keeps_faultmask),
        cmocka_unit_test(order_among_pending),
        cmocka_unit_test(subpriority_orders_but_does_not_preempt),
        cmocka_unit_test(nesting_shows_in_icsr),
        cmocka_unit_test(level_repends_pulse_does_not),
        cmocka_unit_test(late_arrival_takes_the_frame),
        cmocka_unit_test(tail_chain_keeps_an_edited_exc_return),
        cmocka_unit_test(svc_is_taken_or_escalates),
        cmocka_unit_test(svc_waits_for_a_higher_interrupt),
        cmocka_unit_test(vector_without_memory_is_vecttbl),
        cmocka_unit_test(hardfault_vector_without_memory_locks_up),
        cmocka_unit_test(vector_with_bit_0_clear_gives_no_thumb_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
