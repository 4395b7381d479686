/* sim/cpu/block_cache.h - what the run loop knows about each block of code: cycles, instructions,
 * where within it each instruction begins, and whether it needs care.
 *
 * Filled on the first execution of a block from the cycle model; looked up before every block. A
 * pointer to a block is good until the next block_cache_add, _reset or _forget.
 */
#ifndef SIM_CPU_BLOCK_CACHE_H
#define SIM_CPU_BLOCK_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/cpu/cycle_model.h"

#define BLOCK_CACHE_BITS  14
#define BLOCK_CACHE_SLOTS (1U << BLOCK_CACHE_BITS)
#define BLOCK_CACHE_STEPS (1U << 18)

/* `gate` of a block that may never run unexamined. */
#define BLOCK_GATE_ALWAYS UINT32_MAX

/* An instruction boundary within a block, one for each halfword and one for the end. */
struct block_step {
    uint16_t cycles; /* from the block's start to the instruction at this halfword */
    uint16_t count;  /* instructions before it; bit 15: BLOCK_STEP_IN_IT */
};
#define BLOCK_STEP_IN_IT 0x8000U /* ITSTATE is live before this instruction */
#define BLOCK_STEP_COUNT 0x7FFFU

struct block {
    uint32_t address;
    uint16_t size_bytes;  /* 0: an empty slot */
    uint16_t count;       /* instructions */
    uint32_t cycles;      /* without `taken` */
    uint32_t gate;        /* cycles and taken, or BLOCK_GATE_ALWAYS */
    uint32_t steps;       /* index of the first of size_bytes / 2 + 1 */
    uint16_t flags;       /* enum cycle_flag of all its instructions */
    uint8_t taken;        /* added when what follows is not the next address */
    uint8_t entry;        /* added when a taken branch leads here */
    uint32_t reserved[2]; /* 32 bytes a slot: none straddles a cache line */
};
_Static_assert(sizeof(struct block) == 32, "two slots a cache line");

struct block_cache {
    struct block *slots;      /* BLOCK_CACHE_SLOTS, open addressing */
    struct block_step *steps; /* BLOCK_CACHE_STEPS */
    uint32_t used_slots, used_steps;
    struct cycle_model *model;
    unsigned gated_flags; /* blocks with any of these get BLOCK_GATE_ALWAYS */
};

/* False: no memory. */
bool block_cache_init(struct block_cache *cache);
void block_cache_free(struct block_cache *cache);

/* Forgets everything. */
void block_cache_reset(struct block_cache *cache);
/* Forgets the blocks that touch [address, address + size_bytes). */
void block_cache_forget(struct block_cache *cache, uint32_t address, uint32_t size_bytes);

/* Adds the block of `size_bytes` at `address`. `code` are its bytes, of which `available` exist
 * (>= size_bytes; those after it decide about the last instruction's cost). NULL `code`: a block of
 * which nothing is known, always gated. */
const struct block *block_cache_add(struct block_cache *cache, uint32_t address,
                                    uint32_t size_bytes, const uint8_t *code, size_t available,
                                    struct cycle_fetch fetch, bool always_gated);

/* The slot after a collision, or NULL: not known. */
const struct block *block_cache_find_slow(const struct block_cache *cache, uint32_t address,
                                          uint32_t size_bytes);

static inline uint32_t block_cache_slot(uint32_t address)
{
    return (uint32_t)(address * 0x9E3779B1U) >> (32 - BLOCK_CACHE_BITS);
}

static inline const struct block *block_cache_find(const struct block_cache *cache,
                                                   uint32_t address, uint32_t size_bytes)
{
    const struct block *block = &cache->slots[block_cache_slot(address)];
    if (__builtin_expect(block->address == address && block->size_bytes == size_bytes, 1)) {
        return block;
    }
    return block_cache_find_slow(cache, address, size_bytes);
}

static inline const struct block_step *block_cache_step(const struct block_cache *cache,
                                                        const struct block *block, uint32_t address)
{
    return &cache->steps[block->steps + (address - block->address) / 2];
}

#endif
