#include "sim/machine/diag_log.h"

#include <string.h>

#include "sim/machine/state_hash.h"

static struct diag_log_key key_of(const struct diag_log_entry *entry)
{
    uint64_t device = state_hash(entry->device, strlen(entry->device), 0);
    return (struct diag_log_key){.kind = (uint32_t)entry->kind,
                                 .offset = entry->offset,
                                 .text = state_hash(entry->what, strlen(entry->what), device)};
}

bool diag_log_is_new(struct diag_log *log, const struct diag_log_entry *entry)
{
    const struct diag_log_key key = key_of(entry);
    for (size_t i = 0; i < log->count; i++) {
        const struct diag_log_key *other = &log->keys[i];
        if (other->kind == key.kind && other->offset == key.offset && other->text == key.text) {
            return false;
        }
    }
    if (log->count == DIAG_LOG_MAX) {
        log->suppressed++;
        return false;
    }
    log->keys[log->count] = key;
    log->count++;
    return true;
}
