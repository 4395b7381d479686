/* The memory pane's maps: all of the chip in small, the process in large. */
#include <stdio.h>
#include <string.h>

#include "sim/ui/pane_memory_internal.h"

#define LABEL_LEFT  10.0F
#define NARROW      190.0F /* sizes are written short */
#define EDGE_WIDTH  3.0F
#define ALPHA_FULL  255U
#define ALPHA_SPAN  76U
#define ALPHA_FAINT 44U

/* ---- overview ---- */

static color overview_color(const struct memory_picture *picture, const struct view_span *span)
{
    if (span->kind == VIEW_SPAN_FREE) {
        return memory_color(picture, THEME_GAP);
    }
    color paint = process_span_color(picture->theme, span);
    return color_fade(paint, span->process == picture->index ? ALPHA_FULL : 130U);
}

static void draw_overview_name(const struct memory_picture *picture, const struct view_span *span,
                               struct rect box)
{
    float line = canvas_line_height(picture->canvas, CANVAS_SMALL);
    bool own = span->process == picture->index && span->kind == VIEW_SPAN_PROCESS;
    float width = canvas_text_width(picture->canvas, CANVAS_SMALL, span->label);
    bool fits = box.height >= line && width <= box.width - 2;
    if (fits && span->kind != VIEW_SPAN_FREE) {
        canvas_text(picture->canvas, CANVAS_SMALL, box.x + box.width / 2,
                    box.y + (box.height - line) / 2, 0, CANVAS_CENTRE,
                    memory_color(picture, own ? THEME_TEXT_ON_ACCENT : THEME_TEXT), span->label);
    }
}

/* From the process in the small map to all of the large one. */
static void draw_lens(const struct memory_picture *picture, float upper, float lower)
{
    const struct rect lens = picture->at.lens;
    const struct rect map = picture->at.map;
    float right = picture->at.addresses.x - 2;
    color paint = theme_process(picture->theme, (uint32_t)picture->index);
    canvas_fill(picture->canvas, (struct rect){right, map.y, map.x - right, map.height},
                color_fade(paint, 10));
    float shape[] = {lens.x, upper, right, map.y, right, map.y + map.height, lens.x, lower};
    canvas_polygon(picture->canvas, shape, 4, color_fade(paint, 26));
    canvas_line(picture->canvas, lens.x, upper, right, map.y, 1, color_fade(paint, 110));
    canvas_line(picture->canvas, lens.x, lower, right, map.y + map.height, 1,
                color_fade(paint, 110));
}

void memory_draw_overview(const struct memory_picture *picture)
{
    const struct rect area = picture->at.overview;
    const struct memory_map *map = &picture->state->overview;
    const struct view_span *spans = picture->state->flash ? picture->all->flash : picture->all->ram;
    float upper = -1;
    float lower = -1;
    if (area.width <= 0) {
        return;
    }
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_map_row *row = &map->rows[i];
        struct rect box = {area.x, row->y, area.width, row->height - 1};
        canvas_fill(picture->canvas, box, overview_color(picture, &spans[i]));
        if (spans[i].kind == VIEW_SPAN_KERNEL) {
            canvas_hatch(picture->canvas, box, 6,
                         color_fade(memory_color(picture, THEME_PANE), 110));
        }
        draw_overview_name(picture, &spans[i], box);
        if (spans[i].process == picture->index && spans[i].kind == VIEW_SPAN_PROCESS) {
            upper = row->y;
            lower = row->y + row->height - 1;
            canvas_frame(picture->canvas,
                         (struct rect){box.x - 2, box.y - 2, box.width + 4, box.height + 4}, 1.5F,
                         memory_color(picture, THEME_TEXT));
        }
    }
    if (upper >= 0 && picture->at.lens.width > 0) {
        draw_lens(picture, upper, lower);
    }
}

/* ---- the map ---- */

static uint32_t span_alpha(const struct view_span *span)
{
    switch (span->kind) {
    case VIEW_SPAN_STACK_USED:
        return 132;
    case VIEW_SPAN_STACK_DEEPEST:
        return 66;
    case VIEW_SPAN_STACK_FREE:
        return ALPHA_FAINT - 12;
    case VIEW_SPAN_GAP:
    case VIEW_SPAN_CLOSED:
    case VIEW_SPAN_FREE:
        return ALPHA_FULL;
    case VIEW_SPAN_DATA:
    case VIEW_SPAN_HEAP:
    case VIEW_SPAN_GRANT:
    case VIEW_SPAN_KERNEL:
    case VIEW_SPAN_APP_HEADER:
    case VIEW_SPAN_APP_CODE:
    case VIEW_SPAN_OPEN:
    case VIEW_SPAN_APP_TRAILER:
    case VIEW_SPAN_APP_FOOTER:
    case VIEW_SPAN_PROCESS:
        break;
    }
    return ALPHA_SPAN;
}

static bool is_plain(const struct view_span *span)
{
    return span->kind == VIEW_SPAN_GAP || span->kind == VIEW_SPAN_CLOSED ||
           span->kind == VIEW_SPAN_FREE;
}

/* Two short slanted strokes over the edge: what is drawn here is larger than to scale. */
void memory_draw_break(const struct memory_picture *picture, float x, float y)
{
    color line = memory_color(picture, THEME_TEXT_DIM);
    canvas_line(picture->canvas, x - 4, y + 3, x + 2, y - 1, 1, line);
    canvas_line(picture->canvas, x - 4, y + 6, x + 2, y + 2, 1, line);
}

static void draw_label(const struct memory_picture *picture, const struct view_span *span,
                       struct rect box)
{
    char name[64];
    float line = canvas_line_height(picture->canvas, CANVAS_SMALL);
    float y = box.y + (box.height - line) / 2;
    float left = box.x + LABEL_LEFT;
    struct process_text bytes =
        box.width < NARROW ? process_size(span->bytes) : process_bytes(span->bytes);
    if (box.height < line - 2) {
        return;
    }
    float size_width = canvas_text_width(picture->canvas, CANVAS_SMALL, bytes.text);
    process_span_name(span, name, sizeof name);
    bool both = box.width > size_width + 2 * LABEL_LEFT + 8 +
                                canvas_text_width(picture->canvas, CANVAS_SMALL, name);
    canvas_text(picture->canvas, CANVAS_SMALL, left, y,
                box.width - 2 * LABEL_LEFT - (both ? size_width + 8 : 0), CANVAS_LEFT,
                memory_color(picture, THEME_TEXT), name);
    if (both) {
        canvas_text(picture->canvas, CANVAS_SMALL, box.x + box.width - LABEL_LEFT, y, 0,
                    CANVAS_RIGHT, memory_color(picture, THEME_TEXT_DIM), bytes.text);
    }
}

static void draw_span(const struct memory_picture *picture, size_t index)
{
    const struct view_span *span = &picture->spans[index];
    const struct memory_map_row *row = &picture->state->map.rows[index];
    struct rect area = picture->at.map;
    struct rect box = {area.x, row->y, area.width, row->height - 1};
    color paint = process_span_color(picture->theme, span);
    canvas_fill(picture->canvas, box, color_fade(paint, span_alpha(span)));
    if (!is_plain(span)) {
        canvas_fill(picture->canvas, (struct rect){box.x, box.y, EDGE_WIDTH, box.height}, paint);
    }
    if (row->enlarged) {
        memory_draw_break(picture, box.x, row->y + row->height / 2 - 3);
    }
    if (picture->state->span_chosen && picture->state->span == (int)index) {
        canvas_frame(picture->canvas, box, 2, memory_color(picture, THEME_ACCENT));
    }
}

void memory_draw_map(const struct memory_picture *picture)
{
    for (size_t i = 0; i < picture->state->map.count; i++) {
        draw_span(picture, i);
    }
}

void memory_draw_labels(const struct memory_picture *picture)
{
    const struct memory_map *map = &picture->state->map;
    struct rect area = picture->at.map;
    for (size_t i = 0; i < map->count; i++) {
        struct rect box = {area.x, map->rows[i].y, area.width, map->rows[i].height - 1};
        draw_label(picture, &picture->spans[i], box);
    }
}

/* ---- addresses ---- */

/* What ends there, beside the address. */
static const char *boundary_name(const struct memory_picture *picture, uint32_t address)
{
    const struct view_process *process = picture->process;
    if (process == NULL || picture->state->flash || address == 0) {
        return NULL;
    }
    if (address == process->stack_pointer) {
        return "sp";
    }
    return address == process->app_break ? "break" : NULL;
}

static void draw_address(const struct memory_picture *picture, uint32_t address, float y)
{
    char text[16];
    const struct rect area = picture->at.addresses;
    float line = canvas_line_height(picture->canvas, CANVAS_MONO);
    const char *name = boundary_name(picture, address);
    color ink = memory_color(picture, name != NULL ? THEME_TEXT : THEME_TEXT_DIM);
    float right = area.x + area.width - 10;
    int digits = picture->at.digits;
    if (digits == 8) {
        snprintf(text, sizeof text, "%08x", address);
    } else {
        snprintf(text, sizeof text, "…%0*x", digits, address & ((1U << (4 * digits)) - 1));
    }
    float width =
        canvas_text(picture->canvas, CANVAS_MONO, right, y - line / 2, 0, CANVAS_RIGHT, ink, text);
    if (name != NULL && right - width - 30 > area.x) {
        canvas_text(picture->canvas, CANVAS_SMALL, right - width - 6,
                    y - canvas_line_height(picture->canvas, CANVAS_SMALL) / 2, 0, CANVAS_RIGHT,
                    memory_color(picture, THEME_ACCENT), name);
    }
    canvas_line(picture->canvas, right + 3, y, area.x + area.width, y, 1,
                memory_color(picture, THEME_TEXT_DIM));
}

struct boundary_row {
    uint32_t address;
    float y;
    bool shown;
};

/* Those that say most come first, then all that have room. */
static void choose(struct boundary_row *rows, size_t count, size_t index, float line)
{
    for (size_t i = 0; i < count; i++) {
        float away = rows[i].y - rows[index].y;
        if (rows[i].shown && away < line && away > -line) {
            return;
        }
    }
    rows[index].shown = true;
}

void memory_draw_addresses(const struct memory_picture *picture)
{
    struct boundary_row rows[MEMORY_MAP_ROWS_MAX + 1];
    const struct memory_map *map = &picture->state->map;
    float line = canvas_line_height(picture->canvas, CANVAS_MONO) - 2;
    size_t count = map->count;
    if (count == 0 || picture->at.addresses.width <= 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct boundary_row){.address = map->rows[i].address,
                                        .y = map->rows[i].y + map->rows[i].height - 0.5F};
    }
    rows[count] = (struct boundary_row){
        .address = map->rows[count - 1].address + map->rows[count - 1].bytes, .y = map->top};
    choose(rows, count + 1, 0, line);
    choose(rows, count + 1, count, line);
    for (size_t i = 0; i <= count; i++) {
        if (boundary_name(picture, rows[i].address) != NULL) {
            choose(rows, count + 1, i, line);
        }
    }
    for (size_t i = 0; i <= count; i++) {
        choose(rows, count + 1, i, line);
    }
    for (size_t i = 0; i <= count; i++) {
        if (rows[i].shown) {
            draw_address(picture, rows[i].address, rows[i].y);
        }
    }
}
