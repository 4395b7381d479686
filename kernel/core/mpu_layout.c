#include "kernel/core/mpu_layout.h"

#include <stddef.h>

/* Binary logarithms of G, the bytes of a sub-region. */
#define SHIFT_NONE  4u  /* stands for "no run" */
#define SHIFT_FIRST 5u  /* 32 bytes: a region of 256, the smallest with sub-regions */
#define SHIFT_LAST  28u /* a region of 2 GiB: sums stay within 32 bits */

#define RUNS_MAX 3

#define RBAR_VALID   (1u << 4)
#define RASR_ENABLE  (1u << 0)
#define RASR_C       (1u << 17)
#define RASR_S       (1u << 18)
#define RASR_XN      (1u << 28)
#define RASR_AP(ap)  ((uint32_t)(ap) << 24)
#define RASR_SRD(bs) ((uint32_t)(bs) << 8)

/* Normal memory, as the core's manual recommends for on-chip SRAM and flash: left at zero it would
 * be strongly ordered, where an unaligned access faults. The kernel may write what an app only
 * reads, save flash. */
#define ATTRIBUTES_RAM(access) (RASR_AP(access) | RASR_XN | RASR_S | RASR_C)
#define ATTRIBUTES_FLASH       (RASR_AP(6) | RASR_C)
/* Any region that is used, before its sub-regions are opened. */
#define CLOSED (RASR_SRD(0xFF) | RASR_ENABLE)

/* Whole sub-regions of one region: what a region can make accessible. */
struct run {
    uint32_t bytes; /* 0: no run */
    uint32_t shift;
};

/* A range without a gap, of at most as many runs. */
struct cover {
    uint32_t start;
    struct run runs[RUNS_MAX]; /* each begins where the one before it ends */
};

static uint32_t round_down(uint32_t value, uint32_t shift)
{
    return value >> shift << shift;
}

/* Rounds up; wraps to 0 at the end of the address space. */
static uint32_t round_up(uint32_t value, uint32_t shift)
{
    return round_down(value + ((1u << shift) - 1), shift);
}

static bool ranges_overlap(uint32_t a_start, uint32_t a_end, uint32_t b_start, uint32_t b_end)
{
    return a_start < b_end && b_start < a_end;
}

/* The most bytes that a run from `start` can have: up to the end of the region that holds it. 0: no
 * run begins there. */
static uint32_t run_room(uint32_t start, uint32_t shift)
{
    if (shift > SHIFT_LAST || round_down(start, shift) != start) {
        return 0;
    }
    return round_down(start, shift + 3) + (8u << shift) - start;
}

/* The run that ends the range: the finest that reaches wanted_bytes, which is also the shortest. */
static bool find_last_run(uint32_t start, uint32_t wanted_bytes, struct run *run)
{
    uint32_t room;
    for (run->shift = SHIFT_FIRST; (room = run_room(start, run->shift)) != 0; run->shift++) {
        run->bytes = round_up(wanted_bytes, run->shift);
        if (run->bytes >= wanted_bytes && run->bytes <= room) {
            return true;
        }
    }
    return false;
}

/*
 * A run with others behind it: as far as G allows without going past what is wanted. Farther is
 * better: it leaves less than one G to the next, or it ends where the region ends, at an address no
 * worse aligned than any within. 0: none; a larger G finds none either.
 */
static uint32_t leading_bytes(uint32_t start, uint32_t wanted_bytes, uint32_t shift)
{
    uint32_t bytes = round_down(wanted_bytes - 1, shift);
    uint32_t room = run_room(start, shift);
    return bytes < room ? bytes : room;
}

/*
 * Covers [start, start + bytes) with at most run_count runs, bytes being the least possible in
 * [wanted_bytes, limit_bytes]. Returns bytes; 0 when there is no such cover. Tries few runs first.
 */
static uint32_t find_cover(struct cover *cover, uint32_t wanted_bytes, uint32_t limit_bytes,
                           uint32_t run_count)
{
    uint32_t start = cover->start;
    uint32_t wanted = round_up(wanted_bytes, SHIFT_FIRST);
    if (wanted == 0 || wanted > limit_bytes || limit_bytes > UINT32_MAX - start || run_count == 0) {
        return 0;
    }
    uint32_t best = 0;
    struct run first = {0, SHIFT_NONE};
    do {
        struct run second = {0, SHIFT_NONE};
        do {
            uint32_t led = first.bytes + second.bytes;
            struct run last;
            if (find_last_run(start + led, wanted - led, &last) &&
                last.bytes <= limit_bytes - led && (best == 0 || led + last.bytes < best)) {
                best = led + last.bytes;
                cover->runs[0] = first;
                cover->runs[1] = second;
                cover->runs[2] = last;
                if (best == wanted) {
                    return best;
                }
            }
            second.shift++;
            second.bytes = leading_bytes(start + first.bytes, wanted - first.bytes, second.shift);
        } while (run_count >= 2 && second.bytes != 0);
        first.shift++;
        first.bytes = leading_bytes(start, wanted, first.shift);
    } while (run_count >= 3 && first.bytes != 0);
    return best;
}

static void clear_regions(struct mpu_layout *layout, uint32_t number, uint32_t end)
{
    for (; number < end; number++) {
        layout->region[number] = (struct mpu_layout_region){RBAR_VALID | number, 0};
        layout->extra[number] = 0;
    }
}

static bool region_is_free(const struct mpu_layout *layout, uint32_t number)
{
    return (layout->region[number].rasr & RASR_ENABLE) == 0;
}

/* `region` is a free one. */
static void set_region(struct mpu_layout_region *region, uint32_t start, const struct run *run,
                       uint32_t attributes)
{
    uint32_t base = round_down(start, run->shift + 3);
    uint32_t open = (1u << (run->bytes >> run->shift)) - 1;
    region->rbar |= base;
    region->rasr = ((attributes | CLOSED) & ~RASR_SRD(open << ((start - base) >> run->shift))) |
                   (run->shift + 2) << 1;
}

/* Puts the runs into free regions below `end`, the highest first. Returns 1 + the number of that,
 * which is the handle of an extra: the last region can only be one's. */
static uint32_t set_regions(struct mpu_layout *layout, uint32_t end, const struct cover *cover,
                            uint32_t attributes)
{
    uint32_t number = end;
    uint32_t highest = 0;
    uint32_t start = cover->start;
    for (const struct run *run = cover->runs; run < cover->runs + RUNS_MAX; run++) {
        if (run->bytes == 0) {
            continue;
        }
        do {
            number--;
        } while (!region_is_free(layout, number));
        highest = highest == 0 ? number + 1 : highest;
        set_region(&layout->region[number], start, run, attributes);
        layout->extra[number] = end == MPU_LAYOUT_REGIONS ? (uint8_t)highest : 0;
        start += run->bytes;
    }
    return highest;
}

/* What an enabled region makes accessible. */
static void find_range(const struct mpu_layout_region *region, uint32_t *start, uint32_t *end)
{
    uint32_t shift = ((region->rasr >> 1) & 0x1F) - 2;
    uint32_t enabled = ~(region->rasr >> 8) & 0xFF;
    uint32_t at = round_down(region->rbar, shift + 3);
    for (; (enabled & 1u) == 0; enabled >>= 1) {
        at += 1u << shift;
    }
    *start = at;
    for (; enabled != 0; enabled >>= 1) {
        at += 1u << shift;
    }
    *end = at;
}

static bool overlaps_extra(const struct mpu_layout *layout, uint32_t start, uint32_t end)
{
    for (uint32_t number = MPU_LAYOUT_EXTRA_FIRST; number < MPU_LAYOUT_REGIONS; number++) {
        uint32_t extra_start;
        uint32_t extra_end;
        if (layout->extra[number] != 0) {
            find_range(&layout->region[number], &extra_start, &extra_end);
            if (ranges_overlap(start, end, extra_start, extra_end)) {
                return true;
            }
        }
    }
    return false;
}

static bool overlaps_flash(const struct mpu_layout *layout, uint32_t start, uint32_t end)
{
    return ranges_overlap(start, end, layout->flash_start, layout->flash_end);
}

static bool overlaps_ram(const struct mpu_layout *layout, uint32_t start, uint32_t end)
{
    return ranges_overlap(start, end, layout->ram_start, layout->ram_end);
}

void mpu_layout_init(struct mpu_layout *layout)
{
    *layout = (struct mpu_layout){0};
    clear_regions(layout, 0, MPU_LAYOUT_REGIONS);
}

/* A place for the block: its start, the bytes the app can reach, and its end. */
struct placement {
    uint32_t start;
    uint32_t app_bytes;
    uint32_t end;
};

static bool place_at(const struct mpu_layout_ram_request *request, uint32_t start,
                     struct placement *placement)
{
    uint32_t skipped = start - request->available_start; /* huge when start wrapped */
    if (skipped > request->available_bytes) {
        return false;
    }
    uint32_t room = round_down(request->available_bytes - skipped, SHIFT_FIRST);
    if (request->kernel_bytes > room) {
        return false;
    }
    uint32_t kernel_bytes = round_up(request->kernel_bytes, SHIFT_FIRST);
    struct cover cover;
    cover.start = start;
    uint32_t app_bytes = find_cover(&cover, request->app_bytes, room - kernel_bytes, RUNS_MAX);
    if (app_bytes == 0) {
        return false;
    }
    *placement = (struct placement){start, app_bytes, start + app_bytes + kernel_bytes};
    return true;
}

/* Tries the next multiple of each power of two: a hole of less than G below the block may save
 * several above. Of two that end alike, the better aligned one: apps align what they share. */
static bool find_placement(const struct mpu_layout_ram_request *request, struct placement *best)
{
    best->end = UINT32_MAX;
    uint32_t shift = request->fixed_start ? 0 : SHIFT_FIRST;
    do {
        struct placement placement;
        if (place_at(request, round_up(request->available_start, shift), &placement) &&
            placement.end <= best->end) {
            *best = placement;
        }
        shift++;
    } while (!request->fixed_start && shift <= SHIFT_LAST);
    return best->end != UINT32_MAX;
}

/* The app reaches the wanted bytes of RAM from `start` on, at most the limit. */
static bool open_ram(struct mpu_layout *layout, uint32_t start, uint32_t wanted_bytes,
                     uint32_t limit_bytes)
{
    struct cover cover;
    cover.start = start;
    uint32_t bytes = wanted_bytes > 0 ? find_cover(&cover, wanted_bytes, limit_bytes, RUNS_MAX) : 0;
    if (bytes < wanted_bytes) {
        return false;
    }
    clear_regions(layout, MPU_LAYOUT_RAM_FIRST, MPU_LAYOUT_FLASH_FIRST);
    if (bytes > 0) {
        (void)set_regions(layout, MPU_LAYOUT_FLASH_FIRST, &cover,
                          ATTRIBUTES_RAM(MPU_LAYOUT_READ_WRITE));
    }
    layout->ram_start = start;
    layout->reach_end = start + bytes;
    return true;
}

bool mpu_layout_place_ram(struct mpu_layout *layout, const struct mpu_layout_ram_request *request)
{
    struct placement placement;
    if (request->initial_bytes > request->app_bytes ||
        request->available_bytes > UINT32_MAX - request->available_start ||
        !find_placement(request, &placement) ||
        overlaps_flash(layout, placement.start, placement.end) ||
        overlaps_extra(layout, placement.start, placement.end) ||
        !open_ram(layout, placement.start, request->initial_bytes, placement.app_bytes)) {
        return false;
    }
    layout->ram_end = placement.end;
    return true;
}

bool mpu_layout_set_break(struct mpu_layout *layout, uint32_t wanted_break, uint32_t kernel_break)
{
    uint32_t start = layout->ram_start;
    return wanted_break >= start && wanted_break <= kernel_break &&
           kernel_break <= layout->ram_end &&
           open_ram(layout, start, wanted_break - start, kernel_break - start);
}

bool mpu_layout_set_flash(struct mpu_layout *layout, uint32_t flash_start, uint32_t flash_end)
{
    struct cover cover;
    cover.start = flash_start;
    uint32_t bytes = flash_end - flash_start;
    uint32_t region_count = layout->extra[MPU_LAYOUT_EXTRA_FIRST] == 0 ? 2 : 1;
    if (flash_end <= flash_start || overlaps_ram(layout, flash_start, flash_end) ||
        overlaps_extra(layout, flash_start, flash_end) ||
        find_cover(&cover, bytes, bytes, region_count) == 0) {
        return false;
    }
    clear_regions(layout, MPU_LAYOUT_FLASH_FIRST, MPU_LAYOUT_FLASH_FIRST + region_count);
    uint32_t used = cover.runs[1].bytes != 0 ? 2 : 1;
    (void)set_regions(layout, MPU_LAYOUT_FLASH_FIRST + used, &cover, ATTRIBUTES_FLASH);
    layout->flash_start = flash_start;
    layout->flash_end = flash_end;
    return true;
}

uint32_t mpu_layout_flash_granule(uint32_t total_bytes)
{
    uint32_t shift = SHIFT_FIRST;
    while (shift < SHIFT_LAST && (8u << shift) < total_bytes) {
        shift++;
    }
    return 1u << shift;
}

/* Finds runs for [cover->start, end) in the regions that are free or, if `alone`, would be without
 * other extras. */
static bool fit_extra(const struct mpu_layout *layout, struct cover *cover, uint32_t end,
                      bool alone)
{
    uint32_t start = cover->start;
    uint32_t count = 0;
    for (uint32_t number = MPU_LAYOUT_EXTRA_FIRST; number < MPU_LAYOUT_REGIONS; number++) {
        count += region_is_free(layout, number) || (alone && layout->extra[number] != 0);
    }
    return end > start && !overlaps_ram(layout, start, end) &&
           !overlaps_flash(layout, start, end) && (alone || !overlaps_extra(layout, start, end)) &&
           find_cover(cover, end - start, end - start, count) != 0;
}

bool mpu_layout_add_extra(struct mpu_layout *layout, uint32_t start, uint32_t end,
                          enum mpu_layout_access access, uint8_t *handle)
{
    struct cover cover;
    cover.start = start;
    if (!fit_extra(layout, &cover, end, false)) {
        return false;
    }
    /* From the top, so that region 4 stays free for flash as long as possible. */
    *handle = (uint8_t)set_regions(layout, MPU_LAYOUT_REGIONS, &cover, ATTRIBUTES_RAM(access));
    return true;
}

bool mpu_layout_could_add_extra(const struct mpu_layout *layout, uint32_t start, uint32_t end)
{
    struct cover cover;
    cover.start = start;
    return fit_extra(layout, &cover, end, true);
}

bool mpu_layout_remove_extra(struct mpu_layout *layout, uint32_t handle)
{
    bool found = false;
    for (uint32_t number = MPU_LAYOUT_EXTRA_FIRST; number < MPU_LAYOUT_REGIONS; number++) {
        if (handle != 0 && layout->extra[number] == handle) {
            clear_regions(layout, number, number + 1);
            found = true;
        }
    }
    return found;
}

void mpu_layout_remove_extras(struct mpu_layout *layout)
{
    for (uint32_t number = MPU_LAYOUT_EXTRA_FIRST; number < MPU_LAYOUT_REGIONS; number++) {
        if (layout->extra[number] != 0) {
            clear_regions(layout, number, number + 1);
        }
    }
}

bool mpu_layout_find_extra(const struct mpu_layout *layout, uint32_t handle, uint32_t *start,
                           uint32_t *end)
{
    bool found = false;
    for (uint32_t number = MPU_LAYOUT_EXTRA_FIRST; number < MPU_LAYOUT_REGIONS; number++) {
        if (handle != 0 && layout->extra[number] == handle) {
            uint32_t run_end;
            find_range(&layout->region[number], start, &run_end);
            *end = found ? *end : run_end; /* its last run is in the lowest of its regions */
            found = true;
        }
    }
    return found;
}
