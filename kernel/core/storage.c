#include "kernel/capsule/storage.h"

#include "kernel/core/kernel_internal.h"

/* FNV-1a, 32 bits. */
#define HASH_START 2166136261u
#define HASH_PRIME 16777619u

static uint32_t hash_name(struct const_slice name)
{
    uint32_t hash = HASH_START;
    for (uint32_t i = 0; i < name.length; i++) {
        hash = (hash ^ slice_get(name, i)) * HASH_PRIME;
    }
    return hash != 0 ? hash : 1u;
}

static uint32_t owner_of(const struct process *process)
{
    if (process->app.short_id != 0) {
        return process->app.short_id;
    }
    struct const_slice name = process_name(process);
    return name.length > 0 ? hash_name(name) : 0;
}

uint32_t storage_owner(struct process_id id)
{
    const struct process *process = process_find(id);
    return process != NULL ? owner_of(process) : 0;
}

uint32_t storage_write_id(struct process_id id)
{
    const struct process *process = process_find(id);
    if (process == NULL) {
        return 0;
    }
    return process->app.storage != 0
               ? tbf_storage_write_id(process_memory(process->layout.flash_start), &process->app)
               : owner_of(process);
}

static bool is_listed(struct process_id id, uint32_t write_id, bool modify)
{
    const struct process *process = process_find(id);
    if (process == NULL || write_id == 0) {
        return false;
    }
    return process->app.storage != 0
               ? tbf_storage_lists(process_memory(process->layout.flash_start), &process->app,
                                   modify, write_id)
               : owner_of(process) == write_id;
}

bool storage_may_read(struct process_id id, uint32_t write_id)
{
    return is_listed(id, write_id, false);
}

bool storage_may_modify(struct process_id id, uint32_t write_id)
{
    return is_listed(id, write_id, true);
}
