#include "sim/cpu/block_cache.h"

#include <stdlib.h>
#include <string.h>

#include "sim/cpu/alignment.h"

#define SLOT_MASK (BLOCK_CACHE_SLOTS - 1)

/* Beyond this the table is emptied: probes stay short, and what is hot comes back at once. */
#define SLOTS_LIMIT BLOCK_CACHE_USED

/* The furthest that a PC-relative load reads, and a word. */
#define LITERAL_REACH (4095U + 8U)

bool block_cache_init(struct block_cache *cache)
{
    *cache = (struct block_cache){0};
    cache->slots = aligned_alloc(64, BLOCK_CACHE_SLOTS * sizeof(*cache->slots));
    cache->steps = malloc(BLOCK_CACHE_STEPS * sizeof(*cache->steps));
    cache->model = cycle_model_create();
    if (cache->slots == NULL || cache->steps == NULL || cache->model == NULL) {
        block_cache_free(cache);
        return false;
    }
    memset(cache->slots, 0, BLOCK_CACHE_SLOTS * sizeof(*cache->slots));
    return true;
}

void block_cache_free(struct block_cache *cache)
{
    free(cache->slots);
    free(cache->steps);
    cycle_model_destroy(cache->model);
    *cache = (struct block_cache){0};
}

void block_cache_reset(struct block_cache *cache)
{
    for (uint32_t i = 0; i < cache->used_slots; i++) {
        cache->slots[cache->used[i]].key = 0;
    }
    cache->used_slots = 0;
    cache->used_steps = 0;
    cache->open_count = 0;
}

void block_cache_gate_fp(struct block_cache *cache, bool gated)
{
    cache->gated_flags &= ~(unsigned)CYCLE_FP;
    if (!gated) {
        return;
    }
    cache->gated_flags |= CYCLE_FP;
    for (uint32_t i = 0; i < cache->open_count; i++) {
        cache->slots[cache->open[i]].gate = BLOCK_GATE_ALWAYS;
    }
    cache->open_count = 0;
}

void block_cache_open(struct block_cache *cache, const struct block *block)
{
    unsigned flags = block->flags;
    if (block->gate != BLOCK_GATE_ALWAYS || block->by_alignment != 0 ||
        (flags & (CYCLE_EXAMINED | (cache->gated_flags & CYCLE_FP))) != 0 ||
        (flags & (CYCLE_VARIABLE | CYCLE_COVERED)) == CYCLE_VARIABLE) {
        return;
    }
    uint32_t slot = (uint32_t)(block - cache->slots);
    cache->slots[slot].gate = block_most(block);
    if ((flags & CYCLE_FP) != 0) {
        cache->open[cache->open_count++] = (uint16_t)slot;
    }
}

void block_cache_cover(struct block_cache *cache, const struct block *block)
{
    cache->slots[block - cache->slots].flags |= CYCLE_COVERED;
    block_cache_open(cache, block);
}

void block_cache_forget(struct block_cache *cache, uint32_t address, uint32_t size_bytes)
{
    uint64_t end = (uint64_t)address + size_bytes;
    bool hit = false;
    for (uint32_t i = 0; i < cache->used_slots && !hit; i++) {
        const struct block *block = &cache->slots[cache->used[i]];
        /* What a literal tells about alignment counts as part of its block. */
        hit = block_address(block) < end && (uint64_t)block->end + LITERAL_REACH > address;
    }
    /* A slot cannot be emptied alone: probes would stop at it. */
    if (hit) {
        block_cache_reset(cache);
    }
}

const struct block *block_cache_find(const struct block_cache *cache, uint32_t address,
                                     uint32_t size_bytes)
{
    for (uint32_t slot = block_cache_slot(address);; slot = (slot + 1) & SLOT_MASK) {
        const struct block *block = &cache->slots[slot];
        if (block->key == 0) {
            return NULL;
        }
        if (block->key == block_key(address, size_bytes)) {
            return block;
        }
    }
}

static struct block *take_slot(struct block_cache *cache, uint32_t address, uint32_t steps)
{
    if (cache->used_slots >= SLOTS_LIMIT || cache->used_steps + steps > BLOCK_CACHE_STEPS) {
        block_cache_reset(cache);
    }
    uint32_t slot = block_cache_slot(address);
    while (cache->slots[slot].key != 0) {
        slot = (slot + 1) & SLOT_MASK;
    }
    cache->used[cache->used_slots] = (uint16_t)slot;
    cache->used_slots++;
    return &cache->slots[slot];
}

static void decode_steps(struct block_cache *cache, struct block *block, const uint8_t *code,
                         size_t available, struct cycle_fetch fetch)
{
    struct block_step *steps = &cache->steps[block->steps];
    uint32_t offset = 0;
    unsigned it_left = 0; /* instructions of an IT block still to come */
    const uint32_t size_bytes = block_size(block);
    while (offset < size_bytes) {
        struct cycle_cost cost =
            cycle_model_cost(cache->model, code + offset, available - offset,
                             block_address(block) + offset, fetch, it_left > 0);
        unsigned mark = (it_left > 0 ? BLOCK_STEP_IN_IT : 0U) | (unsigned)cost.extra
                                                                    << BLOCK_STEP_EXTRA_SHIFT;
        for (uint32_t i = 0; i < cost.size_bytes && offset + i < size_bytes; i += 2) {
            steps[(offset + i) / 2] = (struct block_step){.cycles = block->cycles,
                                                          .count = (uint16_t)(block->count | mark)};
        }
        it_left -= it_left > 0 ? 1 : 0;
        if ((cost.flags & CYCLE_IT) != 0) {
            it_left = cost.it_length;
        }
        if ((block->flags & CYCLE_BARRIER) != 0 && (cost.flags & CYCLE_BARRIER) == 0) {
            block->flags |= CYCLE_INNER_BARRIER;
        }
        block->cycles = (uint16_t)(block->cycles + cost.cycles);
        block->extra = (uint16_t)(block->extra + cost.extra);
        block->count++;
        block->flags = (uint16_t)(block->flags | cost.flags);
        block->taken = cost.taken; /* that of the last one: a branch ends the block */
        offset += cost.size_bytes;
    }
    uint16_t mark = it_left > 0 ? BLOCK_STEP_IN_IT : 0;
    steps[size_bytes / 2] =
        (struct block_step){.cycles = block->cycles, .count = (uint16_t)(block->count | mark)};
}

const struct block *block_cache_add(struct block_cache *cache, uint32_t address,
                                    uint32_t size_bytes, const uint8_t *code, size_t available,
                                    struct cycle_fetch fetch, bool always_gated)
{
    uint32_t steps = size_bytes / 2 + 1;
    struct block *block = take_slot(cache, address, steps);
    *block = (struct block){.key = block_key(address, size_bytes),
                            .end = address + size_bytes,
                            .gate = BLOCK_GATE_ALWAYS,
                            .steps = cache->used_steps & 0xFFFFFFU};
    cache->used_steps += steps;
    if (code == NULL || size_bytes > available) {
        memset(&cache->steps[block->steps], 0, steps * sizeof(*cache->steps));
        block->flags = CYCLE_EXAMINED;
        return block;
    }
    decode_steps(cache, block, code, available, fetch);
    block->entry = cycle_model_entry_cost(code, address, fetch);
    bool lasting = always_gated || (block->flags & cache->gated_flags & ~(unsigned)CYCLE_FP) != 0;
    block->flags |= lasting ? (uint16_t)CYCLE_EXAMINED : (uint16_t)0;
    block_cache_open(cache, block);
    return block;
}

void block_cache_set_alignment(struct block_cache *cache, const struct block *known,
                               uint16_t registers)
{
    struct block *block = &cache->slots[known - cache->slots];
    block->aligned = registers;
    if ((registers & (ALIGNMENT_REGISTERS | ALIGNMENT_STEP)) != 0) {
        block->by_alignment = (block->flags & CYCLE_EXAMINED) == 0 ? 1 : 0;
        block->gate = BLOCK_GATE_ALWAYS;
    }
}
