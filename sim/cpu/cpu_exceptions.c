#include "sim/cpu/cpu_internal.h"
#include "sim/cpu/stacking.h"

/* The engine always notes the use of the floating-point unit in CONTROL.FPCA; without ASPEN a core
 * does not, and software may only have cleared it. */
uint32_t cpu_true_control(const struct cpu *cpu, uint32_t before, uint32_t control)
{
    bool automatic = (cpu->core.scb.state.fpccr & FPCCR_ASPEN) != 0;
    return automatic ? control : control & (before | ~CONTROL_FPCA);
}

void cpu_hold_regs(struct cpu *cpu)
{
    if (cpu->regs_held) {
        return;
    }
    uint32_t before = cpu->regs.control;
    engine_read_regs(cpu->active, &cpu->regs);
    cpu->regs.control = cpu_true_control(cpu, before, cpu->regs.control);
    cpu->regs_held = true;
    cpu->fp_held = false;
    if ((cpu->regs.control & CONTROL_FPCA) != 0) {
        engine_read_fp(cpu->active, &cpu->regs);
        cpu->fp_held = true;
    }
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
    cpu->regs.control |= cpu->config.fp_present && !automatic ? CONTROL_FPCA : 0;
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
    clock_set_now(cpu->config.clock, cpu->time.cycles);
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

bool cpu_take_pending(struct cpu *cpu)
{
    if (!preempts(cpu)) {
        return false;
    }
    uint32_t cycles;
    begin(cpu);
    enum exception_outcome outcome = cpu->late_possible ? exception_poll_late(&cpu->unit, &cycles)
                                                        : exception_poll(&cpu->unit, &cycles);
    finish(cpu, outcome, cycles);
    return outcome != EXCEPTION_NONE;
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

void cpu_do_exception_return(struct cpu *cpu, uint32_t value)
{
    uint32_t cycles;
    begin(cpu);
    if ((value & EXC_RETURN_BASIC_FRAME) == 0) {
        hold_fp(cpu); /* s0-s15 come from the frame, the rest must stay */
    }
    enum exception_outcome outcome = exception_return(&cpu->unit, value, &cycles);
    finish(cpu, outcome, cycles);
}
