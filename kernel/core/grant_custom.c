/* Grants of which a process has as many as it has room for. A piece is the capsule's data and a
 * serial number, which no piece had before: a handle fits one piece and none that lies there later.
 */
#include "kernel/arch/arch.h"
#include "kernel/capsule/grant.h"
#include "kernel/core/grant_memory.h"
#include "kernel/core/kernel_internal.h"

static uint32_t serial_offset(const struct grant *grant)
{
    return (grant->data_bytes + 3u) & ~3u;
}

static uint32_t *serial_of(const struct grant *grant, uint32_t start)
{
    return process_memory(start + serial_offset(grant));
}

int grant_custom_allocate(const struct grant *grant, struct process_id id,
                          struct grant_custom *piece)
{
    *piece = GRANT_CUSTOM_NONE;
    struct process *process = process_find(id);
    if (process == NULL) {
        return K_ENODEVICE;
    }
    if (!grant->custom) {
        return K_EINVAL;
    }
    uint32_t start = grant_memory_allocate(process, grant_index(grant),
                                           serial_offset(grant) + (uint32_t)sizeof(uint32_t));
    if (start == 0) {
        return K_ENOMEM;
    }
    kernel.latest_serial++;
    *serial_of(grant, start) = kernel.latest_serial;
    *piece = (struct grant_custom){id, process->layout.ram_end - start, kernel.latest_serial};
    return K_OK;
}

/* The block that a handle stands for. K_EINVAL: not one of this grant. */
static int find(const struct grant *grant, const struct grant_custom *piece,
                struct process **process, struct grant_memory_block *block)
{
    *process = process_find(piece->id);
    if (*process == NULL) {
        return K_ENODEVICE;
    }
    uint32_t start = (*process)->layout.ram_end - piece->place;
    *block = (struct grant_memory_block){0};
    while (grant_memory_next(*process, block)) {
        if (block->start != start) {
            continue;
        }
        if (block->grant != grant_index(grant) || !grant->custom) {
            return K_EINVAL;
        }
        return *serial_of(grant, start) == piece->serial ? K_OK : K_ENODEVICE;
    }
    return K_ENODEVICE;
}

int grant_custom_free(const struct grant *grant, struct grant_custom piece)
{
    struct process *process;
    struct grant_memory_block block;
    int error = find(grant, &piece, &process, &block);
    if (error != K_OK) {
        return error;
    }
    if (block.entered) {
        return K_EBUSY;
    }
    grant_memory_free(process, block.start);
    return K_OK;
}

void *grant_open_custom(const struct grant *grant, struct grant_custom piece)
{
    struct process *process;
    struct grant_memory_block block;
    int error = find(grant, &piece, &process, &block);
    if (error == K_OK && block.entered) {
        error = K_EALREADY;
    } else if (error == K_OK && arch_guard.scopes_open == KERNEL_SCOPES) {
        error = K_ENOMEM;
    }
    if (error != K_OK) {
        kernel.grant_error = error;
        return NULL;
    }
    grant_memory_set_entered(process, block.start, true);
    grant_note_open(process, block.start);
    return process_memory(block.start);
}

struct grant_custom grant_custom_next(const struct grant *grant, struct grant_custom after)
{
    uint32_t slot = process_id_is_none(after.id) ? 0 : process_id_index(after.id);
    for (; slot < KERNEL_PROCESS_SLOTS; slot++) {
        struct process *process = kernel.process[slot];
        if (process == NULL || !process_is_alive(process)) {
            continue;
        }
        bool same = process_id_is_equal(process->id, after.id);
        struct grant_memory_block block = {0};
        while (grant_memory_next(process, &block)) {
            uint32_t place = process->layout.ram_end - block.start;
            if (block.grant == grant_index(grant) && grant->custom &&
                (!same || place > after.place)) {
                return (struct grant_custom){process->id, place, *serial_of(grant, block.start)};
            }
        }
    }
    return GRANT_CUSTOM_NONE;
}
