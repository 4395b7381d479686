/* Why an access is not made, for the fault that follows from it. */
#include "sim/cpu/cpu_internal.h"

void cpu_refuse(struct cpu *cpu, enum cpu_refusal_kind kind, enum mpu_access access,
                bool privileged)
{
    cpu->refusal = (struct cpu_refusal){.kind = kind, .access = access, .privileged = privileged};
}

void cpu_refuse_by_mpu(struct cpu *cpu, enum cpu_refusal_kind kind, enum mpu_access access,
                       bool privileged, const struct mpu_verdict *verdict)
{
    cpu_refuse(cpu, kind, access, privileged);
    cpu->refusal.by_mpu = true;
    cpu->refusal.verdict = *verdict;
    cpu->refusal.fault = (struct fault){
        .kind = access == MPU_ACCESS_FETCH ? FAULT_IACCVIOL : FAULT_DACCVIOL,
        .address = verdict->fault_address,
    };
}

void cpu_refuse_with(struct cpu *cpu, enum mpu_access access, bool privileged, enum fault_kind kind,
                     uint32_t address)
{
    cpu_refuse(cpu, access == MPU_ACCESS_FETCH ? CPU_REFUSAL_FETCH : CPU_REFUSAL_DATA, access,
               privileged);
    cpu->refusal.fault = (struct fault){.kind = kind, .address = address};
}

struct mpu_context cpu_data_context(struct cpu *cpu)
{
    struct mpu_context context = cpu->context;
    uint16_t code[2];
    if (context.privileged && cpu_read_code(cpu, engine_get_pc(cpu->active), code) &&
        access_is_unprivileged(code)) {
        context.privileged = false;
    }
    return context;
}

void cpu_locate_refusal(struct cpu *cpu)
{
    struct cpu_refusal *refusal = &cpu->refusal;
    uint32_t r[16];
    uint16_t code[2];
    struct access_span span;
    engine_get_core_regs(cpu->active, r);
    struct mpu_context context = cpu->context;
    context.privileged = refusal->privileged;
    uint32_t address = refusal->page;
    uint32_t bytes = ENGINE_PAGE_BYTES;
    if (cpu_read_code(cpu, r[15], code) && access_decode(code, r, &span)) {
        address = span.address;
        bytes = (uint32_t)span.element_bytes * span.count;
    }
    struct mpu_verdict verdict =
        mpu_check(&cpu->core.mpu, address, bytes, refusal->access, context);
    cpu_refuse_by_mpu(cpu, CPU_REFUSAL_DATA, refusal->access, refusal->privileged, &verdict);
}
