/*
 * grant_memory.h - the part of a process's block that grants lie in.
 */
#ifndef KERNEL_CORE_GRANT_MEMORY_H
#define KERNEL_CORE_GRANT_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/core/process.h"

/* The last word of every block, in use or free; they lie side by side from the process's record
 * downwards to grant_start. */
#define GRANT_MEMORY_UNIT_BYTES 8u
struct grant_memory_trailer {
    uint16_t units; /* of GRANT_MEMORY_UNIT_BYTES, this word included */
    uint8_t grant;  /* index */
    uint8_t state;  /* 0: free */
};

/* The address of so many bytes, zero and a multiple of 8, for the grant of that index. 0: there is
 * no room, and the console has been told (once for a process). */
uint32_t grant_memory_allocate(struct process *process, uint32_t grant, uint32_t bytes);

/* The block that was allocated there is free. */
void grant_memory_free(struct process *process, uint32_t start);

struct grant_memory_block {
    uint32_t start; /* 0: before the first one */
    uint32_t bytes; /* in all */
    uint8_t grant;  /* index */
    bool entered;   /* as grant_memory_set_entered said */
};

/* The next block downwards that is in use. False: there is none. */
bool grant_memory_next(const struct process *process, struct grant_memory_block *block);

/* For blocks of which a grant has more than one. Nothing happens when there is none there. */
void grant_memory_set_entered(struct process *process, uint32_t start, bool entered);

#endif
