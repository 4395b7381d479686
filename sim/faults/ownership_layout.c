/* What a process may touch, by the MPU as it is when the process goes on, against what it owns. */
#include <string.h>

#include "sim/faults/ownership_internal.h"
#include "sim/machine/machine_view.h"

#define GRANULE_BYTES 32U /* nothing in PMSAv7 is finer */
#define PIECE_BYTES   0x20000000U
#define PIECES        7U /* up to the private peripheral bus, which no region opens */
#define RANGES_MAX    24U

struct ranges {
    struct ownership_range range[RANGES_MAX];
    size_t count;
    bool too_many;
};

static void add_range(struct ranges *ranges, uint32_t start, uint32_t bytes)
{
    if (ranges->count > 0 && ranges->range[ranges->count - 1].end == start) {
        ranges->range[ranges->count - 1].end += bytes;
    } else if (ranges->count < RANGES_MAX) {
        ranges->range[ranges->count] = (struct ownership_range){start, start + bytes};
        ranges->count++;
    } else {
        ranges->too_many = true;
    }
}

static void collect_page(const struct mpu_state *mpu, enum mpu_access access, uint32_t start,
                         uint32_t bytes, struct ranges *ranges)
{
    const struct mpu_context unprivileged = {.privileged = false, .negative_priority = false};
    enum mpu_page page = mpu_query_page(mpu, start, bytes, access, unprivileged);
    if (page == MPU_PAGE_ALLOWED || (page == MPU_PAGE_CUT && bytes <= GRANULE_BYTES)) {
        add_range(ranges, start, bytes);
    } else if (page == MPU_PAGE_CUT) {
        collect_page(mpu, access, start, bytes / 2, ranges);
        collect_page(mpu, access, start + bytes / 2, bytes / 2, ranges);
    }
}

static void collect(const struct mpu_state *mpu, enum mpu_access access, struct ranges *ranges)
{
    *ranges = (struct ranges){.count = 0};
    for (uint32_t i = 0; i < PIECES; i++) {
        collect_page(mpu, access, i * PIECE_BYTES, PIECE_BYTES, ranges);
    }
}

static bool is_within(struct ownership_range inner, struct ownership_range outer)
{
    return inner.start >= outer.start && inner.end <= outer.end;
}

/* A part of what another process shares. */
static bool is_shared(const struct ownership_map *map, int process, struct ownership_range range)
{
    for (int owner = 0; owner < (int)map->count; owner++) {
        for (size_t i = 0; i < OWNERSHIP_SHARES && owner != process; i++) {
            struct ownership_range shared = ownership_map_shared(map, owner, i);
            if (shared.start != shared.end && is_within(range, shared)) {
                return true;
            }
        }
    }
    return false;
}

/* The end of the range that begins with the process's memory. */
static uint32_t find_open_end(const struct ranges *ranges, const struct ownership_process *process)
{
    for (size_t i = 0; i < ranges->count; i++) {
        if (ranges->range[i].start == process->ram.start) {
            return ranges->range[i].end;
        }
    }
    return process->ram.start;
}

/* Every range is the process's flash (if it may be), its memory, or shared. */
static void judge_ranges(struct ownership *ownership, int process, const struct ranges *ranges,
                         bool flash, bool memory, uint32_t open_end)
{
    const struct ownership_map *map = &ownership->state.map;
    const struct ownership_process *owner = &map->process[process];
    struct ownership_range open = {owner->ram.start, open_end};
    bool has_flash = false;
    for (size_t i = 0; i < ranges->count; i++) {
        struct ownership_range range = ranges->range[i];
        if (flash && range.start == owner->flash.start && range.end == owner->flash.end) {
            has_flash = true;
        } else if (!(memory && is_within(range, open)) &&
                   !(memory && is_shared(map, process, range))) {
            ownership_report(ownership, OWNERSHIP_BREACH_OPEN, range.start, process,
                             OWNERSHIP_NOBODY);
        }
    }
    if (flash && !has_flash) {
        ownership_report(ownership, OWNERSHIP_BREACH_CLOSED, owner->flash.start, process, process);
    }
    if (ranges->too_many) {
        ownership_report(ownership, OWNERSHIP_BREACH_OPEN, 0, process, OWNERSHIP_NOBODY);
    }
}

/* Where the sub-region begins (the region, if it is too small to have any) that ends what is open.
 */
static uint32_t find_last_piece(const struct mpu_state *mpu, uint32_t open_end)
{
    const struct mpu_context unprivileged = {.privileged = false, .negative_priority = false};
    int region = mpu_check(mpu, open_end - 1, 1, MPU_ACCESS_WRITE, unprivileged).region;
    uint32_t shift = region < 0 ? 5 : (mpu->rasr[region] >> 1 & 0x1FU) + 1;
    shift = shift < 8 ? shift : shift - 3;
    return (open_end - 1) >> shift << shift;
}

/* To the byte but for the piece that the break lies in. */
static void judge_break(struct ownership *ownership, int process, const struct mpu_state *mpu,
                        uint32_t open_end)
{
    const struct ownership_process *owner = &ownership->state.map.process[process];
    bool open = open_end > owner->ram.start;
    if (open_end < owner->asked_break) {
        ownership_report(ownership, OWNERSHIP_BREACH_CLOSED, open_end, process, process);
    }
    if (open_end > owner->ram.end ||
        (open && find_last_piece(mpu, open_end) >= owner->asked_break)) {
        ownership_report(ownership, OWNERSHIP_BREACH_OPEN, open_end - 1, process, OWNERSHIP_NOBODY);
    }
}

uint32_t ownership_judge_layout(struct ownership *ownership, int process)
{
    struct ownership_state *state = &ownership->state;
    struct ownership_guard *guard = &state->guard[process];
    const struct ownership_process *owner = &state->map.process[process];
    const struct mpu_state *mpu = &machine_view_processes(ownership->machine)->process[process].mpu;
    if (guard->judged && guard->judged_asked == owner->asked_break &&
        guard->judged_epoch == state->epoch && memcmp(&guard->mpu, mpu, sizeof *mpu) == 0) {
        return guard->open_end;
    }
    struct ranges write, read, fetch;
    collect(mpu, MPU_ACCESS_WRITE, &write);
    collect(mpu, MPU_ACCESS_READ, &read);
    collect(mpu, MPU_ACCESS_FETCH, &fetch);
    uint32_t open_end = find_open_end(&write, owner);
    judge_break(ownership, process, mpu, open_end);
    judge_ranges(ownership, process, &write, false, true, open_end);
    judge_ranges(ownership, process, &read, true, true, open_end);
    judge_ranges(ownership, process, &fetch, true, false, open_end);
    guard->mpu = *mpu;
    guard->judged = true;
    guard->judged_asked = owner->asked_break;
    guard->judged_epoch = state->epoch;
    ownership->cost.layouts++;
    return open_end <= state->map.ram.end ? open_end : state->map.ram.end;
}
