#include "sim/machine/diag_log.h"

#include <string.h>

bool diag_log_is_new(struct diag_log *log, const struct diag_log_entry *entry)
{
    for (size_t i = 0; i < log->count; i++) {
        const struct diag_log_entry *other = &log->entries[i];
        if (other->kind == entry->kind && other->offset == entry->offset &&
            strcmp(other->device, entry->device) == 0 && strcmp(other->what, entry->what) == 0) {
            return false;
        }
    }
    if (log->count == DIAG_LOG_MAX) {
        log->suppressed++;
        return false;
    }
    log->entries[log->count] = *entry;
    log->count++;
    return true;
}
