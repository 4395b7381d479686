/* What stacking and unstacking do when the stack cannot be reached, and the FP frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/cpu/tests/exception_fixture.h"

#define MSTKERR       0x00000010U
#define MUNSTKERR     0x00000008U
#define STKERR        0x00001000U
#define UNSTKERR      0x00000800U
#define FORCED        0x40000000U
#define READ_ONLY     6U /* RASR.AP: everybody may read */
#define FULL_ACCESS   3U
#define PRIVILEGED    1U
#define NOWHERE       0x30000020U
#define TO_THREAD_PSP 0xFFFFFFFDU

/* Only [PSP_START - 0x20, +0x20) is the process's, read and write. */
static void confine_process(struct fixture *f)
{
    mpu_region(f, 0, PSP_START - 0x20, 0x20, FULL_ACCESS);
    to_process(f);
}

static void a_frame_that_fits_exactly_is_stacked(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    confine_process(f);
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), 11);
    assert_int_equal(reg_read(f, CFSR), 0);
    fixture_free(f);
}

/* Four words below its stack: MemManage, and SVC waits. */
static void process_stack_overflow_on_svc(void **state)
{
    (void)state;
    for (uint32_t enabled = 0; enabled < 2; enabled++) {
        struct fixture *f = fixture_new();
        if (enabled != 0) {
            faults_enable(f, 0);
        }
        confine_process(f);
        f->regs.psp = PSP_START - 16;
        set_ram_word(f, PSP_START - 48, 0xAAAAAAAA);
        f->regs.pc = 0x1002;
        assert_int_equal(svc(f), EXCEPTION_ENTERED);
        assert_int_equal(ipsr(f), enabled != 0 ? 4 : 3);
        assert_int_equal(reg_read(f, CFSR), MSTKERR);
        assert_int_equal(reg_read(f, HFSR), enabled != 0 ? 0 : FORCED);
        assert_int_equal(f->regs.psp, PSP_START - 48); /* moved all the same */
        assert_int_equal(f->regs.lr, TO_THREAD_PSP);
        assert_int_equal(reg_read(f, SHCSR) & 0x8000, 0x8000);      /* SVCALLPENDED */
        assert_int_equal(ram_word(f, PSP_START - 48), 0xAAAAAAAA);  /* refused */
        assert_int_equal(ram_word(f, PSP_START - 48 + 24), 0x1002); /* allowed */
        assert_int_equal(f->last_fault.kind, FAULT_MSTKERR);
        assert_int_equal(f->last_fault.address, PSP_START - 48);
        assert_int_equal(f->core.mpu_account.refusals.count[8][0][1], 1); /* none, unpriv., write */
        fixture_free(f);
    }
}

static void masked_stacking_fault_of_an_interrupt_escalates(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    faults_enable(f, 0x80);
    irq_enable(f, 1, 0x20);
    confine_process(f);
    f->regs.psp = PSP_START - 16;
    f->regs.basepri = 0x40; /* MemManage may not, the interrupt may */
    irq_pulse(f, 1);
    assert_int_equal(poll(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), 3);
    assert_int_equal(reg_read(f, HFSR), FORCED);
    assert_true(nvic_is_pending(&f->core.nvic, IRQ(1)));
    fixture_free(f);
}

/* MemManage of lower priority than the interrupt: the interrupt runs, MemManage follows. */
static void lower_stacking_fault_waits_for_the_interrupt(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    faults_enable(f, 0x80);
    irq_enable(f, 1, 0x20);
    confine_process(f);
    f->regs.psp = PSP_START - 16;
    irq_pulse(f, 1);
    assert_int_equal(poll(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), IRQ(1));
    assert_int_equal(reg_read(f, CFSR), MSTKERR);
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), 4);
    assert_int_equal(f->cycles, 6);
    fixture_free(f);
}

static void stack_nowhere_is_stkerr(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    f->regs.msp = NOWHERE;
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), 3);
    assert_int_equal(reg_read(f, CFSR), STKERR);
    assert_int_equal(reg_read(f, HFSR), FORCED);
    assert_int_equal(f->last_fault.kind, FAULT_STKERR);
    assert_int_equal(f->last_from_pc, 0); /* the frame cannot be read back */
    fixture_free(f);
}

/* A stack pointer in the System Control Space gives an unprivileged frame no way in, nor out. */
static void process_stack_in_the_private_bus_is_a_bus_fault(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    faults_enable(f, 0);
    to_process(f);
    uint32_t vtor = reg_read(f, SCS(0xD08U));
    f->regs.psp = 0xE000ED28;
    f->regs.r[0] = 0x400; /* would go to VTOR */
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), 5);
    assert_int_equal(reg_read(f, CFSR), STKERR);
    assert_int_equal(reg_read(f, SCS(0xD08U)), vtor);
    reg_write(f, CFSR, STKERR);
    reg_write(f, SHCSR, reg_read(f, SHCSR) & ~0x8000U);
    assert_int_equal(leave(f, TO_THREAD_PSP), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), 5);
    assert_int_equal(reg_read(f, CFSR), UNSTKERR);
    fixture_free(f);
}

/* The kernel's own stack overflows while HardFault is entered: it is entered once. */
static void stacking_fault_on_hardfault_entry(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    f->regs.msp = RAM_BASE + 16;
    assert_int_equal(fault(f, FAULT_UNDEFINSTR, 0), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), 3);
    assert_int_equal(reg_read(f, CFSR), STKERR | 0x10000);
    assert_false(nvic_is_pending(&f->core.nvic, 3));
    fixture_free(f);
}

static void stacking_fault_in_hardfault_locks_up_at_nmi(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    enter(f, 3);
    f->regs.msp = NOWHERE;
    reg_write(f, ICSR, 1U << 31);
    assert_int_equal(poll(f), EXCEPTION_LOCKUP);
    fixture_free(f);
}

/* Stacking has the privilege of the interrupted code, not the handler's. */
static void stacking_has_the_privilege_of_the_interrupted_code(void **state)
{
    (void)state;
    for (uint32_t unprivileged = 0; unprivileged < 2; unprivileged++) {
        struct fixture *f = fixture_new();
        mpu_region(f, 0, PSP_START - 0x100, 0x100, PRIVILEGED);
        f->regs.control = CONTROL_SPSEL | (unprivileged != 0 ? CONTROL_NPRIV : 0);
        assert_int_equal(svc(f), EXCEPTION_ENTERED);
        assert_int_equal(ipsr(f), unprivileged != 0 ? 3 : 11);
        fixture_free(f);
    }
}

/* With HFNMIENA = 0 the MPU is off for code of negative priority: FAULTMASK set, NMI comes. */
static void negative_priority_stacks_without_the_mpu(void **state)
{
    (void)state;
    for (uint32_t hfnmiena = 0; hfnmiena < 2; hfnmiena++) {
        struct fixture *f = fixture_new();
        mpu_region(f, 0, MSP_START - 0x100, 0x100, READ_ONLY);
        reg_write(f, SCS(0xD94U), 5U | hfnmiena << 1);
        f->regs.faultmask = 1;
        reg_write(f, ICSR, 1U << 31);
        assert_int_equal(poll(f), hfnmiena != 0 ? EXCEPTION_LOCKUP : EXCEPTION_ENTERED);
        assert_int_equal(reg_read(f, CFSR), hfnmiena != 0 ? MSTKERR : 0);
        fixture_free(f);
    }
}

static void unstacking_faults_tail_chain(void **state)
{
    (void)state;
    static const struct row {
        uint32_t psp;
        bool enabled;
        uint32_t exception, cfsr;
    } rows[] = {
        {PSP_START, true, 4, MUNSTKERR},
        {PSP_START, false, 3, MUNSTKERR},
        {NOWHERE, true, 5, UNSTKERR},
        {NOWHERE, false, 3, UNSTKERR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct fixture *f = fixture_new();
        if (r->enabled) {
            faults_enable(f, 0);
        }
        mpu_region(f, 0, PSP_START - 0x20, 0x20, FULL_ACCESS);
        mpu_region(f, 1, NOWHERE, 0x20, FULL_ACCESS);
        to_process(f);
        assert_int_equal(svc(f), EXCEPTION_ENTERED);
        f->regs.psp = r->psp;
        f->regs.r[0] = 0x55;
        assert_int_equal(leave(f, TO_THREAD_PSP), EXCEPTION_ENTERED);
        assert_int_equal(ipsr(f), r->exception);
        assert_int_equal(reg_read(f, CFSR), r->cfsr);
        assert_int_equal(reg_read(f, HFSR), r->enabled ? 0 : FORCED);
        assert_int_equal(f->regs.lr, TO_THREAD_PSP);
        assert_int_equal(f->regs.psp, r->psp); /* nothing popped */
        assert_int_equal(f->regs.r[0], 0x55);
        assert_false(nvic_is_active(&f->core.nvic, 11));
        fixture_free(f);
    }
}

static void unstacking_fault_from_nmi_to_hardfault_locks_up(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    enter(f, 3);
    enter(f, 2);
    f->regs.msp = NOWHERE;
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_LOCKUP);
    fixture_free(f);
}

static void fp_frame_is_stacked_when_fp_was_used(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    reg_write(f, SCS(0xD88U), 0x00F00000U);
    reg_write(f, SCS(0xF34U), 0x80000000U); /* not lazily */
    reg_write(f, CCR, 0);                   /* an FP frame is aligned whatever STKALIGN says */
    for (uint32_t i = 0; i < 32; i++) {
        f->regs.s[i] = 0x3F800000U + i;
    }
    f->regs.fpscr = 0x90000010U;
    f->regs.control |= CONTROL_FPCA;
    f->regs.msp = MSP_START - 4;
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_int_equal(f->cycles, 29);
    assert_int_equal(f->regs.lr, 0xFFFFFFE9U);
    assert_int_equal(f->regs.msp, MSP_START - 8 - 104);
    assert_int_equal(f->regs.control, 0);
    for (uint32_t i = 0; i < 16; i++) {
        assert_int_equal(ram_word(f, f->regs.msp + 32 + 4 * i), 0x3F800000U + i);
        f->regs.s[i] = 0;
    }
    assert_int_equal(ram_word(f, f->regs.msp + 96), 0x90000010U);
    assert_int_equal(reg_read(f, SCS(0xF34U)), 0x80000000U);
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_int_equal(f->cycles, 27);
    assert_int_equal(f->regs.control, CONTROL_FPCA);
    assert_int_equal(f->regs.s[15], 0x3F80000FU);
    assert_int_equal(f->regs.fpscr, 0x90000010U);
    assert_int_equal(f->regs.msp, MSP_START - 4);
    fixture_free(f);
}

static void without_fp_its_frame_is_refused(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    f->unit.fp_present = false;
    f->regs.control |= CONTROL_FPCA;
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_int_equal(f->regs.lr, 0xFFFFFFF9U);
    assert_int_equal(leave(f, 0xFFFFFFE9U), EXCEPTION_ENTERED);
    assert_int_equal(reg_read(f, CFSR), 0x00040000); /* INVPC */
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_that_fits_exactly_is_stacked),
        cmocka_unit_test(process_stack_overflow_on_svc),
        cmocka_unit_test(masked_stacking_fault_of_an_interrupt_escalates),
        cmocka_unit_test(lower_stacking_fault_waits_for_the_interrupt),
        cmocka_unit_test(stack_nowhere_is_stkerr),
        cmocka_unit_test(process_stack_in_the_private_bus_is_a_bus_fault),
        cmocka_unit_test(stacking_fault_on_hardfault_entry),
        cmocka_unit_test(stacking_fault_in_hardfault_locks_up_at_nmi),
        cmocka_unit_test(stacking_has_the_privilege_of_the_interrupted_code),
        cmocka_unit_test(negative_priority_stacks_without_the_mpu),
        cmocka_unit_test(unstacking_faults_tail_chain),
        cmocka_unit_test(unstacking_fault_from_nmi_to_hardfault_locks_up),
        cmocka_unit_test(fp_frame_is_stacked_when_fp_was_used),
        cmocka_unit_test(without_fp_its_frame_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
