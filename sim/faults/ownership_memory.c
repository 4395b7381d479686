/* Who changed which byte of whose memory. */
#include <string.h>

#include "sim/faults/ownership_internal.h"

#define STRIDE_BYTES 64U

/* To where `who` may change the owner's memory from `address` on; `address`: not at all. A device
 * may fill what is lent at any time, so it is allowed in every stay. */
static uint32_t permitted_until(const struct ownership *ownership, int who, int owner,
                                uint32_t address)
{
    const struct ownership_map *map = &ownership->state.map;
    uint32_t end = ownership_map_lent_until(map, owner, address);
    if (end != address) {
        return end;
    }
    for (size_t i = 0; who != OWNERSHIP_NOBODY && i < OWNERSHIP_SHARES; i++) {
        struct ownership_range shared = ownership_map_shared(map, owner, i);
        if (address >= shared.start && address < shared.end) {
            return shared.end;
        }
    }
    return address;
}

static enum ownership_breach_kind kind_of(const struct ownership *ownership, int who, int owner)
{
    if (who != OWNERSHIP_NOBODY) {
        return OWNERSHIP_BREACH_APP_WROTE;
    }
    return ownership->state.map.process[owner].alive ? OWNERSHIP_BREACH_KERNEL_WROTE
                                                     : OWNERSHIP_BREACH_DEAD_WRITTEN;
}

/* The first byte of [at, end) that is not as it was; `end` or more: there is none. */
static uint32_t find_difference(const struct ownership *ownership, uint32_t at, uint32_t end)
{
    uint32_t base = ownership->state.map.ram.start;
    const uint8_t *ram = ownership->ram, *shadow = ownership->shadow;
    while (at + STRIDE_BYTES <= end &&
           memcmp(ram + (at - base), shadow + (at - base), STRIDE_BYTES) == 0) {
        at += STRIDE_BYTES;
    }
    while (at < end && ram[at - base] == shadow[at - base]) {
        at++;
    }
    return at;
}

/* The frame is the kernel's to change, and it changes it in most calls: no need to look at it. */
static void excuse_frame(struct ownership *ownership, int process)
{
    const struct ownership_range *frame = &ownership->state.guard[process].left.frame;
    uint32_t end = ownership->state.guard[process].open_end;
    uint32_t base = ownership->state.map.ram.start;
    end = frame->end < end ? frame->end : end;
    if (frame->start >= ownership->state.map.process[process].ram.start && frame->start < end) {
        memcpy(ownership->shadow + (frame->start - base), ownership->ram + (frame->start - base),
               end - frame->start);
    }
}

/* Something in it differs: the first byte that may not is a breach. */
static void judge_difference(struct ownership *ownership, int who, int owner)
{
    uint32_t at = ownership->state.map.process[owner].ram.start;
    uint32_t end = ownership->state.guard[owner].open_end;
    for (;;) {
        at = find_difference(ownership, at, end);
        if (at >= end) {
            return;
        }
        uint32_t until = permitted_until(ownership, who, owner, at);
        if (until == at) {
            ownership_report(ownership, kind_of(ownership, who, owner), at, who, owner);
            return;
        }
        at = until;
    }
}

void ownership_shadow(struct ownership *ownership, int process)
{
    uint32_t base = ownership->state.map.ram.start;
    uint32_t start = ownership->state.map.process[process].ram.start;
    struct ownership_guard *guard = &ownership->state.guard[process];
    memcpy(ownership->shadow + (start - base), ownership->ram + (start - base),
           guard->open_end - start);
    guard->shadowed = true;
}

void ownership_compare(struct ownership *ownership, int who, int except)
{
    struct ownership_state *state = &ownership->state;
    for (int i = 0; i < (int)state->map.count; i++) {
        struct ownership_guard *guard = &state->guard[i];
        if (!guard->shadowed || i == except) {
            continue;
        }
        uint32_t start = state->map.process[i].ram.start;
        uint32_t bytes = guard->open_end - start;
        uint32_t at = start - state->map.ram.start;
        ownership->cost.compared_bytes += bytes;
        if (who == OWNERSHIP_NOBODY) {
            excuse_frame(ownership, i);
        }
        if (memcmp(ownership->ram + at, ownership->shadow + at, bytes) == 0) {
            guard->settle &= who != OWNERSHIP_NOBODY;
            continue;
        }
        bool excused = who == OWNERSHIP_NOBODY &&
                       (guard->settle || guard->doomed || state->map.lives_uncertain);
        if (!excused) {
            judge_difference(ownership, who, i);
        }
        guard->settle &= who != OWNERSHIP_NOBODY;
        memcpy(ownership->shadow + at, ownership->ram + at, bytes);
    }
}

void ownership_expect_zero(struct ownership *ownership, int process, uint32_t start, uint32_t end)
{
    uint32_t base = ownership->state.map.ram.start;
    for (uint32_t at = start; at < end; at++) {
        if (ownership->ram[at - base] != 0) {
            ownership_report(ownership, OWNERSHIP_BREACH_NOT_ZERO, at, OWNERSHIP_NOBODY, process);
            return;
        }
    }
}
