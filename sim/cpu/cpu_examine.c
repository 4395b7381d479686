/* What the engines do not check: the instruction that is about to be stepped is looked at here. */
#include <stddef.h>

#include "sim/cpu/cpu_internal.h"
#include "sim/cpu/cycle_shape.h"

static bool divides_by_zero(const uint16_t code[2], const uint32_t r[16])
{
    struct cycle_divide divide;
    return cycle_divide_decode(code, &divide) && r[divide.divisor] == 0;
}

/* Of floating-point instructions, what a single-precision unit does not have: arithmetic of
 * doubles, and all that begins with 0xFC to 0xFE. Such an instruction is UNDEFINED and leaves the
 * FP context alone. */
static bool is_undefined_fp(const uint16_t code[2])
{
    bool arithmetic = (code[0] & 0xFF00U) == 0xEE00U && (code[1] & 0x0010U) == 0;
    return (code[0] & 0x1000U) != 0 || (arithmetic && (code[1] & 0x0F00U) == 0x0B00U);
}

/* True: the next instruction may not be fetched, and has faulted. */
static bool examine_fetch(struct cpu *cpu, uint32_t pc, const uint16_t code[2])
{
    struct mpu_verdict verdict = mpu_check(&cpu->core.mpu, pc, cycle_instruction_bytes(code[0]),
                                           MPU_ACCESS_FETCH, cpu->context);
    if (!verdict.allowed) {
        struct fault fault = {.kind = FAULT_IACCVIOL, .address = verdict.fault_address};
        mpu_account_refusal(&cpu->core.mpu_account, verdict.region, MPU_ACCESS_FETCH,
                            cpu->context.privileged);
        cpu_raise_fault(cpu, &fault, &verdict);
        return true;
    }
    return false;
}

/* The traps that CCR asks for, and those of instructions whose accesses are always aligned. True:
 * it faulted. */
static bool traps(struct cpu *cpu, const uint16_t code[2])
{
    uint32_t ccr = cpu->core.scb.state.ccr;
    if (cpu_base_is_unaligned(cpu, code)) {
        cpu_raise_fault(cpu, &(struct fault){.kind = FAULT_UNALIGNED}, NULL);
        return true;
    }
    if ((ccr & (CCR_DIV_0_TRP | CCR_UNALIGN_TRP)) == 0) {
        return false;
    }
    uint32_t r[16];
    struct access_span span;
    engine_get_core_regs(cpu->active, r);
    if ((ccr & CCR_DIV_0_TRP) != 0 && divides_by_zero(code, r)) {
        struct fault fault = {.kind = FAULT_DIVBYZERO};
        cpu_raise_fault(cpu, &fault, NULL);
        return true;
    }
    if ((ccr & CCR_UNALIGN_TRP) != 0 && access_decode(code, r, &span) &&
        span.address % (span.element_bytes == 8 ? 4U : span.element_bytes) != 0) {
        struct fault fault = {.kind = FAULT_UNALIGNED, .address = span.address};
        cpu_raise_fault(cpu, &fault, NULL);
        return true;
    }
    return false;
}

bool cpu_examine_step(struct cpu *cpu, bool split)
{
    uint16_t code[2];
    uint32_t pc = cpu_pc(cpu);
    if (!cpu_read_code(cpu, pc, code)) {
        return false; /* the fetch faults by itself */
    }
    if ((cpu_xpsr(cpu) & XPSR_T) == 0) {
        return false; /* INVSTATE, whatever the code is */
    }
    if (examine_fetch(cpu, pc, code) || (split ? cpu_it_skip(cpu) : cpu_it_enter(cpu))) {
        return true;
    }
    if (cycle_is_fp(code) &&
        !(cpu->config.fp_present && scb_fp_enabled(&cpu->core.scb, cpu->context.privileged))) {
        struct fault fault = {.kind = FAULT_NOCP};
        cpu_raise_fault(cpu, &fault, NULL);
        return true;
    }
    if (cycle_is_fp(code) && !is_undefined_fp(code) && cpu_prepare_fp(cpu)) {
        return true;
    }
    if ((cpu->blocks.gated_flags & CYCLE_CONTROL) != 0 && cpu_access_control(cpu, code)) {
        return true;
    }
    cpu_use_engine(cpu, cpu->close);
    return traps(cpu, code);
}
