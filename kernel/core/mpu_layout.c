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
#define ATTRIBUTES_RAM      (RASR_AP(3) | RASR_XN | RASR_S | RASR_C)
#define ATTRIBUTES_RAM_READ (RASR_AP(2) | RASR_XN | RASR_S | RASR_C)
#define ATTRIBUTES_FLASH    (RASR_AP(6) | RASR_C)

/* Whole sub-regions of one region: what a region can make accessible. */
struct run {
    uint32_t start;
    uint32_t bytes; /* 0: no run */
    uint32_t shift;
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

/* The most bytes that a run from `start` can have: up to the end of the region that holds it. */
static uint32_t run_room(uint32_t start, uint32_t shift)
{
    return (8u << shift) - (start - round_down(start, shift + 3));
}

static bool is_multiple(uint32_t value, uint32_t shift)
{
    return round_down(value, shift) == value;
}

/* The run that ends the range: the finest that reaches wanted_bytes, which is also the shortest. */
static bool find_last_run(uint32_t start, uint32_t wanted_bytes, struct run *run)
{
    for (uint32_t shift = SHIFT_FIRST; shift <= SHIFT_LAST && is_multiple(start, shift); shift++) {
        uint32_t bytes = round_up(wanted_bytes, shift);
        if (bytes >= wanted_bytes && bytes <= run_room(start, shift)) {
            *run = (struct run){start, bytes, shift};
            return true;
        }
    }
    return false;
}

/*
 * A run with others behind it: as far as G allows without going past what is wanted. Farther is
 * better: it leaves less than one G to the next, or it ends where the region ends, at an address no
 * worse aligned than any within.
 */
static struct run find_leading_run(uint32_t start, uint32_t wanted_bytes, uint32_t shift)
{
    if (shift == SHIFT_NONE || !is_multiple(start, shift)) {
        return (struct run){start, 0, shift};
    }
    uint32_t bytes = round_down(wanted_bytes - 1, shift);
    uint32_t room = run_room(start, shift);
    return (struct run){start, bytes < room ? bytes : room, shift};
}

/*
 * Covers [start, start + bytes) with at most run_count runs, bytes being the least possible in
 * [wanted_bytes, limit_bytes]. Returns bytes; 0 when there is no such cover. Tries few runs first.
 */
static uint32_t find_cover(uint32_t start, uint32_t wanted_bytes, uint32_t limit_bytes,
                           uint32_t run_count, struct run runs[RUNS_MAX])
{
    uint32_t wanted = round_up(wanted_bytes, SHIFT_FIRST);
    if (wanted == 0 || wanted > limit_bytes || limit_bytes > UINT32_MAX - start || run_count == 0) {
        return 0;
    }
    uint32_t best = 0;
    uint32_t first_end = run_count >= 3 ? SHIFT_LAST : SHIFT_NONE;
    uint32_t second_end = run_count >= 2 ? SHIFT_LAST : SHIFT_NONE;
    for (uint32_t first_shift = SHIFT_NONE; first_shift <= first_end; first_shift++) {
        struct run first = find_leading_run(start, wanted, first_shift);
        if (first.bytes == 0 && first_shift != SHIFT_NONE) {
            break; /* a larger G finds none either */
        }
        for (uint32_t second_shift = SHIFT_NONE; second_shift <= second_end; second_shift++) {
            struct run second =
                find_leading_run(start + first.bytes, wanted - first.bytes, second_shift);
            if (second.bytes == 0 && second_shift != SHIFT_NONE) {
                break;
            }
            uint32_t led = first.bytes + second.bytes;
            struct run last;
            if (!find_last_run(start + led, wanted - led, &last) ||
                last.bytes > limit_bytes - led) {
                continue;
            }
            if (best == 0 || led + last.bytes < best) {
                best = led + last.bytes;
                runs[0] = first;
                runs[1] = second;
                runs[2] = last;
            }
            if (best == wanted) {
                return best;
            }
        }
    }
    return best;
}

static void clear_region(struct mpu_layout *layout, uint32_t number)
{
    layout->region[number].rbar = RBAR_VALID | number;
    layout->region[number].rasr = 0;
    layout->extra[number] = 0;
}

static void set_region(struct mpu_layout *layout, uint32_t number, const struct run *run,
                       uint32_t attributes)
{
    uint32_t base = round_down(run->start, run->shift + 3);
    uint32_t first = (run->start - base) >> run->shift;
    uint32_t count = run->bytes >> run->shift;
    uint32_t enabled = ((1u << count) - 1) << first;
    uint32_t size = run->shift + 3 - 1;
    layout->region[number].rbar = base | RBAR_VALID | number;
    layout->region[number].rasr = attributes | RASR_SRD(~enabled & 0xFF) | size << 1 | RASR_ENABLE;
}

/* Writes the runs that are none to no region; regions left over are cleared. */
static void set_regions(struct mpu_layout *layout, uint32_t number, uint32_t region_count,
                        const struct run runs[RUNS_MAX], uint32_t attributes)
{
    uint32_t end = number + region_count;
    for (uint32_t i = 0; i < RUNS_MAX; i++) {
        if (runs[i].bytes != 0) {
            set_region(layout, number++, &runs[i], attributes);
        }
    }
    while (number < end) {
        clear_region(layout, number++);
    }
}

static bool overlaps_extra(const struct mpu_layout *layout, uint32_t start, uint32_t end)
{
    for (uint8_t handle = 1; handle <= MPU_LAYOUT_REGIONS; handle++) {
        uint32_t extra_start;
        uint32_t extra_end;
        if (mpu_layout_find_extra(layout, handle, &extra_start, &extra_end) &&
            ranges_overlap(start, end, extra_start, extra_end)) {
            return true;
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
    for (uint32_t number = 0; number < MPU_LAYOUT_REGIONS; number++) {
        clear_region(layout, number);
    }
}

/* A place for the block: its start, the bytes the app can reach, and all of its bytes. */
struct placement {
    uint32_t start;
    uint32_t app_bytes;
    uint32_t total_bytes;
};

static bool place_at(const struct mpu_layout_ram_request *request, uint32_t start,
                     struct placement *placement)
{
    uint32_t skipped = start - request->available_start;
    uint32_t kernel_bytes = round_up(request->kernel_bytes, SHIFT_FIRST);
    if (start < request->available_start || skipped > request->available_bytes ||
        kernel_bytes < request->kernel_bytes) {
        return false;
    }
    uint32_t room = round_down(request->available_bytes - skipped, SHIFT_FIRST);
    if (kernel_bytes > room) {
        return false;
    }
    struct run runs[RUNS_MAX];
    uint32_t app_bytes = find_cover(start, request->app_bytes, room - kernel_bytes, RUNS_MAX, runs);
    if (app_bytes == 0 || request->smallest_block > room) {
        return false;
    }
    uint32_t total_bytes = app_bytes + kernel_bytes;
    uint32_t smallest = round_up(request->smallest_block, SHIFT_FIRST);
    placement->start = start;
    placement->app_bytes = app_bytes;
    placement->total_bytes = total_bytes > smallest ? total_bytes : smallest;
    return true;
}

/* Tries the next multiple of each power of two: a hole of less than G below the block may save
 * several above. Of two that end alike, the better aligned one: apps align what they share. */
static bool find_placement(const struct mpu_layout_ram_request *request, struct placement *best)
{
    if (request->fixed_start) {
        return place_at(request, request->available_start, best);
    }
    bool found = false;
    for (uint32_t shift = SHIFT_FIRST; shift <= SHIFT_LAST; shift++) {
        struct placement placement = {0};
        if (!place_at(request, round_up(request->available_start, shift), &placement)) {
            continue;
        }
        if (!found || placement.start + placement.total_bytes <= best->start + best->total_bytes) {
            *best = placement;
            found = true;
        }
    }
    return found;
}

bool mpu_layout_place_ram(struct mpu_layout *layout, const struct mpu_layout_ram_request *request)
{
    if (request->initial_bytes > request->app_bytes ||
        request->available_bytes > UINT32_MAX - request->available_start) {
        return false;
    }
    struct placement placement = {0};
    if (!find_placement(request, &placement)) {
        return false;
    }
    uint32_t end = placement.start + placement.total_bytes;
    if (overlaps_flash(layout, placement.start, end) ||
        overlaps_extra(layout, placement.start, end)) {
        return false;
    }
    struct mpu_layout placed = *layout;
    placed.ram_start = placement.start;
    placed.ram_end = end;
    if (!mpu_layout_set_break(&placed, placement.start + request->initial_bytes,
                              placement.start + placement.app_bytes, NULL)) {
        return false;
    }
    *layout = placed;
    return true;
}

bool mpu_layout_set_break(struct mpu_layout *layout, uint32_t wanted_break, uint32_t kernel_break,
                          uint32_t *actual_break)
{
    if (wanted_break < layout->ram_start || wanted_break > kernel_break ||
        kernel_break > layout->ram_end) {
        return false;
    }
    struct run runs[RUNS_MAX] = {0};
    uint32_t bytes = 0;
    if (wanted_break > layout->ram_start) {
        bytes = find_cover(layout->ram_start, wanted_break - layout->ram_start,
                           kernel_break - layout->ram_start, RUNS_MAX, runs);
        if (bytes == 0) {
            return false;
        }
    }
    set_regions(layout, MPU_LAYOUT_RAM_FIRST, RUNS_MAX, runs, ATTRIBUTES_RAM);
    layout->reach_end = layout->ram_start + bytes;
    if (actual_break != NULL) {
        *actual_break = layout->reach_end;
    }
    return true;
}

bool mpu_layout_set_flash(struct mpu_layout *layout, uint32_t flash_start, uint32_t flash_end)
{
    if (flash_end <= flash_start || overlaps_ram(layout, flash_start, flash_end) ||
        overlaps_extra(layout, flash_start, flash_end)) {
        return false;
    }
    uint32_t region_count = layout->extra[MPU_LAYOUT_EXTRA_FIRST] == 0 ? 2 : 1;
    uint32_t bytes = flash_end - flash_start;
    struct run runs[RUNS_MAX];
    if (find_cover(flash_start, bytes, bytes, region_count, runs) == 0) {
        return false;
    }
    set_regions(layout, MPU_LAYOUT_FLASH_FIRST, region_count, runs, ATTRIBUTES_FLASH);
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

static bool region_is_free(const struct mpu_layout *layout, uint32_t number)
{
    return (layout->region[number].rasr & RASR_ENABLE) == 0;
}

bool mpu_layout_add_extra(struct mpu_layout *layout, uint32_t start, uint32_t end,
                          enum mpu_layout_access access, uint8_t *handle)
{
    uint32_t free_count = 0;
    for (uint32_t number = MPU_LAYOUT_EXTRA_FIRST; number < MPU_LAYOUT_REGIONS; number++) {
        free_count += region_is_free(layout, number);
    }
    struct run runs[RUNS_MAX];
    if (end <= start || overlaps_ram(layout, start, end) || overlaps_flash(layout, start, end) ||
        overlaps_extra(layout, start, end) ||
        find_cover(start, end - start, end - start, free_count, runs) == 0) {
        return false;
    }
    uint32_t attributes = access == MPU_LAYOUT_READ ? ATTRIBUTES_RAM_READ : ATTRIBUTES_RAM;
    uint8_t name = 0;
    /* From the top, so that region 4 stays free for flash as long as possible. */
    uint32_t number = MPU_LAYOUT_REGIONS;
    for (uint32_t i = 0; i < RUNS_MAX; i++) {
        if (runs[i].bytes == 0) {
            continue;
        }
        do {
            number--;
        } while (!region_is_free(layout, number));
        name = name == 0 ? (uint8_t)(number + 1) : name;
        set_region(layout, number, &runs[i], attributes);
        layout->extra[number] = name;
    }
    *handle = name;
    return true;
}

bool mpu_layout_could_add_extra(const struct mpu_layout *layout, uint32_t start, uint32_t end)
{
    uint32_t count = 0;
    for (uint32_t number = MPU_LAYOUT_EXTRA_FIRST; number < MPU_LAYOUT_REGIONS; number++) {
        count += layout->extra[number] != 0 || region_is_free(layout, number);
    }
    struct run runs[RUNS_MAX];
    return end > start && !overlaps_ram(layout, start, end) &&
           !overlaps_flash(layout, start, end) &&
           find_cover(start, end - start, end - start, count, runs) != 0;
}

bool mpu_layout_remove_extra(struct mpu_layout *layout, uint8_t handle)
{
    bool found = false;
    for (uint32_t number = MPU_LAYOUT_EXTRA_FIRST; number < MPU_LAYOUT_REGIONS; number++) {
        if (handle != 0 && layout->extra[number] == handle) {
            clear_region(layout, number);
            found = true;
        }
    }
    return found;
}

void mpu_layout_remove_extras(struct mpu_layout *layout)
{
    for (uint8_t handle = 1; handle <= MPU_LAYOUT_REGIONS; handle++) {
        (void)mpu_layout_remove_extra(layout, handle);
    }
}

bool mpu_layout_find_extra(const struct mpu_layout *layout, uint8_t handle, uint32_t *start,
                           uint32_t *end)
{
    *start = UINT32_MAX;
    *end = 0;
    for (uint32_t number = MPU_LAYOUT_EXTRA_FIRST; number < MPU_LAYOUT_REGIONS; number++) {
        if (handle == 0 || layout->extra[number] != handle) {
            continue;
        }
        uint32_t rasr = layout->region[number].rasr;
        uint32_t shift = ((rasr >> 1) & 0x1F) + 1 - 3;
        uint32_t base = round_down(layout->region[number].rbar, shift + 3);
        for (uint32_t i = 0; i < 8; i++) {
            if ((rasr & RASR_SRD(1u << i)) == 0) {
                uint32_t at = base + (i << shift);
                *start = at < *start ? at : *start;
                *end = at + (1u << shift) > *end ? at + (1u << shift) : *end;
            }
        }
    }
    return *end != 0;
}
