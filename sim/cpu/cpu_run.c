#include <stddef.h>

#include "sim/cpu/cpu_internal.h"

/* An engine never runs further than this at once: BLOCK_GATE_ALWAYS stays beyond every gate. */
#define QUANTUM_CYCLES (1ULL << 30)

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
        cpu->observes = cpu_observes(cpu, 0, UINT32_MAX);
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

static uint64_t deadline_for(const struct cpu *cpu, uint64_t limit_cycle)
{
    uint64_t due = clock_next_due(cpu->config.clock);
    due = cpu->monitor.next_cycle < due ? cpu->monitor.next_cycle : due;
    return due < limit_cycle ? due : limit_cycle;
}

/* Waits, but not beyond `until`: what becomes due meanwhile happens in its own cycle, and may be a
 * reset or the end of the supply. */
static void stall(struct cpu *cpu, uint64_t until)
{
    uint64_t room = until > cpu->time.cycles ? until - cpu->time.cycles : 0;
    uint64_t cycles = cpu->stall_cycles < room ? cpu->stall_cycles : room;
    cpu->time.cycles += cycles;
    cpu->stall_cycles -= cycles;
    if (cpu->stall_cycles == 0) {
        cpu->work &= ~(unsigned)CPU_WORK_STALL;
    }
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

/* ---- an engine run ---- */

void cpu_use_engine(struct cpu *cpu, struct engine *engine)
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
    cpu_use_engine(cpu, fast ? cpu->fast : cpu->close);
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

/* ---- the loop ---- */

/* Reasons to return that do not depend on what the engine does next. */
static enum cpu_verdict check_stop(struct cpu *cpu, enum cpu_stop *stop)
{
    if (cpu->locked_up && cpu->stall_cycles == 0 && !cpu_leave_lockup(cpu)) {
        *stop = CPU_STOP_LOCKUP;
        return CPU_END_RUN;
    }
    if ((cpu->work & CPU_WORK_RESET) != 0) {
        cpu->work &= ~(unsigned)CPU_WORK_RESET;
        *stop = CPU_STOP_RESET;
        return CPU_END_RUN;
    }
    if ((cpu->work & CPU_WORK_WATCH) != 0) {
        cpu->work &= ~(unsigned)CPU_WORK_WATCH;
        cpu->debug.hit_valid = true;
        *stop = CPU_STOP_WATCHPOINT;
        return CPU_END_RUN;
    }
    if ((cpu->work & CPU_WORK_STOP) != 0) {
        cpu->work &= ~(unsigned)CPU_WORK_STOP;
        *stop = CPU_STOP_REQUESTED;
        return CPU_END_RUN;
    }
    return CPU_GO_ON;
}

bool cpu_is_asleep(const struct cpu *cpu)
{
    return cpu->sleeping && !exception_would_wake(&cpu->unit, cpu->sleeping_wfe);
}

static bool still_asleep(struct cpu *cpu)
{
    if (!cpu->sleeping) {
        return false;
    }
    if (cpu_is_asleep(cpu)) {
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
static enum cpu_verdict turn(struct cpu *cpu, enum cpu_stop *stop)
{
    bool unfinished = cpu->refusal.kind == CPU_REFUSAL_CLOSE;
    if (!unfinished && (cpu->work & CPU_WORK_POLL) != 0) {
        cpu->work &= ~(unsigned)CPU_WORK_POLL;
        if (cpu_take_pending(cpu)) {
            return CPU_GO_ON;
        }
    }
    if (!unfinished && cpu->return_left != 0) {
        cpu_pass_return(cpu);
        return CPU_GO_ON;
    }
    bool monitored = !unfinished && cpu->monitor.code;
    if (monitored && cpu_monitor_before(cpu)) {
        return CPU_GO_ON;
    }
    bool split = cpu_it_is_open(cpu);
    if (split) {
        cpu->mode = CPU_MODE_STEP;
    }
    if (!unfinished && cpu->mode == CPU_MODE_STEP && cpu_examine_step(cpu, split)) {
        cpu->mode = CPU_MODE_FAST;
        if (monitored) {
            cpu_monitor_after(cpu);
        }
        return CPU_GO_ON;
    }
    if (split) {
        cpu_it_narrow(cpu);
    }
    enum engine_end end = run_engine(cpu);
    if (split) {
        cpu_it_widen(cpu, end);
    }
    enum cpu_verdict verdict = cpu_take_end(cpu, end, stop);
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
            if (check_stop(cpu, &stop) == CPU_END_RUN) {
                break;
            }
            bool held = cpu->stall_cycles != 0;
            stall(cpu, deadline_for(cpu, limit_cycle));
            if (cpu->time.cycles >= cpu->monitor.next_cycle) {
                cpu_monitor_cycle(cpu);
            }
            cpu->time.deadline = deadline_for(cpu, limit_cycle);
            if (cpu->time.cycles >= cpu->time.deadline) {
                stop = CPU_STOP_LIMIT;
                break;
            }
            if (held) {
                continue;
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
        if (turn(cpu, &stop) == CPU_END_RUN) {
            break;
        }
    }
    end_run(cpu, begun);
    return stop;
}

/* An exception return or a deferred FP store has begun: what becomes due meanwhile cuts it short.
 */
static bool is_moving(const struct cpu *cpu)
{
    return cpu->return_left != 0 || cpu->fp_store_done != 0;
}

enum cpu_stop cpu_step(struct cpu *cpu)
{
    enum cpu_stop stop = CPU_STOP_STEP;
    begin_run(cpu);
    uint64_t begun = cpu->time.cycles;
    uint64_t entered = cpu->counters.exceptions;
    cpu->started = false;
    do {
        bool held = cpu->stall_cycles != 0;
        bool waited = held || is_moving(cpu);
        do_work(cpu);
        if (cpu->refusal.kind != CPU_REFUSAL_CLOSE) {
            switch_flash_cache(cpu);
        }
        if (check_stop(cpu, &stop) == CPU_END_RUN) {
            break;
        }
        stall(cpu, deadline_for(cpu, UINT64_MAX));
        if (cpu->time.cycles >= cpu->monitor.next_cycle) {
            cpu_monitor_cycle(cpu);
        }
        uint64_t due = deadline_for(cpu, UINT64_MAX);
        if (waited && cpu->time.cycles >= due) {
            stop = CPU_STOP_LIMIT; /* what came meanwhile comes first */
            break;
        }
        if (held) {
            continue;
        }
        if (still_asleep(cpu)) {
            stop = CPU_STOP_SLEEP;
            break;
        }
        uint64_t furthest = cpu->time.cycles + QUANTUM_CYCLES;
        cpu->time.deadline = due > cpu->time.cycles && due < furthest ? due : furthest;
        cpu->mode = CPU_MODE_STEP;
        if (turn(cpu, &stop) == CPU_END_RUN) {
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
