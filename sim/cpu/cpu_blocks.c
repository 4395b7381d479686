#include "sim/cpu/cpu_internal.h"

void cpu_add_work(struct cpu *cpu, unsigned work)
{
    cpu->work |= work;
    cpu->time.gate = 0;
}

/* ---- time ---- */

static bool is_admitted(const struct cpu_timeline *time, uint32_t pc)
{
    return time->block != &time->none && pc >= block_address(time->block) && pc <= time->block->end;
}

/* What the instruction at `pc` itself has added: it has not run yet. */
static uint64_t unretired(const struct cpu_timeline *time, uint32_t pc)
{
    return pc == time->variable_pc && time->cycles == time->variable_end ? time->variable_extra : 0;
}

uint64_t cpu_cycle_at(const struct cpu *cpu, uint32_t pc)
{
    const struct cpu_timeline *time = &cpu->time;
    if (!is_admitted(time, pc)) {
        return time->cycles;
    }
    const struct block_step *step = block_cache_step(&cpu->blocks, time->block, pc);
    return time->cycles - time->block->cycles + step->cycles - unretired(time, pc);
}

void cpu_settle_inside(struct cpu *cpu, uint32_t pc)
{
    struct cpu_timeline *time = &cpu->time;
    if (is_admitted(time, pc)) {
        const struct block *block = time->block;
        const struct block_step *step = block_cache_step(&cpu->blocks, block, pc);
        time->cycles = time->cycles - block->cycles + step->cycles - unretired(time, pc);
        time->instructions -= block->count - (uint64_t)(step->count & BLOCK_STEP_COUNT);
    }
    cpu_settle_jump(cpu, pc);
}

void cpu_settle_after(struct cpu *cpu, uint32_t pc)
{
    if (pc != cpu->time.block->end) {
        cpu->time.cycles += cpu->time.block->taken;
    }
    cpu_settle_jump(cpu, pc);
}

/* Forgets the admitted block but for where it ends: the cache may be emptied. */
static void settle_block(struct cpu *cpu)
{
    cpu->time.none = (struct block){.end = cpu->time.block->end, .taken = cpu->time.block->taken};
    cpu->time.block = &cpu->time.none;
}

void cpu_settle_jump(struct cpu *cpu, uint32_t pc)
{
    cpu->time.variable_end = UINT64_MAX;
    cpu->time.none = (struct block){.end = pc};
    cpu->time.block = &cpu->time.none;
}

/* ---- blocks ---- */

unsigned cpu_gated_flags(const struct cpu *cpu)
{
    const struct scb *scb = &cpu->core.scb;
    unsigned flags = CYCLE_WRITES_SPECIAL | CYCLE_BARRIER | CYCLE_SEND_EVENT | CYCLE_EXCLUSIVE;
    bool automatic = (scb->state.fpccr & FPCCR_ASPEN) != 0;
    bool new_context = automatic && (cpu->regs.control & CONTROL_FPCA) == 0;
    if (!cpu->config.fp_present || !scb_fp_enabled(scb, false) || new_context ||
        (scb->state.fpccr & FPCCR_LSPACT) != 0) {
        flags |= CYCLE_FP;
    }
    if (cpu->config.fp_present && !automatic) {
        flags |= CYCLE_CONTROL;
    }
    if ((scb->state.ccr & CCR_DIV_0_TRP) != 0) {
        flags |= CYCLE_DIVIDE;
    }
    if ((scb->state.ccr & CCR_UNALIGN_TRP) != 0) {
        flags |= CYCLE_MEMORY;
    }
    return flags;
}

/* A block lies in one page, but its last instruction may reach into the next. */
static bool touches_cut_page(const struct cpu_region *region, uint32_t offset, uint32_t size_bytes)
{
    uint32_t last = offset + size_bytes - 1;
    last = last < region->memory.size_bytes ? last : region->memory.size_bytes - 1;
    uint8_t flags =
        region->code_page[offset / ENGINE_PAGE_BYTES] | region->code_page[last / ENGINE_PAGE_BYTES];
    return (flags & CPU_PAGE_CUT) != 0;
}

static struct cycle_fetch fetch_of(const struct cpu *cpu, const struct cpu_region *region)
{
    if (region->memory.kind != CPU_MEMORY_FLASH) {
        return (struct cycle_fetch){0};
    }
    bool icache = cpu->config.flash_timing == CPU_FLASH_ICACHE;
    bool waits = cpu->config.flash_timing == CPU_FLASH_UNCACHED || icache;
    return (struct cycle_fetch){.line_wait = waits && !(icache && cpu->flash_cache),
                                .literal_wait = waits};
}

void cpu_settle_before(struct cpu *cpu, uint32_t pc)
{
    struct cpu_timeline *time = &cpu->time;
    const struct cpu_region *region = cpu_find_region(cpu, pc);
    if (pc != time->block->end && region != NULL) {
        const uint8_t *code = region->memory.host + (pc - region->memory.base);
        time->cycles += time->block->taken;
        time->cycles += cycle_model_entry_cost(code, pc, fetch_of(cpu, region));
    }
    cpu_settle_jump(cpu, pc);
}

static const struct block *add_block(struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    struct cpu_region *region = cpu_find_region(cpu, address);
    if (region == NULL) {
        return block_cache_add(&cpu->blocks, address, size_bytes, NULL, 0, (struct cycle_fetch){0},
                               true);
    }
    uint32_t offset = address - region->memory.base;
    uint32_t available = region->memory.size_bytes - offset;
    bool care = touches_cut_page(region, offset, size_bytes) || cpu->config.count_mpu_hits ||
                cpu_breakpoint_within(cpu, address, address + size_bytes);
    cpu_mark_code(cpu, address, size_bytes);
    const struct block *block =
        block_cache_add(&cpu->blocks, address, size_bytes, region->memory.host + offset, available,
                        fetch_of(cpu, region), care);
    cpu_analyse_alignment(cpu, block, region);
    if ((block->flags & (CYCLE_FP | CYCLE_EXCLUSIVE)) != 0) {
        cpu->engines_differ = true;
    }
    return block;
}

static const struct block *find_block(struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    const struct block *block = block_cache_find(&cpu->blocks, address, size_bytes);
    if (block == NULL) {
        settle_block(cpu);
        block = add_block(cpu, address, size_bytes);
        if (cpu->block_met != NULL) {
            cpu->block_met(cpu->block_met_context, address, size_bytes);
        }
    }
    return block;
}

static inline void admit(struct cpu_timeline *time, const struct block *block, uint64_t start)
{
    time->cycles = start + block->cycles;
    time->instructions += block->count;
    time->block = block;
}

static inline uint64_t block_start_cycle(const struct cpu_timeline *time, const struct block *block)
{
    const struct block *before = time->block;
    uint64_t branch = (uint64_t)before->taken + block->entry;
    return time->cycles + (before->end == block_address(block) ? 0 : branch);
}

/* ---- what a block does beside taking time ---- */

static bool is_barrier(const uint16_t code[2])
{
    unsigned option = code[1] & 0xFFF0U;
    return code[0] == 0xF3BFU && (option == 0x8F40U || option == 0x8F60U);
}

static void note_barriers(struct cpu *cpu, const struct block *block, uint64_t start)
{
    cpu->barrier_ran = true;
    cpu->barrier_first = 0;
    for (uint32_t after = block_address(block); after < block->end;) {
        uint16_t code[2];
        if (!cpu_read_code(cpu, after, code)) {
            return;
        }
        after += cycle_instruction_bytes(code[0]);
        if (is_barrier(code) && after <= block->end) {
            cpu->barrier_last = start + block_cache_step(&cpu->blocks, block, after)->cycles;
            cpu->barrier_first = cpu->barrier_first != 0 ? cpu->barrier_first : cpu->barrier_last;
        }
    }
}

void cpu_finish_barriers(struct cpu *cpu)
{
    if (!cpu->barrier_ran) {
        return;
    }
    cpu->barrier_ran = false;
    uint64_t cycle =
        cpu->barrier_first > cpu->mpu_write_cycle ? cpu->barrier_first : cpu->barrier_last;
    /* One that the run ended before will be noted again. */
    bool ran = cycle <= cpu->time.cycles;
    if (ran && cpu->core.mpu_account.open && cycle > cpu->mpu_write_cycle) {
        mpu_account_barrier(&cpu->core.mpu_account, cycle);
    }
}

void cpu_update_context(struct cpu *cpu)
{
    bool negative = exception_execution_priority(&cpu->unit) < 0;
    bool mpu_depends = (cpu->core.mpu.ctrl & MPU_CTRL_ENABLE) != 0 &&
                       (cpu->core.mpu.ctrl & MPU_CTRL_HFNMIENA) == 0;
    if (negative != cpu->context.negative_priority && mpu_depends) {
        cpu_add_work(cpu, CPU_WORK_PAGES);
    }
    cpu->context.negative_priority = negative;
    cpu->context.privileged = cpu_regs_privileged(&cpu->regs);
}

void cpu_refresh_special(struct cpu *cpu)
{
    cpu->special_ran = false;
    struct engine_special special = engine_get_special(cpu->active);
    cpu->regs.control = cpu_true_control(cpu, special.control);
    if (cpu_regs_privileged(&cpu->regs)) {
        cpu->regs.primask = special.primask;
        cpu->regs.faultmask = special.faultmask;
        engine_trim_special(cpu->active, nvic_priority_mask(&cpu->core.nvic));
        cpu->regs.basepri = special.basepri & nvic_priority_mask(&cpu->core.nvic);
    }
    cpu_update_context(cpu);
    if (cpu_gated_flags(cpu) != cpu->blocks.gated_flags) {
        cpu_add_work(cpu, CPU_WORK_FLAGS);
    }
    cpu_poll_if_due(cpu);
}

static void note_effects(struct cpu *cpu, const struct block *block, uint64_t start)
{
    unsigned flags = block->flags;
    if ((flags & CYCLE_WRITES_SPECIAL) != 0) {
        cpu->special_ran = true;
        if ((flags & CYCLE_IT) != 0 && cpu->live_it_end == 0) {
            cpu->live_it_end = 1; /* the next block may begin inside an IT block */
        }
    }
    if ((flags & CYCLE_EXCLUSIVE) != 0) {
        cpu->exclusive_open = true;
    }
    if ((flags & CYCLE_BARRIER) != 0) {
        note_barriers(cpu, block, start);
    }
    if ((flags & CYCLE_SEND_EVENT) != 0) {
        exception_send_event(&cpu->unit);
    }
}

static void finish_effects(struct cpu *cpu)
{
    if (cpu->special_ran) {
        cpu_refresh_special(cpu);
    }
    cpu_finish_barriers(cpu);
}

void cpu_pass_instruction(struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    const struct block *block = find_block(cpu, address, size_bytes);
    uint64_t start = block_start_cycle(&cpu->time, block);
    finish_effects(cpu);
    admit(&cpu->time, block, start);
    cpu_settle_jump(cpu, address + size_bytes);
    cpu->started = true;
    cpu->late_possible = false;
    cpu->debug.resume_valid = false;
}

/* As the blocks have it that run the IT block as a whole. */
static uint32_t skipped_cycles(struct cpu *cpu, uint32_t address, uint32_t full)
{
    const struct cpu_region *region = cpu_find_region(cpu, address);
    if (region == NULL) {
        return full;
    }
    uint32_t offset = address - region->memory.base;
    return cycle_model_cost(cpu->blocks.model, region->memory.host + offset,
                            region->memory.size_bytes - offset, address, fetch_of(cpu, region),
                            true)
        .cycles;
}

void cpu_pass_skipped(struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    uint32_t full = find_block(cpu, address, size_bytes)->cycles;
    cpu_pass_instruction(cpu, address, size_bytes);
    cpu->time.cycles -= full - skipped_cycles(cpu, address, full);
}

void cpu_pass_one_cycle(struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    uint32_t full = find_block(cpu, address, size_bytes)->cycles;
    cpu_pass_instruction(cpu, address, size_bytes);
    cpu->time.cycles = cpu->time.cycles - full + 1;
}

/* ---- the fast engine ---- */

static void count_fetches(struct cpu *cpu, const struct block *block)
{
    for (uint32_t address = block_address(block); address < block->end;) {
        uint16_t code[2];
        if (!cpu_read_code(cpu, address, code)) {
            return;
        }
        struct mpu_verdict verdict =
            mpu_check(&cpu->core.mpu, address, 2, MPU_ACCESS_FETCH, cpu->context);
        mpu_account_hit(&cpu->core.mpu_account, verdict.region, MPU_ACCESS_FETCH,
                        cpu->context.privileged);
        address += cycle_instruction_bytes(code[0]);
    }
}

/* How the block must be run, given that nothing else ends the run before it. */
static enum cpu_mode mode_for(struct cpu *cpu, const struct block *block, uint64_t start)
{
    if ((block->flags & cpu->blocks.gated_flags & CPU_STEPPED_FLAGS) != 0 ||
        !cpu_bases_are_aligned(cpu, block)) {
        return CPU_MODE_STEP;
    }
    struct cpu_region *region = cpu_find_region(cpu, block_address(block));
    if (region != NULL) {
        uint32_t offset = block_address(block) - region->memory.base;
        if (touches_cut_page(region, offset, block_size(block)) &&
            !mpu_check(&cpu->core.mpu, block_address(block), block_size(block), MPU_ACCESS_FETCH,
                       cpu->context)
                 .allowed) {
            return CPU_MODE_STEP;
        }
    }
    if (((block->flags & CYCLE_VARIABLE) != 0 && !cpu_timed_cover(cpu, block)) ||
        start + block->cycles + block->extra >= cpu->time.deadline ||
        cpu_breakpoint_within(cpu, block_address(block), block->end)) {
        return CPU_MODE_TAIL;
    }
    return CPU_MODE_FAST;
}

static void examine(struct cpu *cpu, const struct block *block, uint64_t start)
{
    finish_effects(cpu);
    cpu->mode = mode_for(cpu, block, start);
    admit(&cpu->time, block, start);
    (void)engine_insist(cpu->fast, block_address(block), block_size(block));
    if (cpu->work != 0 || cpu->mode != CPU_MODE_FAST || start >= cpu->time.deadline) {
        /* Where the library cannot stop (inside an IT block) the next block's hook stops. */
        engine_stop(cpu->fast);
        cpu->time.gate = 0;
        return;
    }
    note_effects(cpu, block, start);
    if (cpu->config.count_mpu_hits) {
        count_fetches(cpu, block);
    }
    block_cache_open(&cpu->blocks, block);
    cpu->time.gate = cpu->special_ran || cpu->barrier_ran ? 0 : cpu->time.deadline;
}

/* Everything that the hook below does not want to see. Kept apart so that the hook needs no stack
 * frame. */
static __attribute__((noinline)) void on_rare_block(struct cpu *cpu, uint32_t address,
                                                    uint32_t size_bytes)
{
    if (address - ENGINE_MONITOR_ADDRESS < ENGINE_MONITOR_BYTES) {
        return;
    }
    const struct block *block = find_block(cpu, address, size_bytes);
    uint64_t start = block_start_cycle(&cpu->time, block);
    bool look = block->by_alignment != 0 && (block->flags & cpu->blocks.gated_flags) == 0 &&
                (block->flags & (CYCLE_VARIABLE | CYCLE_COVERED)) != CYCLE_VARIABLE;
    uint32_t gate = look ? block_most(block) : block->gate;
    if (start + gate < cpu->time.gate && (!look || cpu_bases_are_aligned(cpu, block))) {
        admit(&cpu->time, block, start);
    } else {
        examine(cpu, block, start);
    }
}

/* Called before every block: a few nanoseconds. */
void cpu_on_fast_block(struct uc_struct *uc, uint64_t address, uint32_t size_bytes, void *context)
{
    (void)uc;
    struct cpu *cpu = context;
    const struct block *block = block_cache_likely(&cpu->blocks, (uint32_t)address);
    if (__builtin_expect(block->key == block_key((uint32_t)address, size_bytes), 1)) {
        uint64_t start = block_start_cycle(&cpu->time, block);
        if (__builtin_expect(start + block->gate < cpu->time.gate, 1)) {
            admit(&cpu->time, block, start);
            return;
        }
    }
    on_rare_block(cpu, (uint32_t)address, size_bytes);
}

/* ---- the close engine ---- */

void cpu_on_close_block(struct uc_struct *uc, uint64_t address, uint32_t size_bytes, void *context)
{
    (void)uc;
    struct cpu *cpu = context;
    if (address - ENGINE_MONITOR_ADDRESS < ENGINE_MONITOR_BYTES) {
        return;
    }
    const struct block *block = find_block(cpu, (uint32_t)address, size_bytes);
    uint64_t start = block_start_cycle(&cpu->time, block);
    finish_effects(cpu);
    admit(&cpu->time, block, start);
    (void)engine_insist(cpu->close, block_address(block), block_size(block));
    if (cpu->blocks_left == 0) {
        cpu->live_it_end = 0; /* that of the first block: a branch has left it */
        cpu->steps_left = 0;
        return;
    }
    cpu->blocks_left--;
    note_effects(cpu, block, start);
    if (cpu->config.count_mpu_hits) {
        count_fetches(cpu, block);
    }
}

/* The instruction needs to be looked at on its own. */
static bool must_step(struct cpu *cpu, uint32_t address)
{
    uint16_t code[2];
    bool rest = (cpu->time.block->flags & (CYCLE_IT | CYCLE_MULTIPLE)) == 0;
    return !rest && cpu_read_code(cpu, address, code) &&
           (cpu_it_must_split(cpu, address, code) || cpu_base_is_unaligned(cpu, code));
}

static bool must_stop_before(struct cpu *cpu, uint32_t address)
{
    if (cpu->steps_left == 0) {
        return true;
    }
    if (!cpu->started) {
        return false; /* the caller has decided about the first one */
    }
    return (cpu->work & CPU_WORK_AT_ONCE) != 0 ||
           cpu_cycle_at(cpu, address) >= cpu->time.deadline || cpu_breakpoint_at(cpu, address);
}

void cpu_on_instruction(struct uc_struct *uc, uint64_t address64, uint32_t size_bytes,
                        void *context)
{
    (void)uc;
    (void)size_bytes;
    struct cpu *cpu = context;
    uint32_t address = (uint32_t)address64;
    const struct cpu_timeline *time = &cpu->time;
    if (!is_admitted(time, address)) {
        return;
    }
    const struct block_step *step = block_cache_step(&cpu->blocks, time->block, address);
    bool in_it = (step->count & BLOCK_STEP_IN_IT) != 0 || address < cpu->live_it_end;
    if (in_it) {
        engine_cure_it_leak(cpu->close);
    }
    if (cpu->started && in_it) {
        cpu_add_variable(cpu, address, step);
        return;
    }
    if (must_stop_before(cpu, address)) {
        engine_stop(cpu->close);
        return;
    }
    bool tail = cpu->steps_left > 1;
    if (tail && must_step(cpu, address)) {
        cpu->mode = CPU_MODE_STEP;
        engine_stop(cpu->close);
        return;
    }
    cpu->started = true;
    cpu->steps_left--;
    cpu_add_variable(cpu, address, step);
}
