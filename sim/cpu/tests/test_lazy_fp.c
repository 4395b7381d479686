/* The FP context over exceptions: room reserved at entry, stored when needed, dropped at the
 * return.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/cpu/tests/exception_fixture.h"

#define CPACR         SCS(0xD88U)
#define FPCCR         SCS(0xF34U)
#define FPCAR         SCS(0xF38U)
#define FPDSCR        SCS(0xF3CU)
#define OPEN          0x00F00000U
#define PRIVILEGED    0x00500000U
#define LAZY          0xC0000000U
#define EAGER         0x80000000U
#define LSPACT        0x001U
#define USER          0x002U
#define THREAD        0x008U
#define HFRDY         0x010U
#define MMRDY         0x020U
#define BFRDY         0x040U
#define MONRDY        0x100U
#define NOCP          0x00080000U
#define INVPC         0x00040000U
#define MLSPERR       0x20U
#define LSPERR        0x2000U
#define FORCED        0x40000000U
#define NOWHERE       0x30000020U
#define UNTOUCHED     0xDEADBEEFU
#define FRAME_BYTES   104U
#define READ_ONLY     6U
#define S(i)          (0x3F800000U + (i))
#define TO_THREAD_PSP 0xFFFFFFEDU

static struct fixture *fixture_with_fp(uint32_t fpccr)
{
    struct fixture *f = fixture_new();
    reg_write(f, CPACR, OPEN);
    reg_write(f, FPCCR, fpccr);
    for (uint32_t i = 0; i < 32; i++) {
        f->regs.s[i] = S(i);
    }
    f->regs.fpscr = 0x90000010U;
    f->regs.control |= CONTROL_FPCA;
    for (uint32_t i = 0; i < FRAME_BYTES / 4 + 2; i++) {
        set_ram_word(f, MSP_START - 4 - 4 * i, UNTOUCHED);
        set_ram_word(f, PSP_START - 4 - 4 * i, UNTOUCHED);
    }
    return f;
}

static enum exception_outcome prepare(struct fixture *f)
{
    return exception_prepare_fp(&f->unit, &f->cycles);
}

static void assert_stored(const struct fixture *f, uint32_t frame, bool stored)
{
    for (uint32_t i = 0; i < 16; i++) {
        assert_int_equal(ram_word(f, frame + 32 + 4 * i), stored ? S(i) : UNTOUCHED);
    }
    assert_int_equal(ram_word(f, frame + 96), stored ? 0x90000010U : UNTOUCHED);
    assert_int_equal(ram_word(f, frame + 100), UNTOUCHED); /* the reserved word is never written */
}

static void an_entry_reserves_and_a_return_drops(void **state)
{
    (void)state;
    struct fixture *f = fixture_with_fp(LAZY);
    reg_write(f, CCR, 0); /* an FP frame is aligned whatever STKALIGN says */
    f->regs.msp = MSP_START - 4;
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_int_equal(f->cycles, 12);
    assert_int_equal(f->regs.lr, 0xFFFFFFE9U);
    assert_int_equal(f->regs.msp, MSP_START - 8 - FRAME_BYTES);
    assert_int_equal(f->regs.control, 0);
    assert_stored(f, f->regs.msp, false);
    assert_int_equal(reg_read(f, FPCCR), LAZY | LSPACT | THREAD | HFRDY);
    assert_int_equal(reg_read(f, FPCAR), f->regs.msp + 32);
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_int_equal(f->cycles, 10);
    assert_int_equal(reg_read(f, FPCCR), LAZY | THREAD | HFRDY); /* only LSPACT goes */
    assert_int_equal(f->regs.control, CONTROL_FPCA);
    assert_int_equal(f->regs.msp, MSP_START - 4);
    assert_int_equal(f->regs.s[15], S(15));
    assert_int_equal(f->regs.fpscr, 0x90000010U);
    fixture_free(f);
}

static void the_first_fp_instruction_stores_and_begins_anew(void **state)
{
    (void)state;
    struct fixture *f = fixture_with_fp(LAZY);
    reg_write(f, FPDSCR, 0x03000000U);
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_true(exception_fp_is_new(&f->unit));
    assert_int_equal(prepare(f), EXCEPTION_NONE);
    assert_int_equal(f->cycles, 17);
    assert_stored(f, f->regs.msp, true);
    assert_int_equal(reg_read(f, FPCCR) & LSPACT, 0);
    assert_int_equal(f->regs.control, CONTROL_FPCA);
    assert_int_equal(f->regs.fpscr & 0x07C00000U, 0x03000000U);
    assert_false(exception_fp_is_new(&f->unit));
    assert_int_equal(prepare(f), EXCEPTION_NONE);
    assert_int_equal(f->cycles, 0);
    for (uint32_t i = 0; i < 32; i++) {
        f->regs.s[i] = 0;
    }
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_int_equal(f->cycles, 27);
    for (uint32_t i = 0; i < 32; i++) {
        assert_int_equal(f->regs.s[i], i < 16 ? S(i) : 0);
    }
    assert_int_equal(f->regs.fpscr, 0x90000010U);
    fixture_free(f);
}

/* Only some bits of FPSCR come from FPDSCR: flags and cumulative bits stay. */
static void a_thread_begins_its_context_too(void **state)
{
    (void)state;
    struct fixture *f = fixture_with_fp(LAZY);
    reg_write(f, FPDSCR, 0x07C00000U);
    f->regs.control = 0;
    assert_int_equal(prepare(f), EXCEPTION_NONE);
    assert_int_equal(f->cycles, 0);
    assert_int_equal(f->regs.fpscr, 0x97C00010U);
    assert_int_equal(f->regs.control, CONTROL_FPCA);
    f->regs.control = 0;
    reg_write(f, FPCCR, 0x40000000U); /* ASPEN clear: nobody notes it */
    assert_false(exception_fp_is_new(&f->unit));
    assert_int_equal(prepare(f), EXCEPTION_NONE);
    assert_int_equal(f->regs.control, 0);
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_int_equal(f->regs.lr, 0xFFFFFFF9U);
    fixture_free(f);
}

/* What is recorded of the interrupted code, by its priority, mode and privilege. */
static void the_frame_records_whose_it_is(void **state)
{
    (void)state;
    static const struct row {
        bool process, in_handler, faults, nmi;
        uint32_t basepri, faultmask, primask, fpccr;
    } rows[] = {
        {.fpccr = THREAD | HFRDY},
        {.process = true, .fpccr = THREAD | HFRDY | USER},
        {.faults = true, .fpccr = THREAD | HFRDY | MMRDY | BFRDY | MONRDY},
        {.faults = true, .basepri = 0x80, .fpccr = THREAD | HFRDY},
        {.faults = true, .basepri = 0xA0, .fpccr = THREAD | HFRDY | MMRDY | BFRDY | MONRDY},
        {.faults = true, .primask = 1, .nmi = true, .fpccr = THREAD | HFRDY},
        {.faults = true, .faultmask = 1, .nmi = true, .fpccr = THREAD},
        {.in_handler = true, .faults = true, .fpccr = HFRDY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct fixture *f = fixture_with_fp(LAZY);
        if (r->faults) {
            faults_enable(f, 0x80);
        }
        irq_enable(f, 1, 0x20);
        irq_enable(f, 2, 0x60);
        f->regs.control |= r->process ? CONTROL_NPRIV | CONTROL_SPSEL : 0;
        if (r->in_handler) {
            f->regs.control = 0;
            enter(f, IRQ(2));
            f->regs.control = CONTROL_FPCA;
        }
        f->regs.basepri = r->basepri;
        f->regs.primask = r->primask;
        f->regs.faultmask = r->faultmask;
        enter(f, r->nmi ? EXCEPTION_NMI : IRQ(1));
        if ((reg_read(f, FPCCR) & 0x17FU) != (r->fpccr | LSPACT)) {
            fail_msg("row %zu: FPCCR %08x", i, (unsigned)reg_read(f, FPCCR));
        }
        assert_int_equal(reg_read(f, FPCAR), (r->process ? f->regs.psp : f->regs.msp) + 32);
        fixture_free(f);
    }
}

/* An entry from code without a context leaves an older frame's record alone. */
static void a_nested_basic_frame_keeps_the_record(void **state)
{
    (void)state;
    struct fixture *f = fixture_with_fp(LAZY);
    irq_enable(f, 1, 0x60);
    irq_enable(f, 2, 0x20);
    enter(f, IRQ(1));
    uint32_t outer = f->regs.msp;
    uint32_t fpccr = reg_read(f, FPCCR);
    enter(f, IRQ(2));
    assert_int_equal(f->regs.lr, 0xFFFFFFF1U);
    assert_int_equal(reg_read(f, FPCCR), fpccr);
    assert_int_equal(prepare(f), EXCEPTION_NONE); /* the inner handler stores the thread's words */
    assert_stored(f, outer, true);
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_int_equal(f->regs.control, 0);
    assert_int_equal(leave(f, 0xFFFFFFE9U), EXCEPTION_RETURNED);
    assert_int_equal(f->cycles, 27);
    fixture_free(f);
}

/* A tail-chain touches neither frame nor record. */
static void a_tail_chain_keeps_the_record(void **state)
{
    (void)state;
    struct fixture *f = fixture_with_fp(LAZY);
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    reg_write(f, ICSR, 1U << 28);
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), EXCEPTION_PENDSV);
    assert_int_equal(reg_read(f, FPCCR), LAZY | LSPACT | THREAD | HFRDY);
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_int_equal(reg_read(f, FPCCR) & LSPACT, 0);
    fixture_free(f);
}

/* The deferred store fails: which exception, when, and is the context still there. */
static const struct failing_store {
    const char *name;
    uint32_t exception; /* whose handler uses FP */
    uint8_t priority;   /* of the faults */
    bool disabled, bus;
    uint32_t recorded; /* FPCCR's bits, if not those of the entry */
    enum exception_outcome outcome;
    uint32_t runs, hfsr;
} failing_stores[] = {
    {.name = "taken at once",
     .exception = IRQ(1),
     .priority = 0x20,
     .outcome = EXCEPTION_ENTERED,
     .runs = 4},
    {.name = "a BusFault",
     .exception = IRQ(1),
     .priority = 0x20,
     .bus = true,
     .outcome = EXCEPTION_ENTERED,
     .runs = 5},
    {.name = "disabled: escalates",
     .exception = IRQ(1),
     .disabled = true,
     .outcome = EXCEPTION_ENTERED,
     .runs = 3,
     .hfsr = FORCED},
    {.name = "ready when stacked, but not now: waits",
     .exception = IRQ(1),
     .priority = 0x80,
     .outcome = EXCEPTION_NONE,
     .runs = IRQ(1)},
    {.name = "not ready when stacked: escalates, though it is now",
     .exception = IRQ(1),
     .priority = 0x20,
     .recorded = HFRDY | THREAD | LSPACT,
     .outcome = EXCEPTION_ENTERED,
     .runs = 3,
     .hfsr = FORCED},
    {.name = "in an NMI handler it waits",
     .exception = EXCEPTION_NMI,
     .priority = 0x20,
     .outcome = EXCEPTION_NONE,
     .runs = EXCEPTION_NMI},
    {.name = "in an NMI handler HardFault waits",
     .exception = EXCEPTION_NMI,
     .disabled = true,
     .outcome = EXCEPTION_NONE,
     .runs = EXCEPTION_NMI,
     .hfsr = FORCED},
    {.name = "HardFault was not possible, and is not: lockup",
     .exception = EXCEPTION_NMI,
     .disabled = true,
     .recorded = THREAD | LSPACT,
     .bus = true,
     .outcome = EXCEPTION_LOCKUP,
     .runs = EXCEPTION_NMI},
};

static void check_failing_store(const struct failing_store *r)
{
    struct fixture *f = fixture_with_fp(LAZY);
    if (!r->disabled) {
        faults_enable(f, r->priority);
    }
    irq_enable(f, 1, 0x60);
    mpu_region(f, 0, RAM_BASE, RAM_BYTES, 3U);
    enter(f, r->exception);
    uint32_t msp = f->regs.msp;
    if (r->recorded != 0) {
        reg_write(f, FPCCR, LAZY | r->recorded);
    }
    if (r->bus) {
        reg_write(f, FPCAR, NOWHERE);
    }
    mpu_region(f, 1, MSP_START - 0x40, 0x20, READ_ONLY);
    uint32_t pc = f->regs.pc;
    enum exception_outcome outcome = prepare(f);
    if (outcome != r->outcome || ipsr(f) != r->runs || reg_read(f, HFSR) != r->hfsr) {
        fail_msg("%s: outcome %d, exception %u", r->name, (int)outcome, (unsigned)ipsr(f));
    }
    assert_int_equal(reg_read(f, CFSR), r->bus ? LSPERR : MLSPERR); /* no address */
    bool kept = (reg_read(f, FPCCR) & LSPACT) != 0;
    if (kept != (r->outcome != EXCEPTION_NONE)) {
        fail_msg("%s: LSPACT %d", r->name, (int)kept);
    }
    if (r->outcome == EXCEPTION_ENTERED) {
        assert_int_equal(f->last_from_pc, pc);
        assert_int_equal(f->regs.msp, msp - 32);
        assert_int_equal(f->cycles, 17 + 12);
    } else if (r->outcome == EXCEPTION_NONE) {
        assert_int_equal(f->regs.control, CONTROL_FPCA); /* the instruction runs */
    }
    if (!r->bus) { /* the words that may be written are */
        assert_int_equal(ram_word(f, msp + 32), S(0));
        assert_int_equal(ram_word(f, MSP_START - 0x40), UNTOUCHED);
    }
    fixture_free(f);
}

static void a_store_that_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof failing_stores / sizeof failing_stores[0]; i++) {
        check_failing_store(&failing_stores[i]);
    }
}

/* The rights are those of the code that the frame belongs to. */
static void a_store_has_the_rights_of_the_frame(void **state)
{
    (void)state;
    for (uint32_t user = 0; user < 2; user++) {
        struct fixture *f = fixture_with_fp(LAZY);
        mpu_region(f, 0, RAM_BASE, RAM_BYTES, 3U);
        f->regs.control |= CONTROL_SPSEL | (user != 0 ? CONTROL_NPRIV : 0);
        assert_int_equal(svc(f), EXCEPTION_ENTERED);
        mpu_region(f, 1, PSP_START - 0x40, 0x40, 1U); /* privileged only */
        assert_int_equal(prepare(f), user != 0 ? EXCEPTION_ENTERED : EXCEPTION_NONE);
        assert_int_equal(reg_read(f, CFSR), user != 0 ? MLSPERR : 0);
        fixture_free(f);
    }
}

/* CPACR closed to the code whose frame it is: UsageFault where FP words would move. */
static void no_coprocessor(void **state)
{
    (void)state;
    struct fixture *f = fixture_with_fp(EAGER);
    faults_enable(f, 0);
    reg_write(f, CPACR, 0);
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), EXCEPTION_USAGEFAULT);
    assert_int_equal(reg_read(f, CFSR), NOCP);
    assert_int_equal(f->regs.msp, MSP_START - FRAME_BYTES);
    assert_stored(f, f->regs.msp, false);
    assert_int_equal(f->regs.lr, 0xFFFFFFE9U);
    reg_write(f, CFSR, NOCP);
    reg_write(f, SHCSR, reg_read(f, SHCSR) & ~0x8000U);        /* no SVC any more */
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_ENTERED); /* nor can it be popped */
    assert_int_equal(ipsr(f), EXCEPTION_USAGEFAULT);
    assert_int_equal(reg_read(f, CFSR), NOCP);
    assert_int_equal(f->regs.msp, MSP_START - FRAME_BYTES);
    reg_write(f, CPACR, OPEN);
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    fixture_free(f);

    f = fixture_with_fp(LAZY); /* reserving needs no access, nor does dropping */
    reg_write(f, CPACR, 0);
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), EXCEPTION_SVCALL);
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_int_equal(reg_read(f, CFSR), 0);
    fixture_free(f);

    f = fixture_with_fp(LAZY); /* the handler may, the process may not */
    faults_enable(f, 0);
    reg_write(f, SCS(0xD1CU), 0x20U << 24);
    reg_write(f, CPACR, PRIVILEGED);
    f->regs.control |= CONTROL_NPRIV | CONTROL_SPSEL;
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_int_equal(prepare(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), EXCEPTION_USAGEFAULT);
    assert_int_equal(reg_read(f, CFSR), NOCP);
    assert_int_equal(reg_read(f, FPCCR) & LSPACT, LSPACT);
    fixture_free(f);
}

/* A frame that does not fit the mode is popped and pushed again. */
static void a_wrong_frame_is_pushed_again(void **state)
{
    (void)state;
    for (uint32_t stored = 0; stored < 2; stored++) {
        struct fixture *f = fixture_with_fp(LAZY);
        faults_enable(f, 0);
        reg_write(f, SCS(0xD1CU), 0x20U << 24);
        f->regs.control |= CONTROL_SPSEL;
        assert_int_equal(svc(f), EXCEPTION_ENTERED);
        uint32_t frame = f->regs.psp;
        if (stored != 0) {
            assert_int_equal(prepare(f), EXCEPTION_NONE);
            f->regs.s[3] = 0;
        }
        set_ram_word(f, frame, 0x77);
        set_ram_word(f, frame + 28, 0xFFFF0000U | XPSR_T | IRQ(1)); /* reserved bits set, too */
        assert_int_equal(leave(f, TO_THREAD_PSP), EXCEPTION_ENTERED);
        assert_int_equal(ipsr(f), EXCEPTION_USAGEFAULT);
        assert_int_equal(reg_read(f, CFSR), INVPC);
        assert_int_equal(f->regs.lr, TO_THREAD_PSP);
        assert_int_equal(f->regs.psp, frame);
        assert_int_equal(f->regs.r[0], 0x77);
        assert_int_equal(ram_word(f, frame + 28), 0xFF0F0000U | XPSR_T | IRQ(1));
        assert_int_equal(f->regs.s[3], S(3));
        assert_int_equal(reg_read(f, FPCCR),
                         LAZY | LSPACT | THREAD | HFRDY | MMRDY | BFRDY | MONRDY);
        assert_int_equal(f->regs.control, 0);
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_reserves_and_a_return_drops),
        cmocka_unit_test(the_first_fp_instruction_stores_and_begins_anew),
        cmocka_unit_test(a_thread_begins_its_context_too),
        cmocka_unit_test(the_frame_records_whose_it_is),
        cmocka_unit_test(a_nested_basic_frame_keeps_the_record),
        cmocka_unit_test(a_tail_chain_keeps_the_record),
        cmocka_unit_test(a_store_that_fails),
        cmocka_unit_test(a_store_has_the_rights_of_the_frame),
        cmocka_unit_test(no_coprocessor),
        cmocka_unit_test(a_wrong_frame_is_pushed_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
