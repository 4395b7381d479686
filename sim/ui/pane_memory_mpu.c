/* The MPU over the memory pane's map: what a process may do, and the regions that say so. */
#include <stdio.h>
#include <string.h>

#include "sim/ui/pane_memory_internal.h"

#define LANE_GAP      6.0F
#define HATCH_SPACING 7.0F

/* What is shown is [first, end). */
static bool shown_range(const struct memory_picture *picture, uint64_t *first, uint64_t *end)
{
    if (picture->span_count == 0) {
        return false;
    }
    const struct view_span *last = &picture->spans[picture->span_count - 1];
    *first = picture->spans[0].address;
    *end = (uint64_t)last->address + last->bytes;
    return true;
}

static bool touches(const struct memory_picture *picture, const struct view_region *region)
{
    uint64_t first = 0;
    uint64_t end = 0;
    return region->enabled && shown_range(picture, &first, &end) && region->last >= first &&
           region->first < end;
}

size_t memory_count_lanes(const struct memory_picture *picture)
{
    size_t count = 0;
    for (unsigned i = 0; picture->mpu != NULL && i < MPU_REGION_COUNT; i++) {
        struct view_region region;
        view_mpu_region(picture->mpu, i, &region);
        count += touches(picture, &region);
    }
    return count;
}

float memory_lane_width(struct canvas *canvas)
{
    return canvas_text_width(canvas, CANVAS_SMALL, "RWX") + LANE_GAP + 4;
}

/* ---- what a process may do ---- */

static void draw_run(const struct memory_picture *picture, const struct view_access *run)
{
    const struct memory_map *map = &picture->state->map;
    const struct rect area = picture->at.map;
    const struct rect may = picture->at.may;
    float upper = memory_map_y(map, (uint64_t)run->address + run->bytes);
    float lower = memory_map_y(map, run->address);
    bool open = run->read || run->write || run->execute;
    struct rect box = {area.x, upper, area.width, lower - upper - 1};
    struct rect mark = {may.x, upper, may.width, lower - upper - 1};
    color ink = memory_color(picture, open ? THEME_GOOD : THEME_BAD);
    char rights[4] = {run->read ? 'R' : '-', run->write ? 'W' : '-', run->execute ? 'X' : '-',
                      '\0'};
    if (!open) {
        canvas_hatch(picture->canvas, box, HATCH_SPACING,
                     color_fade(memory_color(picture, THEME_TEXT), 38));
    }
    if (may.width <= 0) {
        return;
    }
    canvas_fill(picture->canvas, mark, color_fade(ink, open ? 70 : 26));
    if (!open) {
        canvas_hatch(picture->canvas, mark, HATCH_SPACING, color_fade(ink, 90));
    }
    float line = canvas_line_height(picture->canvas, CANVAS_SMALL);
    if (mark.height >= line && open) {
        canvas_text(picture->canvas, CANVAS_SMALL, mark.x + mark.width / 2,
                    mark.y + (mark.height - line) / 2, 0, CANVAS_CENTRE,
                    memory_color(picture, THEME_TEXT), rights);
    } else if (mark.height >= 2 * line) {
        float width = canvas_text_width(picture->canvas, CANVAS_SMALL, "no") + 6;
        canvas_fill_round(picture->canvas,
                          (struct rect){mark.x + (mark.width - width) / 2,
                                        mark.y + (mark.height - line) / 2, width, line},
                          3, memory_color(picture, THEME_PANE));
        canvas_text(picture->canvas, CANVAS_SMALL, mark.x + mark.width / 2,
                    mark.y + (mark.height - line) / 2, 0, CANVAS_CENTRE, ink, "no");
    }
}

/* Neighbours with the same rights are one run, whatever region gives them. */
static size_t join_runs(struct view_access *runs, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct view_access *last = kept > 0 ? &runs[kept - 1] : NULL;
        if (last != NULL && last->read == runs[i].read && last->write == runs[i].write &&
            last->execute == runs[i].execute) {
            last->bytes += runs[i].bytes;
        } else {
            runs[kept++] = runs[i];
        }
    }
    return kept;
}

void memory_draw_may(const struct memory_picture *picture)
{
    struct view_access runs[VIEW_MPU_SPANS_MAX];
    uint64_t first = 0;
    uint64_t end = 0;
    if (picture->mpu == NULL || !shown_range(picture, &first, &end)) {
        return;
    }
    size_t count = view_mpu_spans(picture->mpu, (uint32_t)first, (uint32_t)(end - first), runs,
                                  VIEW_MPU_SPANS_MAX);
    count = join_runs(runs, count);
    for (size_t i = 0; i < count; i++) {
        draw_run(picture, &runs[i]);
    }
}

/* ---- regions ---- */

static void draw_part(const struct memory_picture *picture, struct rect box, bool open)
{
    color ink = memory_color(picture, THEME_MPU);
    if (box.height <= 0) {
        return;
    }
    if (open) {
        canvas_fill(picture->canvas, box, color_fade(ink, 40));
    } else {
        canvas_hatch(picture->canvas, box, 5, color_fade(ink, 70));
    }
}

/* A region that goes on beyond what is shown has no line there. */
static void draw_outline(const struct memory_picture *picture, float x, float width, float upper,
                         float lower, bool ends_above, bool ends_below)
{
    color ink = color_fade(memory_color(picture, THEME_MPU), 200);
    canvas_line(picture->canvas, x + 0.5F, upper, x + 0.5F, lower, 1, ink);
    canvas_line(picture->canvas, x + width - 0.5F, upper, x + width - 0.5F, lower, 1, ink);
    if (ends_above) {
        canvas_line(picture->canvas, x, upper + 0.5F, x + width, upper + 0.5F, 1.5F, ink);
    }
    if (ends_below) {
        canvas_line(picture->canvas, x, lower - 0.5F, x + width, lower - 0.5F, 1.5F, ink);
    }
}

static void draw_region(const struct memory_picture *picture, unsigned number,
                        const struct view_region *region, float x)
{
    const struct memory_map *map = &picture->state->map;
    float width = memory_lane_width(picture->canvas) - LANE_GAP;
    uint64_t first = 0;
    uint64_t end = 0;
    char text[4];
    shown_range(picture, &first, &end);
    uint64_t step = ((uint64_t)region->last - region->first + 1) / region->subregions;
    for (unsigned i = 0; i < region->subregions; i++) {
        uint64_t from = region->first + i * step;
        if (from + step <= first || from >= end) {
            continue;
        }
        float lower = memory_map_y(map, from);
        float upper = memory_map_y(map, from + step);
        draw_part(picture, (struct rect){x, upper, width, lower - upper},
                  (region->disabled >> i & 1) == 0);
        if (i > 0 && from > first) {
            canvas_line(picture->canvas, x, lower, x + width, lower, 1,
                        color_fade(memory_color(picture, THEME_MPU), 110));
        }
    }
    float upper = memory_map_y(map, (uint64_t)region->last + 1);
    float lower = memory_map_y(map, region->first);
    draw_outline(picture, x, width, upper, lower, region->last < end, region->first >= first);
    float line = canvas_line_height(picture->canvas, CANVAS_SMALL);
    float top =
        upper > picture->at.lanes.y ? upper - 2 * line - 2 : picture->at.lanes.y - 2 * line - 2;
    snprintf(text, sizeof text, "%u", number % 10);
    canvas_text(picture->canvas, CANVAS_SMALL, x + width / 2, top, 0, CANVAS_CENTRE,
                memory_color(picture, THEME_TEXT), text);
    canvas_text(picture->canvas, CANVAS_SMALL, x + width / 2, top + line, 0, CANVAS_CENTRE,
                memory_color(picture, THEME_TEXT_DIM), region->rights);
}

void memory_draw_lanes(const struct memory_picture *picture)
{
    float x = picture->at.lanes.x;
    if (picture->mpu == NULL || picture->at.lanes.width <= 0) {
        return;
    }
    for (unsigned i = 0; i < MPU_REGION_COUNT; i++) {
        struct view_region region;
        view_mpu_region(picture->mpu, i, &region);
        if (touches(picture, &region)) {
            draw_region(picture, i, &region, x);
            x += memory_lane_width(picture->canvas);
        }
    }
}

/* ---- in words ---- */

/* "0-1 5-7": the bits that are set. */
static void write_bits(uint8_t bits, char *text, size_t size)
{
    size_t at = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < 8; i++) {
        unsigned first = i;
        while (i < 7 && (bits >> i & 3) == 3) {
            i++;
        }
        if ((bits >> i & 1) == 0 || at >= size) {
            continue;
        }
        at += (size_t)snprintf(text + at, size - at, "%s%u", at == 0 ? "" : " ", first);
        if (i > first && at < size) {
            at += (size_t)snprintf(text + at, size - at, "-%u", i);
        }
    }
}

static void draw_row(const struct memory_picture *picture, unsigned number,
                     const struct view_region *region, float y)
{
    const struct rect notes = picture->at.notes;
    struct canvas *canvas = picture->canvas;
    char off[20], text[48];
    color ink = memory_color(picture, touches(picture, region) ? THEME_TEXT : THEME_TEXT_DIM);
    float digit = canvas_text_width(canvas, CANVAS_SMALL, "0");
    float x = notes.x;
    snprintf(text, sizeof text, "%u", number % 10);
    canvas_text(canvas, CANVAS_SMALL, x, y, 0, CANVAS_LEFT, ink, text);
    x += digit + 10;
    canvas_text(canvas, CANVAS_SMALL, x, y, 0, CANVAS_LEFT, ink, region->rights);
    x += canvas_text_width(canvas, CANVAS_SMALL, "RWX") + 8;
    snprintf(text, sizeof text, "%08x", region->first);
    canvas_text(canvas, CANVAS_SMALL, x, y, 0, CANVAS_LEFT, ink, text);
    x += canvas_text_width(canvas, CANVAS_SMALL, "0000d0d0") + 10;
    uint64_t bytes = (uint64_t)region->last - region->first + 1;
    write_bits(region->disabled, off, sizeof off);
    snprintf(text, sizeof text, "%.20s%s%s", process_size(bytes).text,
             off[0] == '\0' ? "" : ", off ", off);
    canvas_text(canvas, CANVAS_SMALL, x, y, notes.x + notes.width - x, CANVAS_LEFT, ink, text);
}

float memory_draw_regions(const struct memory_picture *picture, float y)
{
    const struct rect notes = picture->at.notes;
    float line = canvas_line_height(picture->canvas, CANVAS_SMALL) + 2;
    if (notes.width <= 0 || picture->mpu == NULL || y + 2 * line > notes.y + notes.height) {
        return y;
    }
    canvas_text(picture->canvas, CANVAS_SMALL, notes.x, y, notes.width, CANVAS_LEFT,
                memory_color(picture, THEME_TEXT_DIM),
                picture->mpu_is_now ? "MPU regions, in force now" : "MPU regions, when it runs");
    y += line + 2;
    bool any = false;
    for (unsigned i = 0; i < MPU_REGION_COUNT && y + line <= notes.y + notes.height; i++) {
        struct view_region region;
        view_mpu_region(picture->mpu, i, &region);
        if (!region.enabled) {
            continue;
        }
        any = true;
        draw_row(picture, i, &region, y);
        y += line;
    }
    if (!any) {
        canvas_text(picture->canvas, CANVAS_SMALL, notes.x, y, notes.width, CANVAS_LEFT,
                    memory_color(picture, THEME_TEXT_DIM), "none is set");
        y += line;
    }
    return y;
}
