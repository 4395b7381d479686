#include "sim/cpu/cpu_internal.h"
#include "sim/cpu/stacking.h"

#define CONTROL_SYSM     0x14U
#define EXC_RETURN_SPACE 0xFFFFFFE0U

uint32_t cpu_true_control(const struct cpu *cpu, uint32_t control)
{
    return cpu->fpca_forced ? (control & ~CONTROL_FPCA) | (cpu->regs.control & CONTROL_FPCA)
                            : control;
}

void cpu_hold_regs(struct cpu *cpu)
{
    if (cpu->regs_held) {
        return;
    }
    uint32_t before = cpu->regs.control;
    engine_read_regs(cpu->active, &cpu->regs);
    if (cpu->fpca_forced) {
        cpu->regs.control = (cpu->regs.control & ~CONTROL_FPCA) | (before & CONTROL_FPCA);
    }
    cpu->regs_held = true;
    cpu->fp_held = false;
}

static void hold_fp(struct cpu *cpu)
{
    if (!cpu->fp_held) {
        engine_read_fp(cpu->active, &cpu->regs);
        cpu->fp_held = true;
    }
}

void cpu_load_regs(struct cpu *cpu)
{
    if (!cpu->regs_held) {
        return;
    }
    if (cpu->unit.clear_exclusive && cpu->exclusive_open) {
        engine_clear_exclusive(cpu->active);
        cpu->exclusive_open = false;
    }
    cpu->unit.clear_exclusive = false;
    /* Without ASPEN the engine must not take the next floating-point instruction for the first of a
     * new context: it would set FPSCR. */
    bool automatic = (cpu->core.scb.state.fpccr & FPCCR_ASPEN) != 0;
    uint32_t control = cpu->regs.control;
    cpu->fpca_forced = cpu->config.fp_present && !automatic && (control & CONTROL_FPCA) == 0;
    cpu->regs.control |= cpu->fpca_forced ? CONTROL_FPCA : 0;
    engine_write_regs(cpu->active, &cpu->regs, cpu->fp_held);
    cpu->regs.control = control;
    cpu->regs_held = false;
    cpu->fp_held = false;
}

/* Brings the machine's clock to the end of what has run: the exception unit and observers read it.
 */
static void begin(struct cpu *cpu)
{
    cpu_hold_regs(cpu);
    bool lazy = (cpu->core.scb.state.fpccr & FPCCR_LSPEN) != 0;
    if ((cpu->regs.control & CONTROL_FPCA) != 0 && !lazy) {
        hold_fp(cpu); /* an entry stacks them */
    }
    clock_set_now(cpu->config.clock, cpu->time.cycles);
    cpu_finish_barriers(cpu);
}

static void finish(struct cpu *cpu, enum exception_outcome outcome, uint32_t cycles)
{
    cpu->time.cycles += cycles;
    clock_set_now(cpu->config.clock, cpu->time.cycles);
    switch (outcome) {
    case EXCEPTION_NONE:
        return;
    case EXCEPTION_ENTERED:
        cpu->counters.exceptions++;
        cpu->counters.interrupts += cpu_regs_ipsr(&cpu->regs) >= EXCEPTION_IRQ0 ? 1U : 0U;
        cpu->late_possible = true;
        cpu->fp_store_done = 0;
        break;
    case EXCEPTION_RETURNED:
        break;
    case EXCEPTION_LOCKUP:
        cpu->locked_up = true;
        break;
    }
    if (cpu->unit.sleep_on_exit) {
        cpu->unit.sleep_on_exit = false;
        cpu->sleeping = true;
        cpu->sleeping_wfe = false;
    }
    cpu->mode = CPU_MODE_FAST; /* what was decided was about the code that is left */
    cpu_settle_jump(cpu, cpu->regs.pc);
    cpu_update_context(cpu);
}

/* Needs only what cpu.regs always has: masks and IPSR. */
static bool preempts(const struct cpu *cpu)
{
    const struct nvic *nvic = &cpu->core.nvic;
    uint32_t exception = nvic_highest_pending(nvic);
    return exception != 0 &&
           nvic_group_priority(nvic_priority(nvic, exception), cpu->core.scb.state.prigroup) <
               exception_execution_priority(&cpu->unit);
}

void cpu_poll_if_due(struct cpu *cpu)
{
    if (preempts(cpu)) {
        cpu_add_work(cpu, CPU_WORK_POLL);
    }
}

bool cpu_is_interrupted(const struct cpu *cpu)
{
    return preempts(cpu);
}

bool cpu_take_pending(struct cpu *cpu)
{
    if (!preempts(cpu)) {
        return false;
    }
    uint32_t cycles;
    cpu->debug.resume_valid = false; /* the instruction there is still to come */
    begin(cpu);
    enum exception_outcome outcome = cpu->return_left != 0
                                         ? exception_poll_unstacking(&cpu->unit, &cycles)
                                     : cpu->late_possible ? exception_poll_late(&cpu->unit, &cycles)
                                                          : exception_poll(&cpu->unit, &cycles);
    cpu->return_left = 0;
    finish(cpu, outcome, cycles);
    return outcome != EXCEPTION_NONE;
}

void cpu_pass_return(struct cpu *cpu)
{
    uint64_t left = cpu->time.deadline - cpu->time.cycles;
    left = left < cpu->return_left ? left : cpu->return_left;
    cpu->time.cycles += left;
    cpu->return_left -= (uint32_t)left;
    clock_set_now(cpu->config.clock, cpu->time.cycles);
}

bool cpu_leave_lockup(struct cpu *cpu)
{
    if (!exception_ends_lockup(&cpu->unit)) {
        return false;
    }
    cpu->locked_up = false;
    cpu->late_possible = false;
    return cpu_take_pending(cpu);
}

void cpu_raise_fault(struct cpu *cpu, const struct fault *fault, const struct mpu_verdict *verdict)
{
    uint32_t cycles;
    begin(cpu);
    enum exception_outcome outcome = exception_fault(&cpu->unit, fault, verdict, &cycles);
    finish(cpu, outcome, cycles);
}

void cpu_do_svc(struct cpu *cpu)
{
    uint32_t cycles;
    begin(cpu);
    enum exception_outcome outcome = exception_svc(&cpu->unit, &cycles);
    finish(cpu, outcome, cycles);
}

/* An interrupt does not wait for the deferred store, which starts over afterwards. True: something
 * is due before it would be done. */
static bool pause_fp_store(struct cpu *cpu)
{
    uint32_t left = exception_fp_cycles(&cpu->unit) - cpu->fp_store_done;
    if (cpu->time.cycles + left <= cpu->time.deadline) {
        return false;
    }
    cpu->fp_store_done += (uint32_t)(cpu->time.deadline - cpu->time.cycles);
    cpu->time.cycles = cpu->time.deadline;
    return true;
}

bool cpu_prepare_fp(struct cpu *cpu)
{
    if (!exception_fp_is_new(&cpu->unit)) {
        return false;
    }
    if (pause_fp_store(cpu)) {
        return true;
    }
    uint32_t cycles;
    begin(cpu);
    hold_fp(cpu);
    enum exception_outcome outcome = exception_prepare_fp(&cpu->unit, &cycles);
    uint32_t done = cpu->fp_store_done;
    cpu->fp_store_done = 0;
    finish(cpu, outcome, cycles - done);
    return outcome != EXCEPTION_NONE;
}

static uint32_t *core_register(struct cpu *cpu, unsigned index)
{
    struct cpu_regs *regs = &cpu->regs;
    uint32_t *sp = cpu_regs_uses_psp(regs) ? &regs->psp : &regs->msp;
    return index < 13 ? &regs->r[index] : index == 13 ? sp : &regs->lr;
}

static void write_control(struct cpu *cpu, uint32_t value)
{
    struct cpu_regs *regs = &cpu->regs;
    if (!cpu_regs_privileged(regs)) {
        return;
    }
    uint32_t writable = CONTROL_NPRIV | CONTROL_FPCA;
    writable |= cpu_regs_ipsr(regs) == 0 ? CONTROL_SPSEL : 0;
    regs->control = (regs->control & ~writable) | (value & writable);
    cpu_update_context(cpu);
}

bool cpu_access_control(struct cpu *cpu, const uint16_t code[2])
{
    bool mrs = code[0] == 0xF3EFU && (code[1] & 0xF0FFU) == (0x8000U | CONTROL_SYSM);
    bool msr = (code[0] & 0xFFF0U) == 0xF380U && (code[1] & 0xF0FFU) == (0x8000U | CONTROL_SYSM);
    if (!mrs && !msr) {
        return false;
    }
    cpu_it_pass(cpu);
    if (mrs) {
        *core_register(cpu, code[1] >> 8 & 0xFU) = cpu->regs.control & 7U;
    } else {
        write_control(cpu, *core_register(cpu, code[0] & 0xFU));
    }
    return true;
}

/* Of so many cycles, those before something is due. */
static uint32_t cycles_before(const struct cpu_timeline *time, uint32_t cycles)
{
    uint64_t left = time->deadline > time->cycles ? time->deadline - time->cycles : 0;
    return left < cycles ? (uint32_t)left : cycles;
}

/* A return into the addresses of EXC_RETURN, as from the NMI that interrupted a lockup: the engine
 * would take it for another return. */
static void refuse_to_fetch(struct cpu *cpu)
{
    struct mpu_verdict verdict =
        mpu_check(&cpu->core.mpu, cpu->regs.pc, 2, MPU_ACCESS_FETCH, cpu->context);
    struct fault fault = {.kind = FAULT_IACCVIOL, .address = cpu->regs.pc};
    cpu_raise_fault(cpu, &fault, &verdict);
}

void cpu_do_exception_return(struct cpu *cpu, uint32_t value)
{
    uint32_t cycles;
    begin(cpu);
    if ((value & EXC_RETURN_BASIC_FRAME) == 0 &&
        (cpu->core.scb.state.fpccr & (FPCCR_LSPACT | FPCCR_LSPEN)) !=
            (FPCCR_LSPACT | FPCCR_LSPEN)) {
        hold_fp(cpu); /* s0-s15 come from the frame, or go there again; the rest must stay */
    }
    enum exception_outcome outcome = exception_return(&cpu->unit, value, &cycles);
    uint32_t passed = cycles;
    if (outcome == EXCEPTION_RETURNED && !cpu->unit.sleep_on_exit) {
        passed = cycles_before(&cpu->time, cycles);
    }
    finish(cpu, outcome, passed);
    cpu->return_left = cycles - passed;
    if (outcome == EXCEPTION_RETURNED && cpu->regs.pc >= EXC_RETURN_SPACE) {
        refuse_to_fetch(cpu);
    }
}
