/* What ended an engine's run, and what the core makes of it. */
#include <stddef.h>

#include "sim/cpu/cpu_internal.h"

#define HINT_16_YIELD 0xBF10U
#define HINT_16_WFE   0xBF20U

/* The engine asks about pages, and names their beginning: what the MPU says is about the
 * instruction, of which the second half may be the one that is refused. */
static void locate_fetch_refusal(struct cpu *cpu, uint32_t pc)
{
    struct mpu_verdict verdict = mpu_check(&cpu->core.mpu, pc, 4, MPU_ACCESS_FETCH, cpu->context);
    if (cpu->refusal.by_mpu && !verdict.allowed) {
        cpu->refusal.verdict = verdict;
        cpu->refusal.fault.address = verdict.fault_address;
    }
}

static void take_refusal(struct cpu *cpu)
{
    if (cpu->refusal.kind == CPU_REFUSAL_RETRY) {
        cpu_settle_before(cpu, cpu_pc(cpu));
        return;
    }
    if (cpu->refusal.crossing) {
        cpu_locate_crossing(cpu);
    }
    uint32_t pc = cpu_pc(cpu);
    if (cpu->refusal.kind == CPU_REFUSAL_FETCH) {
        locate_fetch_refusal(cpu, pc);
        cpu_settle_after(cpu, pc);
    } else {
        cpu_settle_inside(cpu, pc);
    }
    if (cpu->refusal.kind == CPU_REFUSAL_CLOSE) {
        cpu->mode = CPU_MODE_STEP;
        return;
    }
    if (cpu->refusal.kind == CPU_REFUSAL_PAGE) {
        cpu_locate_refusal(cpu);
    }
    const struct cpu_refusal refusal = cpu->refusal;
    if (refusal.by_mpu) {
        mpu_account_refusal(&cpu->core.mpu_account, refusal.verdict.region, refusal.access,
                            refusal.privileged);
    }
    cpu_raise_fault(cpu, &refusal.fault, refusal.by_mpu ? &refusal.verdict : NULL);
}

static void fall_asleep(struct cpu *cpu, bool wfe)
{
    if (wfe && exception_take_event(&cpu->unit)) {
        return;
    }
    cpu->sleeping = true;
    cpu->sleeping_wfe = wfe;
}

/* WFE and YIELD come as invalid instructions, with PC after them; they end their block. */
static bool take_hint(struct cpu *cpu, uint32_t pc)
{
    uint16_t code[2];
    if (cpu->time.block == &cpu->time.none || pc != cpu->time.block->end || pc < 4 ||
        !cpu_read_code(cpu, pc - 4, code)) {
        return false;
    }
    bool wide = code[0] == 0xF3AFU && (code[1] == 0x8001U || code[1] == 0x8002U);
    bool wfe = code[1] == HINT_16_WFE || (wide && code[1] == 0x8002U);
    if (!wide && !wfe && code[1] != HINT_16_YIELD) {
        return false;
    }
    cpu_settle_inside(cpu, pc);
    if (wfe) {
        fall_asleep(cpu, true);
    }
    return true;
}

static void take_invalid(struct cpu *cpu)
{
    uint32_t pc = engine_get_pc(cpu->active) & ~1U;
    if (take_hint(cpu, pc)) {
        return;
    }
    bool thumb = (engine_get_xpsr(cpu->active) & XPSR_T) != 0;
    struct fault fault = {.kind = thumb ? FAULT_UNDEFINSTR : FAULT_INVSTATE};
    cpu_settle_inside(cpu, pc);
    cpu_raise_fault(cpu, &fault, NULL);
}

static enum cpu_verdict take_bkpt(struct cpu *cpu, enum cpu_stop *stop)
{
    uint32_t pc = engine_get_pc(cpu->active) & ~1U;
    uint16_t code[2];
    cpu_settle_inside(cpu, pc);
    if (cpu->debug.semihosting && cpu_read_code(cpu, pc, code) && code[0] == CPU_BKPT_SEMIHOSTING) {
        *stop = CPU_STOP_SEMIHOSTING;
        return CPU_END_RUN;
    }
    if (cpu->debug.attached) {
        *stop = CPU_STOP_BKPT;
        return CPU_END_RUN;
    }
    struct fault fault = {.kind = FAULT_BKPT};
    cpu_raise_fault(cpu, &fault, NULL);
    return CPU_GO_ON;
}

enum cpu_verdict cpu_take_end(struct cpu *cpu, enum engine_end end, enum cpu_stop *stop)
{
    if (cpu->refusal.kind != CPU_REFUSAL_NONE) {
        take_refusal(cpu);
        return CPU_GO_ON;
    }
    uint32_t pc = engine_get_pc(cpu->active);
    switch (end) {
    case ENGINE_STOPPED:
        cpu_settle_inside(cpu, pc);
        return CPU_GO_ON;
    case ENGINE_SLEEP:
        cpu_settle_inside(cpu, pc);
        fall_asleep(cpu, false);
        return CPU_GO_ON;
    case ENGINE_SVC:
        cpu_settle_inside(cpu, pc);
        cpu_do_svc(cpu);
        return CPU_GO_ON;
    case ENGINE_EXC_RETURN:
        cpu_settle_jump(cpu, pc);
        cpu_do_exception_return(cpu, pc | 1U);
        return CPU_GO_ON;
    case ENGINE_BKPT:
        return take_bkpt(cpu, stop);
    case ENGINE_INVALID:
        take_invalid(cpu);
        return CPU_GO_ON;
    case ENGINE_NOCP:
        cpu_settle_inside(cpu, pc);
        cpu_raise_fault(cpu, &(struct fault){.kind = FAULT_NOCP}, NULL);
        return CPU_GO_ON;
    case ENGINE_UNALIGNED:
        cpu_settle_inside(cpu, pc);
        cpu_raise_fault(cpu, &(struct fault){.kind = FAULT_UNALIGNED}, NULL);
        return CPU_GO_ON;
    case ENGINE_REFUSED:
    case ENGINE_FAILED:
        break;
    }
    cpu->error = engine_error(cpu->active) != NULL ? engine_error(cpu->active)
                                                   : "the engine refused without a reason";
    *stop = CPU_STOP_ENGINE;
    return CPU_END_RUN;
}
