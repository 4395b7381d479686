/* What a disturbance from outside does to the core, for experiments. At rest only. */
#include "sim/cpu/cpu_internal.h"

bool cpu_skip_instruction(struct cpu *cpu)
{
    uint16_t code[2];
    uint32_t pc = cpu_pc(cpu);
    if (cpu_is_asleep(cpu) || cpu->locked_up || !cpu_read_code(cpu, pc, code)) {
        return false;
    }
    /* What the instruction would have waited for is over, or will not be asked for. */
    cpu->time.cycles += cpu->return_left;
    cpu->return_left = 0;
    cpu->fp_store_done = 0;
    cpu->sleeping = false;
    uint64_t begun = cpu->config.clock->now_cycles;
    uint32_t size_bytes = cycle_instruction_bytes(code[0]);
    uint32_t state = cpu_it_advanced(cpu_it_state(cpu));
    cpu_pass_one_cycle(cpu, pc, size_bytes);
    cpu_it_set_state(cpu, state);
    cpu->regs.pc = pc + size_bytes;
    clock_set_now(cpu->config.clock, cpu->time.cycles);
    cpu->counters.busy_cycles += cpu->time.cycles - begun;
    cpu->counters.instructions = cpu->time.instructions;
    return true;
}

/* RBAR's other bits are no state: they choose the region of a write. */
#define RBAR_ADDR_MASK 0xFFFFFFE0U

bool cpu_flip_mpu(struct cpu *cpu, enum mpu_register which, uint32_t region, uint32_t bit)
{
    struct mpu_state *mpu = &cpu->core.mpu;
    uint32_t before = 0;
    uint32_t after = 0;
    uint32_t selected = mpu->rnr;
    uint32_t flipped = bit < 32 ? 1U << bit : 0;
    bool banked = which == MPU_RBAR || which == MPU_RASR;
    if ((!banked && which != MPU_CTRL) || region >= MPU_REGION_COUNT) {
        return false;
    }
    (void)mpu_register_write(mpu, MPU_RNR, region);
    (void)mpu_register_read(mpu, which, &before);
    before = which == MPU_RBAR ? before & RBAR_ADDR_MASK : before;
    flipped = which == MPU_RBAR ? flipped & RBAR_ADDR_MASK : flipped;
    (void)mpu_register_write(mpu, which, before ^ flipped);
    (void)mpu_register_read(mpu, which, &after);
    (void)mpu_register_write(mpu, MPU_RNR, selected);
    cpu_forget_grains(cpu);
    cpu_add_work(cpu, CPU_WORK_PAGES);
    after = which == MPU_RBAR ? after & RBAR_ADDR_MASK : after;
    return after != before;
}
