#include "kernel/core/process.h"

#include <stddef.h>

#include "kernel/abi/tbf.h"
#include "kernel/arch/arch.h"
#include "kernel/capsule/process_control.h"
#include "kernel/core/ipc.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/memory.h"

#define ID_SLOT_BITS      8u
#define ID_GENERATION_MAX 0xFFFFFFu

/* Of a process's stack at its start, and of struct process. */
#define STACK_ALIGNMENT 8u

static uint32_t generation(const struct process *process)
{
    return process->id.value >> ID_SLOT_BITS;
}

static struct process_id next_id(const struct process *process)
{
    return (struct process_id){(generation(process) + 1u) << ID_SLOT_BITS | process->slot};
}

bool process_is_alive(const struct process *process)
{
    return process->state != ABI_PROCESS_FAULTED && process->state != ABI_PROCESS_TERMINATED;
}

struct process *process_find(struct process_id id)
{
    uint32_t slot = process_slot(id);
    if (slot >= KERNEL_PROCESS_SLOTS) {
        return NULL;
    }
    struct process *process = kernel.process[slot];
    if (process == NULL || process->id.value != id.value || !process_is_alive(process)) {
        return NULL;
    }
    return process;
}

struct process *process_after(const struct process *process)
{
    for (uint32_t slot = process != NULL ? process->slot + 1u : 0; slot < KERNEL_PROCESS_SLOTS;
         slot++) {
        if (kernel.process[slot] != NULL) {
            return kernel.process[slot];
        }
    }
    return NULL;
}

struct process *process_find_at(uint32_t flash_start)
{
    struct process *process = NULL;
    do {
        process = process_after(process);
    } while (process != NULL && process->layout.flash_start != flash_start);
    return process;
}

bool process_id_is_alive(struct process_id id)
{
    return process_find(id) != NULL;
}

uint32_t process_id_index(struct process_id id)
{
    return process_slot(id);
}

bool process_id_asks_for(struct process_id id, uint32_t driver)
{
    const struct process *process = process_find(id);
    return process != NULL && process->app.has_permissions &&
           tbf_permits_driver(process_memory(process->layout.flash_start), &process->app, driver);
}

enum abi_process_state process_effective_state(const struct process *process)
{
    return process->state == ABI_PROCESS_STOPPED ? process->resume_state : process->state;
}

void process_set_effective_state(struct process *process, enum abi_process_state state)
{
    if (process->state == ABI_PROCESS_STOPPED) {
        process->resume_state = (uint8_t)state;
    } else {
        process->state = (uint8_t)state;
        scheduler_note_ready(process);
    }
}

uint32_t process_block_bytes(void)
{
    uint32_t bytes = (uint32_t)sizeof(struct process) + grant_count() * (uint32_t)sizeof(uint32_t);
    return (bytes + (STACK_ALIGNMENT - 1u)) & ~(STACK_ALIGNMENT - 1u);
}

/* Nothing when end <= start. */
static void clear_memory(uint32_t start, uint32_t end)
{
    if (end > start) {
        (void)memset(process_memory(start), 0, end - start);
    }
}

/* Grants, with subscriptions and buffers, and what is queued of them. */
static void drop_grants(struct process *process)
{
    process->queue_count = 0;
    process->grant_start = process_grant_end(process);
    (void)memset(process->grant_block, 0, grant_count() * sizeof(process->grant_block[0]));
}

/* The layout's RAM is placed, and there are no grants; all else that a new life starts with. */
static void start_life(struct process *process)
{
    process->id = next_id(process);
    process->state = ABI_PROCESS_RUNNING;
    process->dump = 0;
    process->allow_end = process->layout.ram_start;
    process->lost_start = 0;
    process->lost_end = 0;
    process->stack_top = 0;
    process->heap_start = 0;
    process->app_break = process->layout.ram_start + ABI_INITIAL_BREAK_BYTES;
    clear_memory(process->layout.ram_start, process->layout.reach_end);

    uint32_t stack_top = process->app_break & ~(STACK_ALIGNMENT - 1u);
    const uint32_t arguments[4] = {
        process->layout.flash_start + process->app.binary,
        process->layout.ram_start,
        process->layout.ram_end - process->layout.ram_start,
        process->app_break,
    };
    arch_context_start(&process->context, stack_top,
                       process->layout.flash_start + process->app.entry, arguments);
    scheduler_note_ready(process);
}

/* A slot that has used up its identifiers is never free again. */
static uint32_t free_slot(void)
{
    uint32_t slot = 0;
    while (slot < KERNEL_PROCESS_SLOTS &&
           (kernel.process[slot] != NULL || kernel.generations[slot] == ID_GENERATION_MAX)) {
        slot++;
    }
    return slot;
}

static uint32_t app_ram_end(void)
{
    return (uint32_t)(uintptr_t)kernel.config->bounds.app_ram_end;
}

/* The first range of RAM from *start on that no process has: *start moves to where it begins, the
 * answer is its end. When there is none, both are the end of RAM. */
static uint32_t find_hole(uint32_t *start)
{
    uint32_t end;
    bool moved;
    do {
        moved = false;
        end = app_ram_end();
        const struct process *process = NULL;
        while ((process = process_after(process)) != NULL) {
            if (process->layout.ram_end <= *start) {
                continue;
            }
            if (process->layout.ram_start <= *start) {
                *start = process->layout.ram_end;
                moved = true;
            } else if (process->layout.ram_start < end) {
                end = process->layout.ram_start;
            }
        }
    } while (moved);
    return end;
}

uint32_t process_ram_free_bytes(void)
{
    uint32_t bytes = app_ram_end() - (uint32_t)(uintptr_t)kernel.config->bounds.app_ram_start;
    const struct process *process = NULL;
    while ((process = process_after(process)) != NULL) {
        bytes -= process->layout.ram_end - process->layout.ram_start;
    }
    return bytes;
}

/* Places the RAM in the lowest hole that has room for it. */
static enum app_refusal place_ram(struct mpu_layout *layout, const struct tbf_app *app)
{
    struct mpu_layout_ram_request request = {
        .initial_bytes = ABI_INITIAL_BREAK_BYTES,
        .app_bytes =
            app->minimum_ram > ABI_INITIAL_BREAK_BYTES ? app->minimum_ram : ABI_INITIAL_BREAK_BYTES,
        .kernel_bytes = process_block_bytes(),
        .fixed_start = app->fixed_ram != TBF_ADDRESS_ANY,
    };
    uint32_t start = (uint32_t)(uintptr_t)kernel.config->bounds.app_ram_start;
    uint32_t end = find_hole(&start);
    bool is_free = false; /* what it is linked for */
    for (; start < end; start = end, end = find_hole(&start)) {
        request.available_start = start;
        if (request.fixed_start) {
            if (app->fixed_ram < start || app->fixed_ram >= end) {
                continue;
            }
            is_free = true;
            request.available_start = app->fixed_ram;
        }
        request.available_bytes = end - request.available_start;
        if (mpu_layout_place_ram(layout, &request)) {
            return APP_LOADED;
        }
    }
    return request.fixed_start && !is_free ? APP_WRONG_RAM_ADDRESS : APP_NO_RAM;
}

enum app_refusal process_create(uint32_t flash_start, const struct tbf_app *app)
{
    uint32_t slot = free_slot();
    if (slot == KERNEL_PROCESS_SLOTS) {
        return APP_NO_SLOT;
    }
    if (app->fixed_flash != TBF_ADDRESS_ANY && app->fixed_flash != flash_start + app->binary) {
        return APP_WRONG_FLASH_ADDRESS;
    }
    struct mpu_layout layout;
    mpu_layout_init(&layout);
    if (!mpu_layout_set_flash(&layout, flash_start, flash_start + app->total_size)) {
        return APP_FLASH_NOT_COVERED;
    }

    enum app_refusal refusal = place_ram(&layout, app);
    if (refusal != APP_LOADED) {
        return refusal;
    }

    struct process *process = process_memory(layout.ram_end - process_block_bytes());
    *process = (struct process){
        .id = {kernel.generations[slot] << ID_SLOT_BITS | slot},
        .slot = (uint8_t)slot,
        .code_start = flash_start + app->binary,
    };
    process->app = *app;
    process->layout = layout;
    drop_grants(process);
    start_life(process);
    kernel.process[slot] = process;
    ipc_slot_taken(slot);
    return APP_LOADED;
}

void process_leave_slice(struct process *process)
{
    if (kernel.current == process) {
        trap_note_command();
        kernel.current = NULL;
        arch_signals.is.work = 1; /* if it goes on, it does with a slice of its own */
    }
}

void process_reload_regions(const struct process *process)
{
    if (kernel.mpu_owner == process) {
        kernel.mpu_owner = NULL;
    }
}

void process_end(struct process *process, enum abi_process_state end)
{
    process->state = (uint8_t)end;
    drop_grants(process);
    mpu_layout_remove_extras(&process->layout);
    ipc_end(process);
    app_control_note_end();
    process_leave_slice(process);
    process_reload_regions(process);
}

/* The MPU may still hold the regions of a process that is gone: its flash would be read-only, for
 * whoever is about to change it, too. */
static void unload_mpu(void)
{
    struct mpu_layout nothing;
    mpu_layout_init(&nothing);
    arch_mpu_load(nothing.region);
    kernel.mpu_owner = NULL;
}

int process_remove(struct process *process)
{
    if (arch_guard.scopes_open != 0) {
        return K_EBUSY;
    }
    process_end(process, ABI_PROCESS_TERMINATED);
    if (kernel.left_command.caller == process) {
        kernel.left_command = (struct left_command){.owner = NULL};
    }
    unload_mpu();
    kernel.generations[process->slot] = generation(process);
    kernel.process[process->slot] = NULL;
    return K_OK;
}

void process_restart(struct process *process)
{
    process_end(process, ABI_PROCESS_TERMINATED);
    /* Identifiers are never used twice; without one there is no new life. */
    if (generation(process) == ID_GENERATION_MAX) {
        return;
    }
    uint32_t initial_break = process->layout.ram_start + ABI_INITIAL_BREAK_BYTES;
    if (!mpu_layout_set_break(&process->layout, initial_break, process->grant_start)) {
        return;
    }
    process->restarts++;
    start_life(process);
}

static bool fits(const struct kernel_fault_rule *rule, const struct process *process)
{
    struct const_slice name = {(const uint8_t *)rule->process_name, 0};
    while (rule->process_name != NULL && rule->process_name[name.length] != '\0') {
        name.length++;
    }
    return rule->process_name == NULL || process_has_name(process, name);
}

static const struct kernel_fault_rule *fault_rule(const struct process *process)
{
    static const struct kernel_fault_rule no_rule = {NULL, KERNEL_FAULT_STOP, 0};
    const struct kernel_fault_rule *rule = kernel.config->fault_rules;
    for (uint32_t i = kernel.config->fault_rule_count; i > 0; i--, rule++) {
        if (fits(rule, process)) {
            return rule;
        }
    }
    return &no_rule;
}

/* The threshold counts as Tock's does: with 0 there is one restart. */
static bool may_restart(const struct process *process, const struct kernel_fault_rule *rule)
{
    return process->restarts - process->restarts_forgiven <= rule->threshold;
}

static _Noreturn void panic_for(struct process *process)
{
    process->state = ABI_PROCESS_FAULTED;
    kernel_panic(TEXT_PANIC_PROCESS);
}

void process_fault(struct process *process, const struct arch_fault *fault, enum text_id why)
{
    process->fault = fault != NULL ? *fault : (struct arch_fault){0};
    report_process_fault(process, why);
    bool forgiven = ipc_lost_what_it_touched(process, &process->fault);
    const struct kernel_fault_rule *rule = fault_rule(process);
    enum kernel_fault_policy policy = rule->policy;
    bool restart = policy == KERNEL_FAULT_RESTART || policy == KERNEL_FAULT_RESTART_WITH_DEBUG;
    if (policy == KERNEL_FAULT_THRESHOLD_RESTART ||
        policy == KERNEL_FAULT_THRESHOLD_RESTART_THEN_PANIC) {
        restart = may_restart(process, rule);
    }
    if (forgiven) {
        /* No client rules over the life of a service, whatever the policy. */
        process->restarts_forgiven++;
        restart = true;
        policy = KERNEL_FAULT_RESTART;
    }
    if (policy == KERNEL_FAULT_PANIC ||
        (policy == KERNEL_FAULT_THRESHOLD_RESTART_THEN_PANIC && !restart)) {
        panic_for(process);
    }

    process_end(process, ABI_PROCESS_FAULTED);
    if (policy == KERNEL_FAULT_STOP_WITH_DEBUG || policy == KERNEL_FAULT_RESTART_WITH_DEBUG) {
        report_after_fault(process, restart);
    } else if (restart) {
        process_restart(process);
    }
}

struct const_slice process_name(const struct process *process)
{
    const uint8_t *image = process_memory(process->layout.flash_start);
    return (struct const_slice){image + process->app.name, process->app.name_length};
}

bool process_has_name(const struct process *process, struct const_slice name)
{
    return process->app.name_length == name.length &&
           memcmp(process_name(process).bytes, name.bytes, name.length) == 0;
}

int process_set_break(struct process *process, uint32_t wanted)
{
    uint32_t previous = process->app_break;
    uint32_t reached = process->layout.reach_end;
    if (wanted < process->allow_end ||
        !mpu_layout_set_break(&process->layout, wanted, process->grant_start)) {
        return K_ENOMEM;
    }
    process->app_break = wanted;
    /* Between the breaks is what the app wrote beyond the old one, behind them what the MPU opens
     * anew: what others left there. */
    clear_memory(previous, wanted);
    clear_memory(wanted > reached ? wanted : reached, process->layout.reach_end);
    process_reload_regions(process);
    return K_OK;
}
