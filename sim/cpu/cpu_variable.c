#include "sim/cpu/cpu_internal.h"

/* What a block's cycles do not hold, because only the run tells it: how long a division takes, and
 * whether a long instruction inside an IT block is executed. Both engines call before such an
 * instruction, and not when its condition fails. */

static uint8_t divide_cycles(const struct cpu *cpu, const struct cycle_divide *divide)
{
    return cycle_divide_cycles(divide->is_signed, engine_get_reg(cpu->active, divide->dividend),
                               engine_get_reg(cpu->active, divide->divisor));
}

void cpu_add_variable(struct cpu *cpu, uint32_t pc, const struct block_step *step)
{
    uint32_t extra = (step->count & BLOCK_STEP_EXTRA) >> BLOCK_STEP_EXTRA_SHIFT;
    if (extra == 0) {
        return;
    }
    uint16_t code[2];
    struct cycle_divide divide;
    if (cpu_read_code(cpu, pc, code) && cycle_divide_decode(code, &divide)) {
        extra -= CYCLE_DIVIDE_MOST - divide_cycles(cpu, &divide);
    }
    struct cpu_timeline *time = &cpu->time;
    time->cycles += extra;
    time->variable_pc = pc;
    time->variable_extra = extra;
    time->variable_end = time->cycles;
}

static void on_timed(struct uc_struct *uc, uint64_t address, uint32_t size_bytes, void *context)
{
    (void)uc;
    (void)size_bytes;
    struct cpu *cpu = context;
    uint32_t pc = (uint32_t)address;
    const struct block *block = cpu->time.block;
    if (block == &cpu->time.none || pc < block_address(block) || pc >= block->end) {
        return;
    }
    const struct block_step *step = block_cache_step(&cpu->blocks, block, pc);
    cpu_add_variable(cpu, pc, step);
    if ((step->count & BLOCK_STEP_IN_IT) != 0 || pc < cpu->live_it_end) {
        engine_cure_it_leak(cpu->fast);
    }
}

/* ---- which instructions the fast engine calls for ---- */

static bool is_timed(const struct cpu_timed *timed, uint32_t address)
{
    for (uint32_t i = 0; i < timed->count; i++) {
        if (timed->address[i] == address) {
            return true;
        }
    }
    return false;
}

static void want(struct cpu *cpu, uint32_t address)
{
    struct cpu_timed *timed = &cpu->timed;
    bool full = timed->count + timed->wanted_count >= CPU_TIMED;
    timed->missed += full ? 1 : 0;
    if (!full && timed->wanted_count < CPU_TIMED_WANTED) {
        timed->wanted[timed->wanted_count++] = address;
    }
    if (!full || timed->missed >= CPU_TIMED_MISSED) {
        cpu_add_work(cpu, CPU_WORK_TIMED);
    }
}

bool cpu_timed_cover(struct cpu *cpu, const struct block *block)
{
    bool all = true;
    uint16_t code[2];
    for (uint32_t pc = block_address(block); pc < block->end && cpu_read_code(cpu, pc, code);
         pc += cycle_instruction_bytes(code[0])) {
        const struct block_step *step = block_cache_step(&cpu->blocks, block, pc);
        if ((step->count & BLOCK_STEP_EXTRA) != 0 && !is_timed(&cpu->timed, pc)) {
            all = false;
            want(cpu, pc);
        }
    }
    if (all) {
        block_cache_cover(&cpu->blocks, block);
    }
    return all;
}

void cpu_add_timed(struct cpu *cpu)
{
    struct cpu_timed *timed = &cpu->timed;
    if (timed->missed >= CPU_TIMED_MISSED) {
        while (timed->count > 0) {
            timed->count--;
            engine_unwatch_instruction(cpu->fast, timed->address[timed->count],
                                       timed->handle[timed->count]);
        }
        timed->missed = 0;
        cpu->work |= CPU_WORK_GATES; /* blocks that relied on them are gated again */
    }
    for (uint32_t i = 0; i < timed->wanted_count; i++) {
        uint32_t address = timed->wanted[i];
        if (!is_timed(timed, address) && timed->count < CPU_TIMED &&
            engine_watch_instruction(cpu->fast, address, on_timed, &timed->handle[timed->count])) {
            timed->address[timed->count++] = address;
        }
    }
    timed->wanted_count = 0;
}
