#include <stddef.h>

#include "sim/cpu/cpu_internal.h"

/* An engine never runs further than this at once: BLOCK_GATE_ALWAYS stays beyond every gate. */
#define QUANTUM_CYCLES (1ULL << 30)

#define HINT_16_YIELD 0xBF10U
#define HINT_16_WFE   0xBF20U

enum verdict { GO_ON, STOP };

/* ---- at rest ---- */

static void forget_code(struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    engine_forget_code(cpu->fast, address, size_bytes);
    engine_forget_code(cpu->close, address, size_bytes);
    block_cache_forget(&cpu->blocks, address, size_bytes);
    cpu_forget_timed(cpu, address, size_bytes);
}

/* At every address where this host memory appears. */
static void forget_change(struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    const struct cpu_region *changed = cpu_find_region(cpu, address);
    uint32_t offset = address - changed->memory.base;
    for (uint32_t i = 0; i < cpu->config.memory_count; i++) {
        const struct cpu_region *region = &cpu->region[i];
        if (region->same_as == changed->same_as) {
            forget_code(cpu, region->memory.base + offset, size_bytes);
        }
    }
    cpu_unmark_code(cpu, address, size_bytes);
}

static void forget_changes(struct cpu *cpu)
{
    bool all = cpu->change_count > CPU_CHANGES;
    for (uint32_t i = 0; !all && i < cpu->change_count; i++) {
        forget_change(cpu, cpu->change[i].address, cpu->change[i].size_bytes);
    }
    for (uint32_t i = 0; all && i < cpu->config.memory_count; i++) {
        forget_code(cpu, cpu->config.memory[i].base, cpu->config.memory[i].size_bytes);
    }
    cpu->change_count = 0;
}

static void update_gates(struct cpu *cpu)
{
    unsigned flags = cpu_gated_flags(cpu);
    unsigned changed = cpu->blocks.gated_flags ^ flags;
    if (changed == CYCLE_FP) {
        block_cache_gate_fp(&cpu->blocks, (flags & CYCLE_FP) != 0);
    } else if (changed != 0) {
        cpu->blocks.gated_flags = flags;
        cpu->work |= CPU_WORK_GATES;
    }
    if ((changed & CYCLE_CONTROL) != 0) {
        cpu_hold_regs(cpu); /* the engine is given another CONTROL.FPCA */
    }
}

static void do_work(struct cpu *cpu)
{
    update_gates(cpu);
    if ((cpu->work & CPU_WORK_CODE) != 0) {
        forget_changes(cpu);
    }
    if ((cpu->work & CPU_WORK_PAGES) != 0) {
        cpu->fast_stale = true;
        cpu->close_stale = true;
        cpu_forget_grains(cpu);
    }
    if ((cpu->work & CPU_WORK_TIMED) != 0) {
        cpu_add_timed(cpu);
    }
    if ((cpu->work & CPU_WORK_GATES) != 0) {
        block_cache_reset(&cpu->blocks);
    }
    if ((cpu->work & CPU_WORK_SITES) != 0) {
        cpu_watch_sites(cpu);
    }
    cpu->work &= ~(unsigned)(CPU_WORK_CODE | CPU_WORK_PAGES | CPU_WORK_GATES | CPU_WORK_FLAGS |
                             CPU_WORK_SITES | CPU_WORK_TIMED);
}

static void stall(struct cpu *cpu)
{
    cpu->work &= ~(unsigned)CPU_WORK_STALL;
    cpu->time.cycles += cpu->stall_cycles;
    cpu->stall_cycles = 0;
    clock_set_now(cpu->config.clock, cpu->time.cycles);
}

static void switch_flash_cache(struct cpu *cpu)
{
    if ((cpu->work & CPU_WORK_CACHE) != 0) {
        cpu->work &= ~(unsigned)CPU_WORK_CACHE;
        cpu->flash_cache = cpu->flash_cache_wanted;
        block_cache_reset(&cpu->blocks); /* every block costs something else now */
    }
}

/* ---- an engine run and what ended it ---- */

static void use(struct cpu *cpu, struct engine *engine)
{
    if (cpu->regs_held && !cpu->engines_differ) {
        cpu->active = engine; /* nothing but what is held */
    }
    cpu_load_regs(cpu);
    if (cpu->active != engine) {
        engine_copy_state(engine, cpu->active);
        cpu->active = engine;
    }
    bool *stale = engine == cpu->fast ? &cpu->fast_stale : &cpu->close_stale;
    if (*stale) {
        engine_flush_pages(engine);
        *stale = false;
    }
}

static enum engine_end run_engine(struct cpu *cpu)
{
    bool fast = cpu->mode == CPU_MODE_FAST;
    use(cpu, fast ? cpu->fast : cpu->close);
    cpu->refusal.kind = CPU_REFUSAL_NONE;
    cpu->started = false;
    cpu->pieces_left = 0;
    cpu->late_possible = false;
    cpu->steps_left = cpu->mode == CPU_MODE_STEP ? 1 : UINT32_MAX;
    cpu->blocks_left = fast ? 0 : 1;
    cpu->live_it_end = cpu_it_end(cpu);
    cpu->time.gate = cpu->work != 0 ? 0 : cpu->time.deadline;
    cpu->mode = CPU_MODE_FAST; /* unless a hook wants otherwise */
    enum engine_end end = engine_run(cpu->active);
    if (cpu->started) {
        cpu->debug.resume_valid = false;
    }
    if (cpu->special_ran) {
        cpu_refresh_special(cpu);
    }
    return end;
}

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

static enum verdict take_bkpt(struct cpu *cpu, enum cpu_stop *stop)
{
    uint32_t pc = engine_get_pc(cpu->active) & ~1U;
    uint16_t code[2];
    cpu_settle_inside(cpu, pc);
    if (cpu->debug.semihosting && cpu_read_code(cpu, pc, code) && code[0] == CPU_BKPT_SEMIHOSTING) {
        *stop = CPU_STOP_SEMIHOSTING;
        return STOP;
    }
    if (cpu->debug.attached) {
        *stop = CPU_STOP_BKPT;
        return STOP;
    }
    struct fault fault = {.kind = FAULT_BKPT};
    cpu_raise_fault(cpu, &fault, NULL);
    return GO_ON;
}

static enum verdict take_end(struct cpu *cpu, enum engine_end end, enum cpu_stop *stop)
{
    if (cpu->refusal.kind != CPU_REFUSAL_NONE) {
        take_refusal(cpu);
        return GO_ON;
    }
    uint32_t pc = engine_get_pc(cpu->active);
    switch (end) {
    case ENGINE_STOPPED:
        cpu_settle_inside(cpu, pc);
        return GO_ON;
    case ENGINE_SLEEP:
        cpu_settle_inside(cpu, pc);
        fall_asleep(cpu, false);
        return GO_ON;
    case ENGINE_SVC:
        cpu_settle_inside(cpu, pc);
        cpu_do_svc(cpu);
        return GO_ON;
    case ENGINE_EXC_RETURN:
        cpu_settle_jump(cpu, pc);
        cpu_do_exception_return(cpu, pc | 1U);
        return GO_ON;
    case ENGINE_BKPT:
        return take_bkpt(cpu, stop);
    case ENGINE_INVALID:
        take_invalid(cpu);
        return GO_ON;
    case ENGINE_NOCP:
        cpu_settle_inside(cpu, pc);
        cpu_raise_fault(cpu, &(struct fault){.kind = FAULT_NOCP}, NULL);
        return GO_ON;
    case ENGINE_UNALIGNED:
        cpu_settle_inside(cpu, pc);
        cpu_raise_fault(cpu, &(struct fault){.kind = FAULT_UNALIGNED}, NULL);
        return GO_ON;
    case ENGINE_REFUSED:
    case ENGINE_FAILED:
        break;
    }
    cpu->error = engine_error(cpu->active) != NULL ? engine_error(cpu->active)
                                                   : "the engine refused without a reason";
    *stop = CPU_STOP_ENGINE;
    return STOP;
}

/* ---- what the engine does not check ---- */

static bool divides_by_zero(const uint16_t code[2], const uint32_t r[16])
{
    struct cycle_divide divide;
    return cycle_divide_decode(code, &divide) && r[divide.divisor] == 0;
}

static bool is_fp(const uint16_t code[2])
{
    bool coprocessor = (code[0] & 0xEC00U) == 0xEC00U && (code[0] & 0x0300U) != 0x0300U;
    return coprocessor && (code[1] & 0x0E00U) == 0x0A00U;
}

/* Of those, what a single-precision unit does not have: arithmetic of doubles, and all that begins
 * with 0xFC to 0xFE. Such an instruction is UNDEFINED and leaves the FP context alone. */
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

/* Looks at the instruction that is about to be stepped. True: it faulted, or it is done. */
static bool examine_step(struct cpu *cpu, bool split)
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
    if (is_fp(code) &&
        !(cpu->config.fp_present && scb_fp_enabled(&cpu->core.scb, cpu->context.privileged))) {
        struct fault fault = {.kind = FAULT_NOCP};
        cpu_raise_fault(cpu, &fault, NULL);
        return true;
    }
    if (is_fp(code) && !is_undefined_fp(code) && cpu_prepare_fp(cpu)) {
        return true;
    }
    if ((cpu->blocks.gated_flags & CYCLE_CONTROL) != 0 && cpu_access_control(cpu, code)) {
        return true;
    }
    uint32_t ccr = cpu->core.scb.state.ccr;
    use(cpu, cpu->close);
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

/* ---- the loop ---- */

/* Reasons to return that do not depend on what the engine does next. */
static enum verdict check_stop(struct cpu *cpu, enum cpu_stop *stop)
{
    if (cpu->locked_up && !cpu_leave_lockup(cpu)) {
        *stop = CPU_STOP_LOCKUP;
        return STOP;
    }
    if ((cpu->work & CPU_WORK_RESET) != 0) {
        cpu->work &= ~(unsigned)CPU_WORK_RESET;
        *stop = CPU_STOP_RESET;
        return STOP;
    }
    if ((cpu->work & CPU_WORK_WATCH) != 0) {
        cpu->work &= ~(unsigned)CPU_WORK_WATCH;
        cpu->debug.hit_valid = true;
        *stop = CPU_STOP_WATCHPOINT;
        return STOP;
    }
    if ((cpu->work & CPU_WORK_STOP) != 0) {
        cpu->work &= ~(unsigned)CPU_WORK_STOP;
        *stop = CPU_STOP_REQUESTED;
        return STOP;
    }
    return GO_ON;
}

static bool still_asleep(struct cpu *cpu)
{
    if (!cpu->sleeping) {
        return false;
    }
    if (!exception_would_wake(&cpu->unit, cpu->sleeping_wfe)) {
        return true;
    }
    if (cpu->sleeping_wfe) {
        (void)exception_take_event(&cpu->unit);
    }
    cpu->sleeping = false;
    return false;
}

static bool at_breakpoint(struct cpu *cpu)
{
    if (cpu->debug.breakpoint_count == 0) {
        return false;
    }
    uint32_t pc = cpu_pc(cpu);
    bool resumed = cpu->debug.resume_valid && cpu->debug.resume == pc;
    if (resumed || !cpu_debugger_stops_at(cpu, pc)) {
        return false;
    }
    cpu->debug.resume = pc;
    cpu->debug.resume_valid = true;
    return true;
}

static uint64_t deadline_for(const struct cpu *cpu, uint64_t limit_cycle)
{
    uint64_t due = clock_next_due(cpu->config.clock);
    due = cpu->monitor.next_cycle < due ? cpu->monitor.next_cycle : due;
    return due < limit_cycle ? due : limit_cycle;
}

static void begin_run(struct cpu *cpu)
{
    if (cpu->config.clock->now_cycles > cpu->time.cycles) {
        cpu->time.cycles = cpu->config.clock->now_cycles;
    }
    cpu->debug.hit_valid = false;
    cpu->work |= CPU_WORK_POLL;
}

static void end_run(struct cpu *cpu, uint64_t begun)
{
    clock_set_now(cpu->config.clock, cpu->time.cycles);
    mpu_account_time(&cpu->core.mpu_account, cpu->config.clock->now_cycles);
    cpu->counters.busy_cycles += cpu->time.cycles - begun;
    cpu->counters.instructions = cpu->time.instructions;
}

/* One turn: an exception is entered, or an engine runs once. */
static enum verdict turn(struct cpu *cpu, enum cpu_stop *stop)
{
    bool unfinished = cpu->refusal.kind == CPU_REFUSAL_CLOSE;
    if (!unfinished && (cpu->work & CPU_WORK_POLL) != 0) {
        cpu->work &= ~(unsigned)CPU_WORK_POLL;
        if (cpu_take_pending(cpu)) {
            return GO_ON;
        }
    }
    if (!unfinished && cpu->return_left != 0) {
        cpu_pass_return(cpu);
        return GO_ON;
    }
    bool monitored = !unfinished && cpu->monitor.code;
    if (monitored && cpu_monitor_before(cpu)) {
        return GO_ON;
    }
    bool split = cpu_it_is_open(cpu);
    if (split) {
        cpu->mode = CPU_MODE_STEP;
    }
    if (!unfinished && cpu->mode == CPU_MODE_STEP && examine_step(cpu, split)) {
        cpu->mode = CPU_MODE_FAST;
        if (monitored) {
            cpu_monitor_after(cpu);
        }
        return GO_ON;
    }
    if (split) {
        cpu_it_narrow(cpu);
    }
    enum engine_end end = run_engine(cpu);
    if (split) {
        cpu_it_widen(cpu, end);
    }
    enum verdict verdict = take_end(cpu, end, stop);
    if (monitored) {
        cpu_monitor_after(cpu);
    }
    cpu_finish_barriers(cpu);
    return verdict;
}

enum cpu_stop cpu_run(struct cpu *cpu, uint64_t limit_cycle)
{
    enum cpu_stop stop;
    begin_run(cpu);
    uint64_t begun = cpu->time.cycles;
    for (;;) {
        /* An instruction whose device access ended a run is completed before anything else. */
        bool unfinished = cpu->refusal.kind == CPU_REFUSAL_CLOSE;
        do_work(cpu);
        if (!unfinished) {
            switch_flash_cache(cpu);
            stall(cpu);
            if (check_stop(cpu, &stop) == STOP) {
                break;
            }
            if (cpu->time.cycles >= cpu->monitor.next_cycle) {
                cpu_monitor_cycle(cpu);
            }
            cpu->time.deadline = deadline_for(cpu, limit_cycle);
            if (cpu->time.cycles >= cpu->time.deadline) {
                stop = CPU_STOP_LIMIT;
                break;
            }
            if (still_asleep(cpu)) {
                stop = CPU_STOP_SLEEP;
                break;
            }
            if (at_breakpoint(cpu)) {
                stop = CPU_STOP_BREAKPOINT;
                break;
            }
        }
        if (cpu->time.deadline - cpu->time.cycles > QUANTUM_CYCLES) {
            cpu->time.deadline = cpu->time.cycles + QUANTUM_CYCLES;
        }
        if (turn(cpu, &stop) == STOP) {
            break;
        }
    }
    end_run(cpu, begun);
    return stop;
}

enum cpu_stop cpu_step(struct cpu *cpu)
{
    enum cpu_stop stop = CPU_STOP_STEP;
    begin_run(cpu);
    uint64_t begun = cpu->time.cycles;
    uint64_t entered = cpu->counters.exceptions;
    cpu->started = false;
    do {
        bool stalled = cpu->stall_cycles != 0;
        do_work(cpu);
        if (cpu->refusal.kind != CPU_REFUSAL_CLOSE) {
            switch_flash_cache(cpu);
        }
        stall(cpu);
        if (check_stop(cpu, &stop) == STOP) {
            break;
        }
        if (stalled && cpu->time.cycles >= clock_next_due(cpu->config.clock)) {
            stop = CPU_STOP_LIMIT; /* what came meanwhile comes first */
            break;
        }
        if (still_asleep(cpu)) {
            stop = CPU_STOP_SLEEP;
            break;
        }
        cpu->time.deadline = cpu->time.cycles + QUANTUM_CYCLES;
        cpu->mode = CPU_MODE_STEP;
        if (turn(cpu, &stop) == STOP) {
            break;
        }
    } while (!cpu->started && cpu->counters.exceptions == entered);
    cpu->mode = CPU_MODE_FAST;
    if (stop == CPU_STOP_STEP) {
        (void)check_stop(cpu, &stop);
    }
    end_run(cpu, begun);
    return stop;
}
