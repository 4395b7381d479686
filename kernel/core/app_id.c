/* Which apps in flash are the same one: those with the same ShortId. */
#include <stddef.h>

#include "kernel/core/kernel_internal.h"

enum tbf_result app_look(uint32_t flash_start, struct tbf_app *app)
{
    uint32_t end = (uint32_t)(uintptr_t)kernel.config->bounds.app_flash_end;
    enum tbf_result result =
        tbf_parse(process_memory(flash_start), flash_start < end ? end - flash_start : 0, app);
    if (result != TBF_APP && result != TBF_DISABLED) {
        app->name_length = 0;
    }
    return result;
}

const struct process *app_id_process(uint32_t short_id)
{
    const struct process *process = NULL;
    do {
        process = process_after(process);
    } while (process != NULL && (short_id == 0 || process->app.short_id != short_id));
    return process;
}

uint32_t app_id_next(uint32_t short_id, uint64_t rank)
{
    uint64_t next = 0;
    struct tbf_app app;
    uint32_t address = (uint32_t)(uintptr_t)kernel.config->bounds.app_flash_start;
    for (;; address += app.total_size) {
        enum tbf_result result = app_look(address, &app);
        if (app.total_size == 0) {
            return next != 0 ? ~(uint32_t)next : 0; /* as app_rank has it */
        }
        uint64_t other = app_rank(app.program_version, address);
        if (result == TBF_APP && app.short_id == short_id && other < rank && other > next) {
            next = other;
        }
    }
}
