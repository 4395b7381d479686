#include "sim/cpu/cpu.h"

#include <stdlib.h>
#include <string.h>

#include "sim/cpu/cpu_internal.h"

/* ---- what the core's own devices ask for ---- */

static void on_reset_requested(void *context)
{
    struct cpu *cpu = context;
    cpu_add_work(cpu, CPU_WORK_RESET);
    if (cpu->config.reset_requested != NULL) {
        cpu->config.reset_requested(cpu->config.context);
    }
}

static void on_mpu_changed(void *context)
{
    cpu_forget_grains(context);
    cpu_add_work(context, CPU_WORK_PAGES);
}

static void on_debug_changed(void *context)
{
    struct cpu *cpu = context;
    cpu_monitor_changed(cpu, clock_now(cpu->config.clock));
}

static int32_t mask_priority(void *context)
{
    const struct cpu *cpu = context;
    return exception_mask_priority(&cpu->unit);
}

static void on_attention(void *context)
{
    cpu_poll_if_due(context);
}

/* ---- set-up ---- */

static bool create_regions(struct cpu *cpu)
{
    for (uint32_t i = 0; i < cpu->config.memory_count; i++) {
        struct cpu_region *region = &cpu->region[i];
        region->memory = cpu->config.memory[i];
        region->same_as = i;
        for (uint32_t j = 0; j < i && region->same_as == i; j++) {
            region->same_as = cpu->region[j].memory.host == region->memory.host ? j : i;
        }
        if (region->same_as != i) {
            region->code = cpu->region[region->same_as].code;
            region->code_page = cpu->region[region->same_as].code_page;
            continue;
        }
        region->code = calloc(region->memory.size_bytes / 16, 1);
        region->code_page = calloc(region->memory.size_bytes / ENGINE_PAGE_BYTES, 1);
        if (region->code == NULL || region->code_page == NULL) {
            return false;
        }
    }
    return true;
}

static bool create_engines(struct cpu *cpu, const char **message)
{
    struct engine_memory memory[CPU_MEMORY_MAX];
    for (uint32_t i = 0; i < cpu->config.memory_count; i++) {
        memory[i] = (struct engine_memory){.base = cpu->config.memory[i].base,
                                           .size_bytes = cpu->config.memory[i].size_bytes,
                                           .host = cpu->config.memory[i].host};
    }
    struct engine_client client = {
        .block = cpu_on_fast_block,
        .fill = cpu_on_fill,
        .guard = cpu_on_guard,
        .guarded_read = cpu_on_guarded_read,
        .guarded_write = cpu_on_guarded_write,
        .access = cpu_on_access,
        .context = cpu,
    };
    cpu->fast = engine_create(&client, memory, cpu->config.memory_count, message);
    client.block = cpu_on_close_block;
    client.instruction = cpu_on_instruction;
    cpu->close = engine_create(&client, memory, cpu->config.memory_count, message);
    cpu->active = cpu->fast;
    return cpu->fast != NULL && cpu->close != NULL;
}

static const char *check_config(const struct cpu_config *config)
{
    if (config->memory_count == 0 || config->memory_count > CPU_MEMORY_MAX) {
        return "a CPU needs 1 to 8 memories";
    }
    for (uint32_t i = 0; i < config->memory_count; i++) {
        const struct cpu_memory *memory = &config->memory[i];
        for (uint32_t j = 0; j < i; j++) {
            if (config->memory[j].host == memory->host &&
                config->memory[j].size_bytes != memory->size_bytes) {
                return "a memory that appears twice has two sizes";
            }
        }
        if (memory->size_bytes == 0 || memory->base % 4096 != 0 || memory->size_bytes % 4096 != 0) {
            return "a memory is not a multiple of 4 kB";
        }
    }
    return NULL;
}

struct cpu *cpu_create(const struct cpu_config *config, const char **message)
{
    *message = check_config(config);
    if (*message != NULL) {
        return NULL;
    }
    struct cpu *cpu = calloc(1, sizeof(*cpu));
    if (cpu == NULL) {
        *message = "out of memory";
        return NULL;
    }
    cpu->config = *config;
    *message = "out of memory";
    if (!block_cache_init(&cpu->blocks) || !create_regions(cpu) || !create_engines(cpu, message)) {
        cpu_destroy(cpu);
        return NULL;
    }
    *message = NULL;
    armv7m_init(&cpu->core, &(struct armv7m_config){
                                .clock = config->clock,
                                .diag = config->diag,
                                .irq_count = config->irq_count,
                                .priority_bits = config->priority_bits,
                                .fp_present = config->fp_present,
                                .reset_requested = on_reset_requested,
                                .mpu_changed = on_mpu_changed,
                                .mask_priority = mask_priority,
                                .debug_changed = on_debug_changed,
                                .attention = on_attention,
                                .context = cpu,
                                .gate = config->gate,
                            });
    cpu->core.mpu_account.count_hits = config->count_mpu_hits;
    cpu->unit = (struct exception_unit){
        .regs = &cpu->regs,
        .core = &cpu->core,
        .memory = {.read = cpu_exception_read, .write = cpu_exception_write, .context = cpu},
        .observer = config->observer,
        .fp_present = config->fp_present,
    };
    cpu->context = (struct mpu_context){.privileged = true};
    cpu->monitor.next_cycle = UINT64_MAX;
    cpu_settle_jump(cpu, 0);
    return cpu;
}

void cpu_destroy(struct cpu *cpu)
{
    if (cpu == NULL) {
        return;
    }
    engine_destroy(cpu->fast);
    engine_destroy(cpu->close);
    for (uint32_t i = 0; i < cpu->config.memory_count; i++) {
        if (cpu->region[i].same_as == i) {
            free(cpu->region[i].code);
            free(cpu->region[i].code_page);
        }
    }
    block_cache_free(&cpu->blocks);
    free(cpu);
}

void cpu_reset(struct cpu *cpu)
{
    cpu->regs_held = true;
    cpu->fp_held = true;
    cpu->locked_up = exception_reset(&cpu->unit) == EXCEPTION_LOCKUP;
    cpu->sleeping = false;
    cpu->flash_cache = false;
    cpu->flash_cache_wanted = false;
    cpu->late_possible = false;
    cpu->fp_store_done = 0;
    cpu->return_left = 0;
    cpu->refusal.kind = CPU_REFUSAL_NONE;
    cpu->kept.count = 0;
    cpu->mode = CPU_MODE_FAST;
    cpu->special_ran = false;
    cpu->barrier_ran = false;
    cpu->debug.resume_valid = false;
    cpu->stall_cycles = 0;
    cpu->work &= ~(unsigned)(CPU_WORK_RESET | CPU_WORK_WATCH | CPU_WORK_CACHE | CPU_WORK_STALL);
    cpu_settle_jump(cpu, cpu->regs.pc);
    cpu_update_context(cpu);
    cpu_add_work(cpu, CPU_WORK_PAGES | CPU_WORK_GATES);
}

/* ---- from outside ---- */

void cpu_request_stop(struct cpu *cpu)
{
    cpu_add_work(cpu, CPU_WORK_STOP);
}

void cpu_get_regs(const struct cpu *cpu, struct cpu_regs *regs)
{
    if (cpu->regs_held) {
        *regs = cpu->regs;
    } else {
        engine_read_regs(cpu->active, regs);
        regs->control = cpu_true_control(cpu, regs->control);
    }
    if (!cpu->regs_held || !cpu->fp_held) {
        engine_read_fp(cpu->active, regs);
    }
}

void cpu_set_regs(struct cpu *cpu, const struct cpu_regs *regs)
{
    cpu->sleeping = cpu->sleeping && regs->pc == cpu_pc(cpu);
    cpu->regs = *regs;
    cpu->regs_held = true;
    cpu->fp_held = true;
    cpu->engines_differ = true;
    cpu->core.nvic.state.current = cpu_regs_ipsr(regs);
    cpu->debug.resume_valid = false;
    cpu->late_possible = false;
    cpu->fp_store_done = 0;
    cpu->return_left = 0;
    cpu->mode = CPU_MODE_FAST;
    cpu_settle_jump(cpu, regs->pc);
    cpu_update_context(cpu);
}

struct armv7m *cpu_core(struct cpu *cpu)
{
    return &cpu->core;
}

static void set_irq(void *context, uint32_t irqn, bool level)
{
    struct cpu *cpu = context;
    nvic_set_line(&cpu->core.nvic, irqn, level);
}

struct irq_line cpu_irq_line(struct cpu *cpu, uint32_t irqn)
{
    return (struct irq_line){.set = set_irq, .context = cpu, .irqn = irqn};
}

void cpu_pend_nmi(struct cpu *cpu)
{
    nvic_set_pending(&cpu->core.nvic, EXCEPTION_NMI);
}

uint32_t cpu_pc(const struct cpu *cpu)
{
    if (cpu->accessing) {
        return cpu->kept.pc;
    }
    return cpu->regs_held ? cpu->regs.pc : engine_get_pc(cpu->active) & ~1U;
}

uint32_t cpu_xpsr(const struct cpu *cpu)
{
    return cpu->regs_held ? cpu->regs.xpsr : engine_get_xpsr(cpu->active);
}

void cpu_set_flash_cache(struct cpu *cpu, bool on)
{
    cpu->flash_cache_wanted = on;
    if (on != cpu->flash_cache && cpu->config.flash_timing == CPU_FLASH_ICACHE) {
        cpu_add_work(cpu, CPU_WORK_CACHE);
    }
}

void cpu_observing_changed(struct cpu *cpu)
{
    cpu_add_work(cpu, CPU_WORK_PAGES | CPU_WORK_FLAGS);
}

void cpu_stall(struct cpu *cpu, uint64_t cycles)
{
    cpu->stall_cycles += cycles;
    cpu->stalled_cycles += cycles;
    cpu_add_work(cpu, CPU_WORK_STALL);
}

uint64_t cpu_stalled_cycles(const struct cpu *cpu)
{
    return cpu->stalled_cycles;
}

void cpu_watch_blocks(struct cpu *cpu,
                      void (*met)(void *context, uint32_t address, uint32_t size_bytes),
                      void *context)
{
    cpu->block_met = met;
    cpu->block_met_context = context;
}

const struct cpu_counters *cpu_counters(const struct cpu *cpu)
{
    return &cpu->counters;
}

const struct mpu_account *cpu_mpu_account(const struct cpu *cpu)
{
    return &cpu->core.mpu_account;
}

const char *cpu_error(const struct cpu *cpu)
{
    return cpu->error;
}
