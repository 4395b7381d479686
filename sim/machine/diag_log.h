/* sim/machine/diag_log.h - remembers which messages about the guest were told, so that each is told
 * once. */
#ifndef SIM_MACHINE_DIAG_LOG_H
#define SIM_MACHINE_DIAG_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peripherals/iface/diag.h"

#define DIAG_LOG_MAX 128

struct diag_log_entry {
    enum diag_kind kind;
    const char *device; /* compared by text */
    uint32_t offset;
    const char *what;
};

struct diag_log {
    struct diag_log_entry entries[DIAG_LOG_MAX];
    size_t count;
    uint64_t suppressed; /* new messages after the log was full */
};

/* True when this is new and should be told. The texts must outlive the log. */
bool diag_log_is_new(struct diag_log *log, const struct diag_log_entry *entry);

#endif
