/* What runs, for apps whose header permits driver 0x10002 (sandglass pack --permissions); to others
 * all of this is K_ENODEVICE. A process is named by an identifier, which a restart changes. */
#ifndef APPS_LIB_PROCESS_INFO_H
#define APPS_LIB_PROCESS_INFO_H

#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

struct process_info_stats {
    uint32_t slices_used_up, system_calls, restarts;
    uint32_t state; /* enum abi_process_state */
};

/* How many processes there are. */
int process_info_count(void);
/* Fills as many as there is room for; returns how many there are. */
int process_info_ids(uint32_t *ids, size_t room);
int process_info_short_ids(uint32_t *short_ids, size_t room);
/* The name, cut to room - 1 bytes, with a zero behind it; `room` is not 0. Returns its length.
 * K_EINVAL: there is no such process (any more). */
int process_info_name(uint32_t id, char *name, size_t room);
int process_info_get_stats(uint32_t id, struct process_info_stats *stats);
/* K_EALREADY: it is so; K_EINVAL: no such process, or oneself. */
int process_info_set_state(uint32_t id, enum abi_process_action action);

#endif
