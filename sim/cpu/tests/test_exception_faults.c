/* Every kind of fault in every situation: who handles it, which status bits it leaves, where the
 * frame is. The expectations are the manual's table of faults (ARMv7-M ARM, B1.5.14), not our
 * code's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/cpu/tests/exception_fixture.h"

#define FORCED      0x40000000U
#define DEBUGEVT    0x80000000U
#define FAULT_AT    0x20001234U
#define HARDFAULT   3U
#define NMI         2U
#define HANDLER_IRQ 5U /* priority 0xC0 in all tests */

static const struct kind_row {
    enum fault_kind kind;
    uint32_t exception;
    uint32_t cfsr;
    bool has_address;
} kinds[] = {
    {FAULT_IACCVIOL, 4, 0x00000001, false},
    {FAULT_DACCVIOL, 4, 0x00000082, true},
    {FAULT_IBUSERR, 5, 0x00000100, false},
    {FAULT_PRECISERR, 5, 0x00008200, true},
    {FAULT_UNDEFINSTR, 6, 0x00010000, false},
    {FAULT_INVSTATE, 6, 0x00020000, false},
    {FAULT_INVPC, 6, 0x00040000, false},
    {FAULT_NOCP, 6, 0x00080000, false},
    {FAULT_UNALIGNED, 6, 0x01000000, false},
    {FAULT_DIVBYZERO, 6, 0x02000000, false},
    {FAULT_BKPT, 12, 0, false},
};
#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

/* Who takes a fault: its own exception, HardFault, or nobody. */
enum taker { OWN, HARD, NOBODY };

static const struct situation {
    const char *name;
    bool enabled;
    uint8_t fault_priority;
    uint32_t primask, faultmask, basepri;
    uint32_t inside; /* exception being handled; 0: thread */
    enum taker taker;
} situations[] = {
    {.name = "disabled, thread", .taker = HARD},
    {.name = "enabled, thread", .enabled = true, .taker = OWN},
    {.name = "enabled at the lowest priority",
     .enabled = true,
     .fault_priority = 0xE0,
     .taker = OWN},
    {.name = "PRIMASK", .enabled = true, .primask = 1, .taker = HARD},
    {.name = "PRIMASK, disabled", .primask = 1, .taker = HARD},
    {.name = "BASEPRI equal",
     .enabled = true,
     .fault_priority = 0x40,
     .basepri = 0x40,
     .taker = HARD},
    {.name = "BASEPRI above",
     .enabled = true,
     .fault_priority = 0x40,
     .basepri = 0x20,
     .taker = HARD},
    {.name = "BASEPRI below",
     .enabled = true,
     .fault_priority = 0x40,
     .basepri = 0x60,
     .taker = OWN},
    {.name = "BASEPRI only in unimplemented bits",
     .enabled = true,
     .fault_priority = 0x40,
     .basepri = 0x1F,
     .taker = OWN},
    {.name = "FAULTMASK", .enabled = true, .faultmask = 1, .taker = NOBODY},
    {.name = "FAULTMASK, disabled", .faultmask = 1, .taker = NOBODY},
    {.name = "in HardFault", .enabled = true, .inside = HARDFAULT, .taker = NOBODY},
    {.name = "in HardFault, disabled", .inside = HARDFAULT, .taker = NOBODY},
    {.name = "in NMI", .enabled = true, .inside = NMI, .taker = NOBODY},
    {.name = "in an interrupt of lower priority",
     .enabled = true,
     .fault_priority = 0xA0,
     .inside = IRQ(HANDLER_IRQ),
     .taker = OWN},
    {.name = "in an interrupt of the same priority",
     .enabled = true,
     .fault_priority = 0xC0,
     .inside = IRQ(HANDLER_IRQ),
     .taker = HARD},
    {.name = "in an interrupt of higher priority",
     .enabled = true,
     .fault_priority = 0xE0,
     .inside = IRQ(HANDLER_IRQ),
     .taker = HARD},
    {.name = "in an interrupt, disabled", .inside = IRQ(HANDLER_IRQ), .taker = HARD},
};
#define SITUATION_COUNT (sizeof situations / sizeof situations[0])

static void arrange(struct fixture *f, const struct situation *s)
{
    irq_enable(f, HANDLER_IRQ, 0xC0);
    if (s->inside != 0) {
        enter(f, s->inside);
    }
    if (s->enabled) {
        faults_enable(f, s->fault_priority);
    }
    f->regs.primask = s->primask;
    f->regs.faultmask = s->faultmask;
    f->regs.basepri = s->basepri;
}

static void check_status(struct fixture *f, const struct kind_row *k, enum taker taker)
{
    uint32_t escalated = k->kind == FAULT_BKPT ? DEBUGEVT : FORCED;
    assert_int_equal(reg_read(f, CFSR), k->cfsr);
    assert_int_equal(reg_read(f, HFSR), taker == HARD ? escalated : 0);
    assert_int_equal(reg_read(f, SCS(0xD30U)), k->kind == FAULT_BKPT ? 2 : 0); /* DFSR.BKPT */
    if (k->has_address) {
        uint32_t offset = k->exception == 4 ? MMFAR : BFAR;
        assert_int_equal(reg_read(f, offset), FAULT_AT);
    }
    assert_int_equal(f->faulted_count, 1);
    assert_int_equal(f->last_fault.kind, k->kind);
}

static void every_fault_in_every_situation(void **state)
{
    (void)state;
    for (size_t i = 0; i < KIND_COUNT * SITUATION_COUNT; i++) {
        const struct kind_row *k = &kinds[i / SITUATION_COUNT];
        const struct situation *s = &situations[i % SITUATION_COUNT];
        struct fixture *f = fixture_new();
        arrange(f, s);
        uint32_t pc = f->regs.pc;
        enum exception_outcome outcome = fault(f, k->kind, FAULT_AT);
        uint32_t expected = s->taker == OWN    ? k->exception
                            : s->taker == HARD ? HARDFAULT
                                               : s->inside;
        if (ipsr(f) != expected || (s->taker == NOBODY) != (outcome == EXCEPTION_LOCKUP)) {
            fail_msg("kind %zu, %s: exception %u, expected %u", i / SITUATION_COUNT, s->name,
                     (unsigned)ipsr(f), (unsigned)expected);
        }
        check_status(f, k, s->taker);
        if (s->taker == NOBODY) {
            assert_int_equal(f->regs.pc, 0xFFFFFFFEU);
        } else {
            assert_int_equal(f->regs.pc, HANDLER(expected));
            assert_int_equal(ram_word(f, f->regs.msp + 24), pc); /* of the instruction itself */
            assert_int_equal(f->last_from_pc, pc);
        }
        fixture_free(f);
    }
}

/* An imprecise BusFault does not belong to an instruction: it waits for its turn. */
static void imprecise_bus_fault_waits(void **state)
{
    (void)state;
    for (size_t i = 0; i < SITUATION_COUNT; i++) {
        const struct situation *s = &situations[i];
        struct fixture *f = fixture_new();
        arrange(f, s);
        enum exception_outcome outcome = fault(f, FAULT_IMPRECISERR, 0);
        assert_int_equal(reg_read(f, CFSR), 0x400);
        assert_int_equal(reg_read(f, HFSR), s->enabled ? 0 : FORCED);
        uint32_t pending = s->enabled ? 5 : HARDFAULT;
        bool waits = s->enabled ? s->taker != OWN : s->taker == NOBODY;
        if ((outcome == EXCEPTION_NONE) != waits ||
            nvic_is_pending(&f->core.nvic, pending) != waits) {
            fail_msg("%s: %s", s->name, waits ? "was taken" : "was not taken");
        }
        fixture_free(f);
    }
}

static void imprecise_bus_fault_comes_when_the_mask_is_lifted(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    faults_enable(f, 0);
    f->regs.primask = 1;
    assert_int_equal(fault(f, FAULT_IMPRECISERR, 0), EXCEPTION_NONE);
    f->regs.primask = 0;
    assert_int_equal(poll(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), 5);
    fixture_free(f);
}

static void address_registers_are_one(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    faults_enable(f, 0);
    assert_int_equal(fault(f, FAULT_DACCVIOL, 0x20000010), EXCEPTION_ENTERED);
    assert_int_equal(leave(f, 0xFFFFFFF9U), EXCEPTION_RETURNED);
    assert_int_equal(fault(f, FAULT_PRECISERR, 0x40000020), EXCEPTION_ENTERED);
    assert_int_equal(reg_read(f, CFSR), 0x8202); /* MMARVALID is gone, the other bits add up */
    assert_int_equal(reg_read(f, BFAR), 0x40000020);
    assert_int_equal(reg_read(f, MMFAR), 0x40000020);
    fixture_free(f);
}

static void a_fault_of_a_process_uses_its_stack(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    to_process(f);
    assert_int_equal(fault(f, FAULT_DACCVIOL, 0x20000000), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), HARDFAULT);
    assert_int_equal(f->regs.lr, 0xFFFFFFFDU);
    assert_int_equal(f->regs.psp, PSP_START - 32);
    assert_int_equal(f->regs.msp, MSP_START);
    assert_int_equal(f->regs.control, CONTROL_NPRIV); /* SPSEL is 0 in handlers, nPRIV stays */
    fixture_free(f);
}

static void a_pending_interrupt_of_higher_priority_goes_first(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    faults_enable(f, 0x80);
    irq_enable(f, 1, 0x20);
    irq_pulse(f, 1);
    assert_int_equal(fault(f, FAULT_DACCVIOL, FAULT_AT), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), IRQ(1));
    assert_int_equal(reg_read(f, SHCSR) & (1U << 13), 1U << 13); /* MEMFAULTPENDED */
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), 4);
    assert_int_equal(f->cycles, 6);
    assert_int_equal(ram_word(f, f->regs.msp + 24), THREAD_PC);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_in_every_situation),
        cmocka_unit_test(imprecise_bus_fault_waits),
        cmocka_unit_test(imprecise_bus_fault_comes_when_the_mask_is_lifted),
        cmocka_unit_test(address_registers_are_one),
        cmocka_unit_test(a_fault_of_a_process_uses_its_stack),
        cmocka_unit_test(a_pending_interrupt_of_higher_priority_goes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
