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

/* What a message is told apart by; plain values, a snapshot copies them. */
struct diag_log_key {
    uint32_t kind, offset;
    uint64_t text; /* a hash of device and what */
};

struct diag_log {
    struct diag_log_key keys[DIAG_LOG_MAX];
    uint64_t count;
    uint64_t suppressed; /* new messages after the log was full */
};

/* True when this is new and should be told. */
bool diag_log_is_new(struct diag_log *log, const struct diag_log_entry *entry);

#endif
