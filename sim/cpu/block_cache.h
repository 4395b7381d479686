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
#define BLOCK_CACHE_USED  (BLOCK_CACHE_SLOTS / 2)
#define BLOCK_CACHE_STEPS (1U << 18)

/* `gate` of a block that may never run unexamined. */
#define BLOCK_GATE_ALWAYS UINT32_MAX

/* An instruction boundary within a block, one for each halfword and one for the end. */
struct block_step {
    uint16_t cycles; /* from the block's start to the instruction at this halfword */
    uint16_t count;  /* instructions before it, and what follows here */
};
#define BLOCK_STEP_COUNT       0x03FFU /* a block lies in 1 KiB */
#define BLOCK_STEP_EXTRA_SHIFT 10      /* cycle_cost.extra of this instruction */
#define BLOCK_STEP_EXTRA       0x7C00U
#define BLOCK_STEP_IN_IT       0x8000U /* ITSTATE is live before this instruction */

struct block {
    uint64_t key;              /* block_key(); 0: an empty slot */
    uint32_t end;              /* the address after it */
    uint32_t gate;             /* cycles, extra and taken, or BLOCK_GATE_ALWAYS */
    uint16_t cycles;           /* without `extra` and `taken` */
    uint16_t extra;            /* the most that its instructions add when they run */
    uint16_t count;            /* instructions */
    uint8_t taken;             /* added when what follows is not `end` */
    uint8_t entry;             /* added when a taken branch leads here */
    uint32_t steps : 24;       /* index of the first of size_bytes / 2 + 1 */
    uint32_t by_alignment : 1; /* gated for `aligned`; other reasons are none, or may end */
    uint16_t flags;            /* enum cycle_flag of all its instructions */
    uint16_t aligned;          /* struct alignment's `registers` */
};
_Static_assert(sizeof(struct block) == 32, "two slots a cache line");

static inline uint64_t block_key(uint32_t address, uint32_t size_bytes)
{
    return (uint64_t)size_bytes << 32 | address;
}

static inline uint32_t block_address(const struct block *block)
{
    return (uint32_t)block->key;
}

static inline uint32_t block_size(const struct block *block)
{
    return (uint32_t)(block->key >> 32);
}

/* Cycles that it takes at most. */
static inline uint32_t block_most(const struct block *block)
{
    return (uint32_t)block->cycles + block->extra + block->taken;
}

struct block_cache {
    struct block *slots;      /* BLOCK_CACHE_SLOTS, open addressing */
    struct block_step *steps; /* BLOCK_CACHE_STEPS */
    uint32_t used_slots, used_steps;
    uint16_t used[BLOCK_CACHE_USED]; /* which slots those are: forgetting costs what is known,
                                             not what could be */
    struct cycle_model *model;
    unsigned gated_flags; /* blocks with any of these get BLOCK_GATE_ALWAYS */
    /* Whether CYCLE_FP is gated changes at every exception that comes while floating point is in
     * use. So such blocks are gated one by one when it begins, and opened one by one when they are
     * next met. */
    uint16_t open[BLOCK_CACHE_USED]; /* slots of blocks with CYCLE_FP that are not gated */
    uint32_t open_count;
};

/* False: no memory. */
bool block_cache_init(struct block_cache *cache);
void block_cache_free(struct block_cache *cache);

/* Forgets everything. */
void block_cache_reset(struct block_cache *cache);
/* Forgets the blocks that touch [address, address + size_bytes). */
void block_cache_forget(struct block_cache *cache, uint32_t address, uint32_t size_bytes);

/* Adds the block of `size_bytes` at `address`. `code` are its bytes, of which `available` exist
 * (those after the block decide about the last instruction's cost). NULL `code`, or
 * fewer bytes than the block has: nothing is known of it, it is always gated. */
const struct block *block_cache_add(struct block_cache *cache, uint32_t address,
                                    uint32_t size_bytes, const uint8_t *code, size_t available,
                                    struct cycle_fetch fetch, bool always_gated);

/* `registers` of struct alignment: the block is gated unless it needs none. */
void block_cache_set_alignment(struct block_cache *cache, const struct block *block,
                               uint16_t registers);

/* Changes gated_flags by CYCLE_FP alone; what the cache holds stays. */
void block_cache_gate_fp(struct block_cache *cache, bool gated);
/* The block was met: it need not be gated any more if FP or CYCLE_VARIABLE was the reason and is
 * none now. */
void block_cache_open(struct block_cache *cache, const struct block *block);
/* From now on CYCLE_VARIABLE is no reason to gate the block. */
void block_cache_cover(struct block_cache *cache, const struct block *block);

/* NULL: not known. */
const struct block *block_cache_find(const struct block_cache *cache, uint32_t address,
                                     uint32_t size_bytes);

static inline uint32_t block_cache_slot(uint32_t address)
{
    return (uint32_t)(address * 0x9E3779B1U) >> (32 - BLOCK_CACHE_BITS);
}

/* Where a block is found but for collisions: the first place to look. */
static inline const struct block *block_cache_likely(const struct block_cache *cache,
                                                     uint32_t address)
{
    return &cache->slots[block_cache_slot(address)];
}

static inline const struct block_step *block_cache_step(const struct block_cache *cache,
                                                        const struct block *block, uint32_t address)
{
    return &cache->steps[block->steps + (address - block_address(block)) / 2];
}

#endif
