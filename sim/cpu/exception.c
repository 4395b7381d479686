#include "sim/cpu/exception.h"

#include <stddef.h>

#include "mpu_model/mpu_account.h"
#include "sim/cpu/exception_internal.h"
#include "sim/cpu/fault_status.h"
#include "sim/cpu/stacking.h"

#define CYCLES_ENTRY          12U
#define CYCLES_RETURN         10U
#define CYCLES_TAIL_CHAIN     6U
#define CYCLES_FP_WORDS       17U
#define FPSCR_CONTEXT_BITS    0x07C00000U /* what FPDSCR gives a new context */
#define LOCKUP_PC             0xFFFFFFFEU
#define EXC_RETURN_ONES       0xFFFFFFE0U
#define EXC_RETURN_ONES_NO_FP 0xFFFFFFF0U
#define EXC_RETURN_PATTERN    0xFU

/* With or without the FP words of the frame: `lazy` is the FPCCR bit that keeps them where they
 * are.
 */
static uint32_t frame_cycles(const struct exception_unit *unit, uint32_t base, uint32_t exc_return,
                             uint32_t lazy)
{
    bool extended = (exc_return & EXC_RETURN_BASIC_FRAME) == 0;
    bool moved = extended && (unit->core->scb.state.fpccr & lazy) == 0;
    return moved ? base + CYCLES_FP_WORDS : base;
}

/* What entry and return have in common beside the registers. */
static void finish_switch(struct exception_unit *unit)
{
    struct armv7m *core = unit->core;
    core->nvic.state.current = cpu_regs_ipsr(unit->regs);
    core->scb.state.event_register = true;
    unit->clear_exclusive = true;
    mpu_account_barrier(&core->mpu_account, clock_now(core->config.clock));
}

static enum exception_outcome lock_up(struct exception_unit *unit)
{
    unit->regs->pc = LOCKUP_PC;
    return EXCEPTION_LOCKUP;
}

static void observe_fault(struct exception_unit *unit, const struct fault *fault,
                          const struct mpu_verdict *verdict)
{
    if (unit->observer.faulted != NULL) {
        unit->observer.faulted(unit->observer.context, fault, unit->regs, verdict);
    }
}

/* Makes a synchronous exception pending where it may preempt the running code, else HardFault.
 * False: neither may, the core locks up. */
static bool pend_synchronous(struct exception_unit *unit, uint32_t exception)
{
    struct nvic *nvic = exception_nvic(unit);
    int32_t running = exception_execution_priority(unit);
    if (nvic_is_enabled(nvic, exception) && exception_group_priority(unit, exception) < running) {
        nvic_set_pending(nvic, exception);
        return true;
    }
    if (running <= EXCEPTION_PRIORITY_HARDFAULT) {
        return false;
    }
    unit->core->scb.state.hfsr |= exception == EXCEPTION_DEBUGMON ? HFSR_DEBUGEVT : HFSR_FORCED;
    nvic_set_pending(nvic, EXCEPTION_HARDFAULT);
    return true;
}

/* An asynchronous BusFault waits until it may preempt; only a disabled one escalates. */
static void pend_imprecise(struct exception_unit *unit)
{
    struct nvic *nvic = exception_nvic(unit);
    if (nvic_is_enabled(nvic, EXCEPTION_BUSFAULT)) {
        nvic_set_pending(nvic, EXCEPTION_BUSFAULT);
    } else {
        unit->core->scb.state.hfsr |= HFSR_FORCED;
        nvic_set_pending(nvic, EXCEPTION_HARDFAULT);
    }
}

static void account_stacking_fault(struct exception_unit *unit,
                                   const struct stacking_result *result, enum mpu_access access)
{
    const struct mpu_verdict *verdict = result->by_mpu ? &result->verdict : NULL;
    observe_fault(unit, &result->fault, verdict);
    if (verdict != NULL) {
        mpu_account_refusal(&unit->core->mpu_account, verdict->region, access, result->privileged);
    }
}

/* A fault met while stacking or unstacking. False: lockup. */
static bool pend_stacking_fault(struct exception_unit *unit, const struct stacking_result *result)
{
    account_stacking_fault(
        unit, result, result->fault.kind == FAULT_MSTKERR ? MPU_ACCESS_WRITE : MPU_ACCESS_READ);
    return pend_synchronous(unit, fault_status_record(unit->core, &result->fault));
}

/* Reads the vector of the highest pending exception, which is only chosen now: one that came in
 * during stacking is a late arrival. *failed: that of NMI or HardFault cannot be read, lockup. */
static uint32_t fetch_vector(struct exception_unit *unit, uint32_t *vector, bool *failed)
{
    const struct exception_memory *memory = &unit->memory;
    *failed = false;
    for (;;) {
        uint32_t exception = nvic_highest_pending(exception_nvic(unit));
        uint32_t address = unit->core->scb.state.vtor + 4 * exception;
        if (memory->read(memory->context, address, vector) == BUS_OK) {
            return exception;
        }
        struct fault fault = {.kind = FAULT_VECTTBL, .address = address};
        observe_fault(unit, &fault, NULL);
        uint32_t fault_exception = fault_status_record(unit->core, &fault);
        if (exception <= EXCEPTION_HARDFAULT) {
            *failed = true;
            *vector = 0;
            return exception;
        }
        nvic_set_pending(exception_nvic(unit), fault_exception);
    }
}

static uint32_t stacked_pc(const struct exception_unit *unit, uint32_t exc_return)
{
    const struct exception_memory *memory = &unit->memory;
    uint32_t sp = (exc_return & EXC_RETURN_PSP) != 0 ? unit->regs->psp : unit->regs->msp;
    uint32_t pc = 0;
    (void)memory->read(memory->context, sp + STACKING_PC_OFFSET, &pc);
    return pc;
}

/* The frame lies on the stack that `exc_return` names: go to the handler of the highest pending
 * exception. */
static enum exception_outcome take_exception(struct exception_unit *unit, uint32_t exc_return)
{
    struct cpu_regs *regs = unit->regs;
    uint32_t vector;
    bool failed;
    uint32_t exception = fetch_vector(unit, &vector, &failed);
    nvic_enter(exception_nvic(unit), exception);
    regs->lr = exc_return;
    regs->pc = vector & ~1U;
    regs->xpsr &= ~(XPSR_T | XPSR_IPSR | XPSR_IT_ICI);
    regs->xpsr |= exception | ((vector & 1U) != 0 ? XPSR_T : 0);
    regs->control &= ~(CONTROL_SPSEL | CONTROL_FPCA);
    finish_switch(unit);
    if (failed) {
        return lock_up(unit); /* at the priority of that exception */
    }
    if (unit->observer.entered != NULL) {
        unit->observer.entered(unit->observer.context, exception, regs,
                               stacked_pc(unit, exc_return));
    }
    return EXCEPTION_ENTERED;
}

static uint32_t exc_return_for(const struct exception_unit *unit)
{
    const struct cpu_regs *regs = unit->regs;
    bool extended = unit->fp_present && (regs->control & CONTROL_FPCA) != 0;
    uint32_t value = EXC_RETURN_ONES | 1U;
    value |= extended ? 0 : EXC_RETURN_BASIC_FRAME;
    value |= cpu_regs_ipsr(regs) == 0 ? EXC_RETURN_THREAD : 0;
    value |= cpu_regs_uses_psp(regs) ? EXC_RETURN_PSP : 0;
    return value;
}

enum exception_outcome exception_poll(struct exception_unit *unit, uint32_t *cycles)
{
    *cycles = 0;
    int32_t running = exception_execution_priority(unit);
    if (exception_preempting(unit, running) == 0) {
        return EXCEPTION_NONE;
    }
    uint32_t exc_return = exc_return_for(unit);
    *cycles = frame_cycles(unit, CYCLES_ENTRY, exc_return, FPCCR_LSPEN);
    struct stacking_result result = stacking_push(unit, running, cpu_regs_ipsr(unit->regs) == 0);
    if (result.faulted && !pend_stacking_fault(unit, &result)) {
        return lock_up(unit);
    }
    return take_exception(unit, exc_return);
}

enum exception_outcome exception_poll_late(struct exception_unit *unit, uint32_t *cycles)
{
    *cycles = 0;
    if (exception_preempting(unit, exception_execution_priority(unit)) == 0) {
        return EXCEPTION_NONE;
    }
    nvic_unenter(exception_nvic(unit), cpu_regs_ipsr(unit->regs));
    return take_exception(unit, unit->regs->lr);
}

enum exception_outcome exception_poll_unstacking(struct exception_unit *unit, uint32_t *cycles)
{
    *cycles = 0;
    if (exception_preempting(unit, exception_execution_priority(unit)) == 0) {
        return EXCEPTION_NONE;
    }
    const struct exception_popped *popped = &unit->popped;
    bool psp = (popped->exc_return & EXC_RETURN_PSP) != 0;
    *(psp ? &unit->regs->psp : &unit->regs->msp) = popped->sp;
    unit->core->scb.state.fpccr |= popped->lazy ? FPCCR_LSPACT : 0;
    unit->sleep_on_exit = false;
    *cycles = CYCLES_TAIL_CHAIN;
    return take_exception(unit, popped->exc_return);
}

enum exception_outcome exception_fault(struct exception_unit *unit, const struct fault *fault,
                                       const struct mpu_verdict *verdict, uint32_t *cycles)
{
    *cycles = 0;
    observe_fault(unit, fault, verdict);
    uint32_t exception = fault_status_record(unit->core, fault);
    if (fault->kind == FAULT_IMPRECISERR) {
        pend_imprecise(unit);
    } else if (!pend_synchronous(unit, exception)) {
        return lock_up(unit);
    }
    return exception_poll(unit, cycles);
}

void exception_note_ignored(struct exception_unit *unit, uint32_t address)
{
    const struct fault fault = {.kind = FAULT_PRECISERR, .address = address};
    (void)fault_status_record(unit->core, &fault);
}

bool exception_debug_event(struct exception_unit *unit, uint32_t dfsr)
{
    if (!exception_monitor_preempts(unit)) {
        return false;
    }
    unit->core->scb.state.dfsr |= dfsr;
    nvic_set_pending(exception_nvic(unit), EXCEPTION_DEBUGMON);
    return true;
}

enum exception_outcome exception_svc(struct exception_unit *unit, uint32_t *cycles)
{
    *cycles = 0;
    if (!pend_synchronous(unit, EXCEPTION_SVCALL)) {
        return lock_up(unit);
    }
    return exception_poll(unit, cycles);
}

/* The frame stays where it is, and the fault's handler gets the very EXC_RETURN that failed. */
static enum exception_outcome refuse_return(struct exception_unit *unit, uint32_t exc_return)
{
    struct fault fault = {.kind = FAULT_INVPC};
    observe_fault(unit, &fault, NULL);
    if (!pend_synchronous(unit, fault_status_record(unit->core, &fault))) {
        return lock_up(unit);
    }
    return take_exception(unit, exc_return);
}

static bool is_legal_return(const struct exception_unit *unit, uint32_t exc_return)
{
    struct nvic *nvic = exception_nvic(unit);
    uint32_t ones = unit->fp_present ? EXC_RETURN_ONES : EXC_RETURN_ONES_NO_FP;
    if ((exc_return & ones) != ones || !nvic_is_active(nvic, cpu_regs_ipsr(unit->regs))) {
        return false;
    }
    bool thread_allowed =
        nvic_active_count(nvic) == 1 || (unit->core->scb.state.ccr & CCR_NONBASETHRDENA) != 0;
    switch (exc_return & EXC_RETURN_PATTERN) {
    case 0x1:
        return true;
    case 0x9:
    case 0xD:
        return thread_allowed;
    default:
        return false;
    }
}

static void leave_handler(struct exception_unit *unit, uint32_t exception)
{
    nvic_leave(exception_nvic(unit), exception);
    if (exception != EXCEPTION_NMI) {
        unit->regs->faultmask = 0;
    }
    if (unit->observer.returned != NULL) {
        unit->observer.returned(unit->observer.context, exception, unit->regs);
    }
}

/* The frame was popped, and does not fit the mode returned to: it is pushed again. */
static enum exception_outcome refuse_frame(struct exception_unit *unit, uint32_t exc_return,
                                           int32_t priority)
{
    bool thread = (exc_return & EXC_RETURN_THREAD) != 0;
    struct stacking_result result = stacking_push(unit, priority, thread);
    if (result.faulted && !pend_stacking_fault(unit, &result)) {
        return lock_up(unit);
    }
    return refuse_return(unit, exc_return);
}

static struct exception_popped frame_of(const struct exception_unit *unit, uint32_t exc_return)
{
    bool psp = (exc_return & EXC_RETURN_PSP) != 0;
    bool extended = (exc_return & EXC_RETURN_BASIC_FRAME) == 0;
    return (struct exception_popped){
        .exc_return = exc_return,
        .sp = psp ? unit->regs->psp : unit->regs->msp,
        .lazy = extended && (unit->core->scb.state.fpccr & FPCCR_LSPACT) != 0,
    };
}

enum exception_outcome exception_return(struct exception_unit *unit, uint32_t exc_return,
                                        uint32_t *cycles)
{
    uint32_t returning = cpu_regs_ipsr(unit->regs);
    bool legal = is_legal_return(unit, exc_return);
    bool outermost = nvic_active_count(exception_nvic(unit)) == 1;
    *cycles = CYCLES_TAIL_CHAIN;
    leave_handler(unit, returning);
    if (!legal) {
        return refuse_return(unit, exc_return);
    }
    int32_t priority = exception_execution_priority(unit);
    if (exception_preempting(unit, priority) != 0) {
        return take_exception(unit, exc_return);
    }
    *cycles = frame_cycles(unit, CYCLES_RETURN, exc_return, FPCCR_LSPACT);
    unit->popped = frame_of(unit, exc_return);
    struct stacking_result result = stacking_pop(unit, exc_return, priority);
    if (result.faulted) {
        return pend_stacking_fault(unit, &result) ? take_exception(unit, exc_return)
                                                  : lock_up(unit);
    }
    bool to_thread = (exc_return & EXC_RETURN_THREAD) != 0;
    if (to_thread != (cpu_regs_ipsr(unit->regs) == 0)) {
        return refuse_frame(unit, exc_return, priority);
    }
    finish_switch(unit);
    unit->sleep_on_exit = outermost && (exc_return & EXC_RETURN_THREAD) != 0 &&
                          (unit->core->scb.state.scr & SCR_SLEEPONEXIT) != 0;
    if (unit->observer.resumed != NULL) {
        unit->observer.resumed(unit->observer.context, unit->regs);
    }
    return EXCEPTION_RETURNED;
}

bool exception_fp_is_new(const struct exception_unit *unit)
{
    uint32_t fpccr = unit->core->scb.state.fpccr;
    bool begins = (fpccr & FPCCR_ASPEN) != 0 && (unit->regs->control & CONTROL_FPCA) == 0;
    return unit->fp_present && (begins || (fpccr & FPCCR_LSPACT) != 0);
}

uint32_t exception_fp_cycles(const struct exception_unit *unit)
{
    return (unit->core->scb.state.fpccr & FPCCR_LSPACT) != 0 ? CYCLES_FP_WORDS : 0;
}

/* What counts for a fault of the deferred store is what the code could take that the context
 * belongs to. A UsageFault has no bit for it: it goes by what runs now. False: lockup. */
static bool pend_preserving(struct exception_unit *unit, uint32_t exception)
{
    struct nvic *nvic = exception_nvic(unit);
    uint32_t fpccr = unit->core->scb.state.fpccr;
    if (exception == EXCEPTION_USAGEFAULT) {
        return pend_synchronous(unit, exception);
    }
    uint32_t ready = exception == EXCEPTION_MEMMANAGE ? FPCCR_MMRDY : FPCCR_BFRDY;
    bool escalates = (fpccr & ready) == 0;
    exception = escalates ? EXCEPTION_HARDFAULT : exception;
    bool preempts = nvic_is_enabled(nvic, exception) &&
                    exception_group_priority(unit, exception) < exception_execution_priority(unit);
    if (!preempts && (fpccr & FPCCR_HFRDY) == 0) {
        return false;
    }
    unit->core->scb.state.hfsr |= escalates ? HFSR_FORCED : 0;
    nvic_set_pending(nvic, exception);
    return true;
}

/* EXCEPTION_NONE: stored, or failed with a fault that has to wait; the context is gone then. */
static enum exception_outcome preserve_fp(struct exception_unit *unit, uint32_t *cycles)
{
    *cycles = CYCLES_FP_WORDS;
    struct stacking_result result = stacking_preserve(unit);
    if (result.faulted) {
        account_stacking_fault(unit, &result, MPU_ACCESS_WRITE);
        if (!pend_preserving(unit, fault_status_record(unit->core, &result.fault))) {
            return lock_up(unit);
        }
        uint32_t entry_cycles;
        enum exception_outcome outcome = exception_poll(unit, &entry_cycles);
        if (outcome != EXCEPTION_NONE) {
            *cycles += entry_cycles;
            return outcome;
        }
    }
    unit->core->scb.state.fpccr &= ~FPCCR_LSPACT;
    return EXCEPTION_NONE;
}

enum exception_outcome exception_prepare_fp(struct exception_unit *unit, uint32_t *cycles)
{
    struct cpu_regs *regs = unit->regs;
    const struct scb_state *scb = &unit->core->scb.state;
    *cycles = 0;
    if ((scb->fpccr & FPCCR_LSPACT) != 0) {
        enum exception_outcome outcome = preserve_fp(unit, cycles);
        if (outcome != EXCEPTION_NONE) {
            return outcome;
        }
    }
    if ((scb->fpccr & FPCCR_ASPEN) != 0 && (regs->control & CONTROL_FPCA) == 0) {
        regs->fpscr = (regs->fpscr & ~FPSCR_CONTEXT_BITS) | scb->fpdscr;
        regs->control |= CONTROL_FPCA;
    }
    return EXCEPTION_NONE;
}

enum exception_outcome exception_reset(struct exception_unit *unit)
{
    const struct exception_memory *memory = &unit->memory;
    armv7m_reset(unit->core);
    *unit->regs = (struct cpu_regs){.lr = 0xFFFFFFFFU, .xpsr = XPSR_T};
    unit->clear_exclusive = true;
    unit->sleep_on_exit = false;
    uint32_t vector;
    uint32_t stack;
    uint32_t table = unit->core->scb.state.vtor;
    if (memory->read(memory->context, table, &stack) != BUS_OK ||
        memory->read(memory->context, table + 4, &vector) != BUS_OK) {
        return lock_up(unit);
    }
    unit->regs->msp = stack & ~3U;
    unit->regs->pc = vector & ~1U;
    unit->regs->xpsr = (vector & 1U) != 0 ? XPSR_T : 0;
    return EXCEPTION_ENTERED;
}
