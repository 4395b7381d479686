/*
 * Memory of grants: blocks side by side from the process's record downwards, the lowest at
 * grant_start. A block ends in a word that says how long it is and whose. What is given back is
 * used again: whole, in part, or together with its neighbours.
 */
#include "kernel/core/grant_memory.h"

#include <stddef.h>

#include "kernel/core/kernel_internal.h"
#include "kernel/core/memory.h"

/* Of all blocks: suits every data_alignment, and keeps bit 0 of one free. */
#define ALIGNMENT GRANT_MEMORY_UNIT_BYTES

_Static_assert(sizeof(struct grant_memory_trailer) == sizeof(uint32_t), "a word");
enum { FREE, USED, ENTERED };

static struct grant_memory_trailer *trailer_of(uint32_t end)
{
    return process_memory(end - (uint32_t)sizeof(struct grant_memory_trailer));
}

static uint32_t start_of(uint32_t end)
{
    return end - trailer_of(end)->units * ALIGNMENT;
}

static void set(uint32_t start, uint32_t end, uint32_t grant, uint8_t state)
{
    *trailer_of(end) =
        (struct grant_memory_trailer){(uint16_t)((end - start) / ALIGNMENT), (uint8_t)grant, state};
}

/* The free blocks from this end on become one. Returns its start. */
static uint32_t join(const struct process *process, uint32_t end)
{
    uint32_t start = start_of(end);
    while (start > process->grant_start && trailer_of(start)->state == FREE) {
        start = start_of(start);
    }
    set(start, end, 0, FREE);
    return start;
}

/* The end of `bytes` that are nobody's any more; 0: there is no free block that is so long. */
static uint32_t take_free(const struct process *process, uint32_t bytes)
{
    for (uint32_t end = process_grant_end(process); end > process->grant_start;
         end = start_of(end)) {
        if (trailer_of(end)->state != FREE) {
            continue;
        }
        uint32_t start = join(process, end);
        if (end - start >= bytes) {
            if (end - start > bytes) {
                set(start, end - bytes, 0, FREE);
            }
            return end;
        }
    }
    return 0;
}

uint32_t grant_memory_allocate(struct process *process, uint32_t grant, uint32_t bytes)
{
    uint32_t length = (bytes + (uint32_t)sizeof(struct grant_memory_trailer) + (ALIGNMENT - 1u)) &
                      ~(ALIGNMENT - 1u);
    uint32_t end = take_free(process, length);
    if (end == 0) {
        if (length > process->grant_start - process->layout.reach_end) {
            report_grants_full(process, grant, length);
            return 0;
        }
        end = process->grant_start;
        process->grant_start = end - length;
    }
    uint32_t start = end - length;
    set(start, end, grant, USED);
    (void)memset(process_memory(start), 0, length - sizeof(struct grant_memory_trailer));
    return start;
}

bool grant_memory_next(const struct process *process, struct grant_memory_block *block)
{
    uint32_t end = block->start == 0 ? process_grant_end(process) : block->start;
    while (end > process->grant_start) {
        const struct grant_memory_trailer *trailer = trailer_of(end);
        if (trailer->state != FREE) {
            *block = (struct grant_memory_block){
                .start = start_of(end),
                .bytes = end - start_of(end),
                .grant = trailer->grant,
                .entered = trailer->state == ENTERED,
            };
            return true;
        }
        end = start_of(end);
    }
    return false;
}

/* The end of the block that begins there; 0: none does. */
static uint32_t find(const struct process *process, uint32_t start)
{
    struct grant_memory_block block = {0};
    while (grant_memory_next(process, &block)) {
        if (block.start == start) {
            return block.start + block.bytes;
        }
    }
    return 0;
}

void grant_memory_set_entered(struct process *process, uint32_t start, bool entered)
{
    uint32_t end = find(process, start);
    if (end != 0) {
        trailer_of(end)->state = entered ? ENTERED : USED;
    }
}

void grant_memory_free(struct process *process, uint32_t start)
{
    uint32_t end = find(process, start);
    if (end == 0) {
        return;
    }
    trailer_of(end)->state = FREE;
    struct grant_memory_block block = {0};
    uint32_t lowest = process_grant_end(process);
    while (grant_memory_next(process, &block)) {
        lowest = block.start;
    }
    process->grant_start = lowest; /* what is free below is the app's to have */
}
