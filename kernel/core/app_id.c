/* Which apps in flash are the same one: those with the same ShortId. */
#include <stddef.h>

#include "kernel/core/kernel_internal.h"

bool app_walk(uint32_t flash_start, enum tbf_result *result, struct tbf_app *app)
{
    uint32_t end = (uint32_t)(uintptr_t)kernel.config->bounds.app_flash_end;
    if (flash_start >= end) {
        return false;
    }
    *result = tbf_parse(process_memory(flash_start), end - flash_start, app);
    return !tbf_is_end(*result);
}

const struct process *app_id_process(uint32_t short_id)
{
    for (uint32_t slot = 0; slot < KERNEL_PROCESS_SLOTS; slot++) {
        const struct process *process = kernel.process[slot];
        if (process != NULL && process->app.short_id == short_id) {
            return process;
        }
    }
    return NULL;
}

bool app_id_next(uint32_t short_id, const struct app_rank *after, struct app_rank *next)
{
    bool found = false;
    uint32_t address = (uint32_t)(uintptr_t)kernel.config->bounds.app_flash_start;
    enum tbf_result result;
    struct tbf_app app;
    for (; app_walk(address, &result, &app); address += app.total_size) {
        struct app_rank rank = {app.program_version, address};
        if (result == TBF_APP && app.short_id == short_id &&
            (after == NULL || app_ranks_before(*after, rank)) &&
            (!found || app_ranks_before(rank, *next))) {
            *next = rank;
            found = true;
        }
    }
    return found;
}
