/* capsule/process_control.h: looking at processes and ruling over them. */
#include "kernel/capsule/process_control.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/capsule/grant.h"
#include "kernel/core/grant_memory.h"
#include "kernel/core/ipc.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/memory.h"

uint32_t process_slot_count(void)
{
    return KERNEL_PROCESS_SLOTS;
}

static struct process *process_at(uint32_t index)
{
    return index < KERNEL_PROCESS_SLOTS ? kernel.process[index] : NULL;
}

/* Field by field: a struct in braces would be read whole before it is written. */
bool process_view_get(uint32_t index, struct process_view *view)
{
    const struct process *process = process_at(index);
    if (process == NULL) {
        return false;
    }
    view->id = process->id;
    view->index = process->slot;
    view->short_id = process->app.short_id;
    view->name = process_name(process);
    view->state = process->state;
    view->system_calls = process->system_calls;
    view->slices_used_up = process->slices_used_up;
    view->restarts = process->restarts;
    view->upcalls_pending = process->queue_count;
    view->upcalls_dropped = process->upcalls_dropped;
    view->grants_total = grant_count();
    view->completion_code = process->completion_code;
    view->flash_start = process->layout.flash_start;
    view->flash_end = process->layout.flash_start + process->app.total_size;
    view->ram_start = process->layout.ram_start;
    view->app_break = process->app_break;
    view->grant_start = process->grant_start;
    view->ram_end = process->layout.ram_end;
    view->stack_top = process->stack_top;
    view->heap_start = process->heap_start;
    view->grants_used = 0;
    for (uint32_t i = 0; i < grant_count(); i++) {
        view->grants_used += process->grant_block[i] != 0 ? 1u : 0u; /* custom ones have none */
    }
    return true;
}

struct const_slice capsule_name(const struct capsule *owner)
{
    if (owner == NULL) {
        return (struct const_slice){NULL, 0};
    }
    return (struct const_slice){(const uint8_t *)owner->name, owner->name_bytes - 1u};
}

bool process_grant_get(uint32_t index, uint32_t number, struct process_grant_view *view)
{
    const struct process *process = process_at(index);
    if (process == NULL || number >= grant_count()) {
        return false;
    }
    const struct driver *driver = grant_driver(number);
    view->has_driver = driver != NULL;
    view->driver = driver != NULL ? driver->ops->number : 0;
    view->name = capsule_name(driver != NULL ? driver->ops->owner : NULL);
    view->bytes = 0;
    view->pieces = 0;
    struct grant_memory_block block = {0};
    while (grant_memory_next(process, &block)) {
        if (block.grant == number) {
            view->bytes += block.bytes;
            view->pieces++;
        }
    }
    return true;
}

bool process_find_by_name(struct const_slice name, struct process_id *id)
{
    const struct process *process = NULL;
    while ((process = process_after(process)) != NULL) {
        if (process_has_name(process, name)) {
            *id = process->id;
            return true;
        }
    }
    return false;
}

static int stop(struct process *process)
{
    if (process->state == ABI_PROCESS_STOPPED) {
        return K_EALREADY;
    }
    process->resume_state = process->state;
    process->state = ABI_PROCESS_STOPPED;
    ipc_withdraw(process);
    process_leave_slice(process);
    return K_OK;
}

static int start(struct process *process)
{
    if (process->state != ABI_PROCESS_STOPPED) {
        return K_EALREADY;
    }
    process->state = process->resume_state;
    scheduler_note_ready(process);
    return K_OK;
}

static int act_on_living(struct process *process, enum abi_process_action action)
{
    switch (action) {
    case ABI_PROCESS_STOP:
        return stop(process);
    case ABI_PROCESS_START:
        return start(process);
    case ABI_PROCESS_FAULT:
        process_fault(process, NULL, TEXT_FAULT_ASKED_FOR);
        return K_OK;
    case ABI_PROCESS_TERMINATE:
        process_end(process, ABI_PROCESS_TERMINATED);
        return K_OK;
    case ABI_PROCESS_BOOT:
        return K_EALREADY;
    }
    return K_EINVAL;
}

int process_act(struct process_id id, enum abi_process_action action)
{
    struct process *process = process_at(process_id_index(id));
    if (process == NULL || !process_id_is_equal(process->id, id)) {
        return K_ENODEVICE;
    }
    if (arch_guard.scopes_open != 0) {
        return K_EBUSY; /* somebody holds a pointer into a grant */
    }
    if (process_is_alive(process)) {
        return act_on_living(process, action);
    }
    if (action != ABI_PROCESS_BOOT) {
        return K_EALREADY;
    }
    process_restart(process);
    return process_is_alive(process) ? K_OK : K_ENOMEM;
}

static uint32_t never_used_stack(void)
{
    const uint8_t *start = kernel.config->bounds.stack_start;
    const uint8_t *at = start;
    while (at < (const uint8_t *)kernel.config->bounds.stack_end &&
           *(const uint32_t *)(const void *)at == ARCH_STACK_PATTERN) {
        at += sizeof(uint32_t);
    }
    return (uint32_t)(at - start);
}

static uint32_t address_of(const void *place)
{
    return (uint32_t)(uintptr_t)place;
}

void kernel_view_get(struct kernel_view *view)
{
    const struct kernel_bounds *bounds = &kernel.config->bounds;
    view->text_start = address_of(bounds->text_start);
    view->text_end = address_of(bounds->text_end);
    view->stack_start = address_of(bounds->stack_start);
    view->stack_end = address_of(bounds->stack_end);
    view->data_start = address_of(bounds->data_start);
    view->data_end = address_of(bounds->data_end);
    view->app_flash_start = address_of(bounds->app_flash_start);
    view->app_flash_end = address_of(bounds->app_flash_end);
    view->app_ram_start = address_of(bounds->app_ram_start);
    view->app_ram_end = address_of(bounds->app_ram_end);
    view->app_ram_free = process_ram_free_bytes();
    view->stack_never_used = never_used_stack();
}

_Noreturn void kernel_reset(void)
{
    arch_reset_system();
}
