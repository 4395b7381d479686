#include "sim/cpu/cpu_internal.h"

/* What a block's cycles do not hold, because only the run tells it: how long a division takes, and
 * whether a long instruction inside an IT block is executed. Both engines call before such an
 * instruction, and not when its condition fails. */

/* `divide`: what it divides; NULL: it is no division. */
static void add(struct cpu *cpu, uint32_t pc, const struct block_step *step,
                const struct cycle_divide *divide)
{
    uint32_t extra = (step->count & BLOCK_STEP_EXTRA) >> BLOCK_STEP_EXTRA_SHIFT;
    if (divide != NULL) {
        extra -=
            CYCLE_DIVIDE_MOST - cycle_divide_cycles(divide->is_signed,
                                                    engine_get_reg(cpu->active, divide->dividend),
                                                    engine_get_reg(cpu->active, divide->divisor));
    }
    struct cpu_timeline *time = &cpu->time;
    time->cycles += extra;
    time->variable_pc = pc;
    time->variable_extra = extra;
    time->variable_end = time->cycles;
}

void cpu_add_variable(struct cpu *cpu, uint32_t pc, const struct block_step *step)
{
    uint16_t code[2];
    struct cycle_divide divide;
    if ((step->count & BLOCK_STEP_EXTRA) != 0) {
        bool divides = cpu_read_code(cpu, pc, code) && cycle_divide_decode(code, &divide);
        add(cpu, pc, step, divides ? &divide : NULL);
    }
}

/* The fast engine's hook. */
static void on_timed(struct uc_struct *uc, uint64_t address, uint32_t size_bytes, void *context)
{
    (void)uc;
    (void)size_bytes;
    const struct cpu_timed_site *site = context;
    struct cpu *cpu = site->cpu;
    uint32_t pc = (uint32_t)address;
    const struct block *block = cpu->time.block;
    if (block == &cpu->time.none || pc < block_address(block) || pc >= block->end) {
        return;
    }
    const struct block_step *step = block_cache_step(&cpu->blocks, block, pc);
    if ((step->count & BLOCK_STEP_EXTRA) != 0) {
        add(cpu, pc, step, site->divides ? &site->divide : NULL);
    }
    if ((step->count & BLOCK_STEP_IN_IT) != 0 || pc < cpu->live_it_end) {
        engine_cure_it_leak(cpu->fast);
    }
}

/* ---- which instructions the fast engine calls for ---- */

static bool is_timed(const struct cpu_timed *timed, uint32_t address)
{
    for (uint32_t i = 0; i < CPU_TIMED; i++) {
        if (timed->site[i].cpu != NULL && timed->site[i].address == address) {
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

static void start_site(struct cpu *cpu, uint32_t address)
{
    struct cpu_timed_site *site = cpu->timed.site;
    while (site < cpu->timed.site + CPU_TIMED && site->cpu != NULL) {
        site++;
    }
    uint16_t code[2];
    if (site == cpu->timed.site + CPU_TIMED || is_timed(&cpu->timed, address) ||
        !cpu_read_code(cpu, address, code)) {
        return;
    }
    *site = (struct cpu_timed_site){.cpu = cpu, .address = address};
    site->divides = cycle_divide_decode(code, &site->divide);
    if (engine_watch_instruction(cpu->fast, address, on_timed, site, &site->handle)) {
        cpu->timed.count++;
    } else {
        site->cpu = NULL;
    }
}

static void end_site(struct cpu *cpu, struct cpu_timed_site *site)
{
    engine_unwatch_instruction(cpu->fast, site->address, site->handle);
    site->cpu = NULL;
    cpu->timed.count--;
}

void cpu_forget_timed(struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    for (uint32_t i = 0; i < CPU_TIMED && cpu->timed.count > 0; i++) {
        struct cpu_timed_site *site = &cpu->timed.site[i];
        if (site->cpu != NULL && site->address < (uint64_t)address + size_bytes &&
            (uint64_t)site->address + 4 > address) {
            end_site(cpu, site);
        }
    }
}

void cpu_add_timed(struct cpu *cpu)
{
    struct cpu_timed *timed = &cpu->timed;
    if (timed->missed >= CPU_TIMED_MISSED) {
        cpu_forget_timed(cpu, 0, UINT32_MAX);
        timed->missed = 0;
        cpu->work |= CPU_WORK_GATES; /* blocks that relied on them are gated again */
    }
    for (uint32_t i = 0; i < timed->wanted_count; i++) {
        start_site(cpu, timed->wanted[i]);
    }
    timed->wanted_count = 0;
}
