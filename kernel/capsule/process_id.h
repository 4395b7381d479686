/*
 * process_id.h - the name of one life of one process. A process that ends or restarts leaves its
 * identifier stale for ever: nothing can be entered, read or called with it any more.
 */
#ifndef KERNEL_CAPSULE_PROCESS_ID_H
#define KERNEL_CAPSULE_PROCESS_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/marks.h"

/* To capsules an opaque value; 0 names no process. */
struct process_id {
    PRIVATE uint32_t value;
};

#define PROCESS_ID_NONE ((struct process_id){0})

static inline bool process_id_is_equal(struct process_id a, struct process_id b)
{
    return a.value == b.value;
}

static inline bool process_id_is_none(struct process_id id)
{
    return id.value == 0;
}

/* True while this life lasts (running, yielded or stopped; not faulted or terminated). */
bool process_id_is_alive(struct process_id id);

/* The number by which apps speak of it. No identifier is made of it again. */
static inline uint32_t process_id_number(struct process_id id)
{
    return id.value;
}

/* The process's index: stays the same over restarts, below KERNEL_PROCESS_SLOTS. For reports. */
uint32_t process_id_index(struct process_id id);

/* Whether the process's app says, by a permissions TLV, that it uses that driver. An app without
 * that TLV says so of none: drivers that rule over others answer only to apps of which who installs
 * them sees it. */
bool process_id_asks_for(struct process_id id, uint32_t driver);

#endif
