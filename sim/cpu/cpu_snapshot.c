#include "sim/cpu/cpu_snapshot.h"

#include <string.h>

#include "peripherals/iface/device.h"
#include "sim/cpu/cpu_internal.h"

#define MOVED_CYCLES_MAX 64U /* more than it takes to move a whole frame */
#define COMPARED_BYTES   32U /* code is compared and forgotten by so many bytes */

/* Open, unless a load-exclusive has run since it was opened. */
static void save_exclusive(struct cpu *cpu, struct cpu_exclusive *exclusive)
{
    struct engine_monitor held = {0};
    if (cpu->exclusive_open && !cpu->unit.clear_exclusive) {
        held = engine_get_monitor(cpu->active);
    }
    *exclusive =
        (struct cpu_exclusive){.set = held.set, .address = held.address, .value = held.value};
}

static void restore_exclusive(struct cpu *cpu, const struct cpu_exclusive *exclusive)
{
    cpu->unit.clear_exclusive = !exclusive->set;
    if (exclusive->set) {
        engine_set_monitor(cpu->active, exclusive->address, exclusive->value);
        cpu->exclusive_open = true;
    }
}

void cpu_save(struct cpu *cpu, struct cpu_state *state)
{
    uint64_t now = cpu->config.clock->now_cycles;
    memset(state, 0, sizeof *state);
    cpu_get_regs(cpu, &state->regs);
    save_exclusive(cpu, &state->exclusive);
    armv7m_save(&cpu->core, &state->core);
    state->cycle = cpu->time.cycles > now ? cpu->time.cycles : now;
    state->stall_cycles = cpu->stall_cycles;
    state->after_address = cpu->time.block->end;
    state->after_taken = cpu->time.block->taken;
    state->sleeping = cpu->sleeping;
    state->sleeping_wfe = cpu->sleeping && cpu->sleeping_wfe;
    state->flash_cache = cpu->flash_cache_wanted;
    state->locked_up = cpu->locked_up;
    state->late_possible = cpu->late_possible;
    state->fp_store_done = cpu->fp_store_done;
    state->return_left = cpu->return_left;
    state->popped.exc_return = cpu->unit.popped.exc_return;
    state->popped.sp = cpu->unit.popped.sp;
    state->popped.lazy = cpu->unit.popped.lazy;
}

void cpu_save_account(const struct cpu *cpu, struct cpu_account *account)
{
    memset(account, 0, sizeof *account);
    account->counters = cpu->counters;
    account->mpu = cpu->core.mpu_account;
    mpu_account_time(&account->mpu, cpu->config.clock->now_cycles); /* sleep comes late */
    account->instructions = cpu->time.instructions;
    account->mpu_write_cycle = cpu->mpu_write_cycle;
}

void cpu_restore_account(struct cpu *cpu, const struct cpu_account *account)
{
    bool count_hits = cpu->core.mpu_account.count_hits;
    cpu->counters = account->counters;
    cpu->core.mpu_account = account->mpu;
    cpu->core.mpu_account.count_hits = count_hits;
    cpu->time.instructions = account->instructions;
    cpu->mpu_write_cycle = account->mpu_write_cycle;
}

static void restore_core(struct cpu *cpu, const struct armv7m_state *core)
{
    bool mpu_changes = memcmp(&cpu->core.mpu, &core->mpu, sizeof core->mpu) != 0;
    armv7m_restore(&cpu->core, core);
    if (mpu_changes) {
        cpu_forget_grains(cpu);
        cpu_add_work(cpu, CPU_WORK_PAGES);
    }
}

static void restore_flash_cache(struct cpu *cpu, bool on)
{
    if (cpu->flash_cache != on) {
        cpu_add_work(cpu, CPU_WORK_GATES);
    }
    cpu->flash_cache = on;
    cpu->flash_cache_wanted = on;
}

void cpu_restore(struct cpu *cpu, const struct cpu_state *state)
{
    cpu->regs = state->regs;
    cpu->regs_held = true;
    cpu->engines_differ = true;
    cpu->fp_held = true;
    restore_exclusive(cpu, &state->exclusive);
    restore_core(cpu, &state->core);
    cpu_settle_jump(cpu, state->after_address);
    cpu->time.none.taken = (uint8_t)state->after_taken;
    cpu->time.cycles = state->cycle;
    cpu_monitor_changed(cpu, state->cycle);
    cpu->time.variable_extra = 0; /* no instruction is under way */
    cpu->stall_cycles = state->stall_cycles;
    cpu->sleeping = state->sleeping;
    cpu->sleeping_wfe = state->sleeping_wfe;
    cpu->locked_up = state->locked_up;
    restore_flash_cache(cpu, state->flash_cache);
    cpu->late_possible = state->late_possible;
    cpu->unit.sleep_on_exit = false;
    cpu->special_ran = false;
    cpu->barrier_ran = false;
    cpu->fp_store_done = state->fp_store_done;
    cpu->return_left = state->return_left;
    cpu->unit.popped = state->popped;
    cpu->mode = CPU_MODE_FAST;
    cpu->refusal.kind = CPU_REFUSAL_NONE;
    cpu->kept.count = 0; /* their cycle may come again */
    cpu->pieces_left = 0;
    cpu->debug.hit_valid = false;
    cpu->debug.resume_valid = false;
    /* What is stale in the engines stays stale; what the core was asked to do is of the past. */
    cpu->work &= CPU_WORK_PAGES | CPU_WORK_CODE | CPU_WORK_GATES;
    cpu_add_work(cpu, CPU_WORK_POLL);
    cpu_update_context(cpu);
}

/* ---- what a damaged file may hold ---- */

bool cpu_state_is_sane(struct cpu *cpu, const struct cpu_state *state, uint64_t now_cycles)
{
    return state->cycle == now_cycles && state->stall_cycles <= cpu->config.clock->cpu_hz &&
           state->fp_store_done <= MOVED_CYCLES_MAX && state->return_left <= MOVED_CYCLES_MAX &&
           armv7m_state_is_sane(&cpu->core, &state->core) &&
           cpu_regs_ipsr(&state->regs) == state->core.nvic.current &&
           state->after_taken <= UINT8_MAX && device_bool_is_sane(&state->exclusive.set) &&
           device_bool_is_sane(&state->sleeping) && device_bool_is_sane(&state->sleeping_wfe) &&
           device_bool_is_sane(&state->flash_cache) && device_bool_is_sane(&state->locked_up) &&
           device_bool_is_sane(&state->late_possible) && device_bool_is_sane(&state->popped.lazy);
}

bool cpu_account_is_sane(const struct cpu_account *account)
{
    return device_bool_is_sane(&account->mpu.count_hits) &&
           device_bool_is_sane(&account->mpu.open) &&
           account->mpu.configuration_count <= MPU_ACCOUNT_CONFIGURATIONS &&
           account->mpu.current <= MPU_ACCOUNT_CONFIGURATIONS;
}

/* ---- memory ---- */

static bool has_code(const struct cpu_region *region, uint32_t offset, uint32_t size)
{
    static const uint8_t none[ENGINE_PAGE_BYTES / 16];
    return memcmp(&region->code[offset / 16], none, size / 16) != 0;
}

static void forget_differences(struct cpu *cpu, const struct cpu_region *region, uint32_t offset,
                               const uint8_t *bytes, uint32_t size)
{
    for (uint32_t at = 0; at < size; at += COMPARED_BYTES) {
        if (has_code(region, offset + at, COMPARED_BYTES) &&
            memcmp(region->memory.host + offset + at, bytes + at, COMPARED_BYTES) != 0) {
            cpu_note_change(cpu, region->memory.base + offset + at, COMPARED_BYTES);
        }
    }
}

void cpu_memory_replace(struct cpu *cpu, uint32_t address, const uint8_t *bytes, uint32_t size)
{
    const struct cpu_region *region = cpu_find_region(cpu, address);
    if (region == NULL || size > region->memory.size_bytes - (address - region->memory.base)) {
        return;
    }
    uint32_t offset = address - region->memory.base;
    for (uint32_t at = 0; at < size; at += ENGINE_PAGE_BYTES) {
        if (has_code(region, offset + at, ENGINE_PAGE_BYTES)) {
            forget_differences(cpu, region, offset + at, bytes + at, ENGINE_PAGE_BYTES);
        }
    }
    memcpy(region->memory.host + offset, bytes, size);
}
