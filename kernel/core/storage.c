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

/* Who is alive has a slot. */
uint32_t storage_owner(struct process_id id)
{
    if (!process_id_is_alive(id)) {
        return 0;
    }
    const struct process *process = kernel.process[process_id_index(id)];
    if (process->app.short_id != 0) {
        return process->app.short_id;
    }
    struct const_slice name = process_name(process);
    return name.length > 0 ? hash_name(name) : 0;
}
