/* The lanes: what fills a column when much time is seen, single stretches and calls when little. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/ui/timeline_view.h"

#define COLUMNS_MAX    8192
#define STRETCH_MIN    1.5F /* points: narrower ones share their columns */
#define LABEL_MIN      30.0F
#define MARK_HALF      4.5F
#define LEAST_HEIGHT   5.0F
#define LEAST_ALPHA    0x80U
#define ROWS_SEEN_EDGE 0.5F

/* ---- what a drawing needs ---- */

struct drawing {
    const struct timeline_pane *pane;
    const struct timeline_layout *layout;
    struct canvas *canvas;
    const struct ui_context *context;
    float row_y[HISTORY_LANES];          /* upper edge of the lane's row; NAN: it is not seen */
    uint64_t busy[HISTORY_LANES];        /* cycles of what is seen */
    float share[HISTORY_LANES];          /* of the column being gathered, of narrow stretches */
    int column[HISTORY_LANES];           /* that is; -1: none */
    uint64_t call[VIEW_NAMES_PROCESSES]; /* that the process is in, + 1; 0: none */
};

static color paint_of(const struct drawing *d, enum theme_color which)
{
    return d->context->theme->colors[which];
}

static bool is_seen(const struct drawing *d, uint16_t lane)
{
    return !isnan(d->row_y[lane]);
}

static struct rect block_of(const struct drawing *d, uint16_t lane, float x0, float x1)
{
    float y = d->row_y[lane] + (d->layout->row - d->layout->block) / 2;
    return (struct rect){x0, y, x1 - x0, d->layout->block};
}

/* A pin that is high, as on an oscilloscope: a line above, and what is below it tinted. */
static void draw_high(const struct drawing *d, uint16_t lane, float x0, float x1)
{
    color paint = timeline_color(d->context->theme, lane);
    struct rect block = block_of(d, lane, x0, x1);
    canvas_fill(d->canvas, block, color_fade(paint, 0x30));
    canvas_fill(d->canvas, (struct rect){x0, block.y, x1 - x0, 2}, paint);
    canvas_fill(d->canvas, (struct rect){x0, block.y, 1, block.height}, paint);
    canvas_fill(d->canvas, (struct rect){x1 - 1, block.y, 1, block.height}, paint);
}

/* A bar that stands on the lane's ground line; however little there is can be seen. */
static void draw_share(const struct drawing *d, uint16_t lane, float x0, float x1, float share)
{
    struct rect block = block_of(d, lane, x0, x1);
    float height = share * d->layout->block;
    if (lane >= HISTORY_PIN && share >= 1) {
        draw_high(d, lane, x0, x1);
        return;
    }
    height = height < LEAST_HEIGHT ? LEAST_HEIGHT : height;
    block.y += d->layout->block - height;
    block.height = height;
    canvas_fill(d->canvas, block, timeline_color(d->context->theme, lane));
}

/* ---- much time: buckets ---- */

static float column_share(const struct drawing *d, uint16_t lane, double begin, double end,
                          uint64_t *busy)
{
    bool coarse = end - begin >= 4.0 * (1U << HISTORY_COARSE_SHIFT);
    double bucket = (double)(1U << (coarse ? HISTORY_COARSE_SHIFT : HISTORY_FINE_SHIFT));
    double first = ceil(begin / bucket);
    double last = ceil(end / bucket);
    if (last <= 0 || last <= first) {
        return 0;
    }
    first = first < 0 ? 0 : first;
    *busy = view_history_busy(&d->pane->history, lane, (uint64_t)(first * bucket),
                              (uint64_t)(last * bucket), coarse);
    /* Of what is known: the bucket of the present is not over. */
    double known_end = (double)d->pane->history.now_cycles;
    double known_begin = (double)d->pane->history.begin_cycle;
    double to = last * bucket < known_end ? last * bucket : known_end;
    double from = first * bucket > known_begin ? first * bucket : known_begin;
    return to > from ? (float)((double)*busy / (to - from)) : 0;
}

/* Columns have places in time, not on the screen: their heights do not flicker while time goes on.
 */
static void draw_buckets(struct drawing *d, uint16_t lane)
{
    const struct timeline_layout *layout = d->layout;
    double width = layout->span / (double)layout->plot.width;
    double first = floor(layout->start / width);
    int count = (int)layout->plot.width + 2;
    float run_from = 0;
    float run_share = 0;
    for (int i = 0; i <= count && i < COLUMNS_MAX; i++) {
        double begin = (first + i) * width;
        float x = timeline_x(layout, begin);
        uint64_t busy = 0;
        float share = i < count ? column_share(d, lane, begin, begin + width, &busy) : 0;
        d->busy[lane] += busy;
        share = ceilf(share * d->layout->block) / d->layout->block;
        if (share != run_share) {
            if (run_share > 0) {
                draw_share(d, lane, run_from, x, run_share);
            }
            run_from = x;
            run_share = share;
        }
    }
}

/* ---- little time: stretches ---- */

static void flush_column(struct drawing *d, uint16_t lane)
{
    if (d->column[lane] >= 0) {
        float x = d->layout->plot.x + (float)d->column[lane];
        float share = d->share[lane] < 1 ? d->share[lane] : 1;
        uint32_t alpha = LEAST_ALPHA + (uint32_t)((float)(0xFFU - LEAST_ALPHA) * share);
        canvas_fill(d->canvas, block_of(d, lane, x, x + 1),
                    color_fade(timeline_color(d->context->theme, lane), alpha));
    }
    d->column[lane] = -1;
    d->share[lane] = 0;
}

static void on_stretch(void *context, uint16_t lane, uint64_t begin, uint64_t end)
{
    struct drawing *d = context;
    float x0 = timeline_x(d->layout, (double)begin);
    float x1 = timeline_x(d->layout, (double)end);
    d->busy[lane] += end - begin;
    if (!is_seen(d, lane)) {
        return;
    }
    if (x1 - x0 >= STRETCH_MIN) {
        flush_column(d, lane);
        draw_share(d, lane, x0, x1, 1);
        return;
    }
    int column = (int)(x0 - d->layout->plot.x);
    if (column != d->column[lane]) {
        flush_column(d, lane);
        d->column[lane] = column;
    }
    d->share[lane] += x1 - x0;
}

/* The time between a system call and the process's going on: an open box with the call's name. */
static void draw_call(const struct drawing *d, uint64_t number, double end)
{
    const struct view_event *call = view_history_event(&d->pane->history, number);
    uint16_t lane = view_history_lane_of(call);
    float left = d->layout->plot.x - 1;
    float right = d->layout->plot.x + d->layout->plot.width + 4;
    float x0 = timeline_x(d->layout, (double)call->cycle);
    float x1 = timeline_x(d->layout, end);
    x0 = x0 > left ? x0 : left;
    x1 = x1 < right ? x1 : right;
    if (!is_seen(d, lane) || x1 - x0 < 3) {
        return;
    }
    color paint = timeline_color(d->context->theme, lane);
    struct rect block = block_of(d, lane, x0, x1);
    canvas_fill(d->canvas, block, color_fade(paint, 0x22));
    canvas_frame(d->canvas, block, 1, color_fade(paint, 0x70));
    if (x1 - x0 >= LABEL_MIN) {
        char text[160];
        float room = x1 - x0 - 10;
        view_names_call(d->pane->names, call, text, sizeof text);
        if (canvas_text_width(d->canvas, CANVAS_SMALL, text) > room) {
            view_names_call_short(d->pane->names, call, text, sizeof text);
        }
        float y = block.y + (block.height - canvas_line_height(d->canvas, CANVAS_SMALL)) / 2;
        canvas_text(d->canvas, CANVAS_SMALL, x0 + 5, y, room, CANVAS_LEFT, paint_of(d, THEME_TEXT),
                    text);
    }
}

static void on_event(void *context, uint64_t number, const struct view_event *event)
{
    struct drawing *d = context;
    if (event->lane != VIEW_LANE_PROCESS || event->index >= VIEW_NAMES_PROCESSES) {
        return;
    }
    uint64_t *call = &d->call[event->index];
    if (event->kind == VIEW_EVENT_RUN && *call != 0) {
        draw_call(d, *call - 1, (double)event->cycle);
        *call = 0;
    } else if (event->kind == VIEW_EVENT_CALL) {
        *call = number + 1;
    }
}

/* Which calls the processes are in where the picture begins. */
static void find_open_calls(struct drawing *d)
{
    uint64_t start = d->layout->start > 0 ? (uint64_t)d->layout->start : 0;
    for (uint16_t i = 0; start > 0 && i < VIEW_NAMES_PROCESSES; i++) {
        uint64_t number = 0;
        if (is_seen(d, (uint16_t)(HISTORY_PROCESS + i)) &&
            view_history_call(&d->pane->history, i, start - 1, &number)) {
            d->call[i] = number + 1;
        }
    }
}

static void draw_stretches(struct drawing *d)
{
    const struct timeline_layout *layout = d->layout;
    double end = layout->start + layout->span;
    double present = (double)d->pane->history.now_cycles;
    const struct history_walk walk = {.stretch = on_stretch, .event = on_event, .context = d};
    if (end <= 0) {
        return;
    }
    find_open_calls(d);
    view_history_walk(&d->pane->history, layout->start > 0 ? (uint64_t)layout->start : 0,
                      (uint64_t)end + 1, &walk);
    for (uint16_t i = 0; i < HISTORY_LANES; i++) {
        if (is_seen(d, i)) {
            flush_column(d, i);
        }
    }
    for (size_t i = 0; i < VIEW_NAMES_PROCESSES; i++) {
        if (d->call[i] != 0) {
            draw_call(d, d->call[i] - 1, end < present ? end + layout->span : present);
        }
    }
}

/* ---- marks ---- */

static void draw_fault(const struct drawing *d, float x, float y)
{
    const float diamond[8] = {x, y - MARK_HALF - 2, x + MARK_HALF + 2, y,
                              x, y + MARK_HALF + 2, x - MARK_HALF - 2, y};
    canvas_polygon(d->canvas, diamond, 4, paint_of(d, THEME_BAD));
    canvas_fill(d->canvas, (struct rect){x - 1, y - 3.5F, 2, 4}, paint_of(d, THEME_PANE));
    canvas_fill(d->canvas, (struct rect){x - 1, y + 1.5F, 2, 2}, paint_of(d, THEME_PANE));
}

static void draw_start(const struct drawing *d, float x, float y)
{
    const float triangle[6] = {x, y - MARK_HALF, x + 2 * MARK_HALF - 1, y, x, y + MARK_HALF};
    canvas_polygon(d->canvas, triangle, 3, paint_of(d, THEME_GOOD));
    canvas_fill(d->canvas, (struct rect){x - 1, y - d->layout->block / 2, 1, d->layout->block},
                paint_of(d, THEME_GOOD));
}

static void draw_reset(const struct drawing *d, float x)
{
    const struct rect *plot = &d->layout->plot;
    color paint = paint_of(d, THEME_WARNING);
    for (float y = plot->y; y < plot->y + plot->height; y += 8) {
        canvas_fill(d->canvas, (struct rect){x, y, 1, 4}, paint);
    }
    canvas_text(d->canvas, CANVAS_SMALL, x + 4, plot->y + 1, 0, CANVAS_LEFT, paint, "reset");
}

/* At any zoom: a fault must not be lost between two pixels. */
static void draw_marks(const struct drawing *d)
{
    const struct view_history *history = &d->pane->history;
    uint32_t kept =
        history->mark_count < HISTORY_MARKS_MAX ? history->mark_count : HISTORY_MARKS_MAX;
    for (uint32_t i = 0; i < kept; i++) {
        const struct view_event *mark =
            &history->marks[(history->mark_count - 1 - i) % HISTORY_MARKS_MAX];
        uint16_t lane = view_history_lane_of(mark);
        float x = timeline_x(d->layout, (double)mark->cycle);
        if (x < d->layout->plot.x - 8 || x > d->layout->plot.x + d->layout->plot.width + 8) {
            continue;
        }
        if (mark->kind == VIEW_EVENT_RESET) {
            draw_reset(d, x);
        } else if (is_seen(d, lane)) {
            float y = d->row_y[lane] + d->layout->row / 2;
            if (mark->kind == VIEW_EVENT_FAULT) {
                draw_fault(d, x, y);
            } else {
                draw_start(d, x, y);
            }
        }
    }
}

/* Before the beginning of what is kept. */
static void draw_unknown(const struct drawing *d)
{
    const struct rect *plot = &d->layout->plot;
    float x = timeline_x(d->layout, (double)d->pane->history.begin_cycle);
    if (x > plot->x) {
        x = x < plot->x + plot->width ? x : plot->x + plot->width;
        canvas_fill(d->canvas, (struct rect){plot->x, plot->y, x - plot->x, plot->height},
                    color_fade(paint_of(d, THEME_BACKGROUND), 0x90));
    }
}

static void draw_gaps(const struct drawing *d)
{
    const struct view_history *history = &d->pane->history;
    const struct rect *plot = &d->layout->plot;
    uint32_t kept = history->gap_count < HISTORY_GAPS_MAX ? history->gap_count : HISTORY_GAPS_MAX;
    for (uint32_t i = 0; i < kept; i++) {
        const struct history_gap *gap =
            &history->gaps[(history->gap_count - 1 - i) % HISTORY_GAPS_MAX];
        float x0 = timeline_x(d->layout, (double)gap->begin);
        float x1 = timeline_x(d->layout, (double)gap->end);
        x0 = x0 > plot->x ? x0 : plot->x;
        x1 = x1 < plot->x + plot->width ? x1 : plot->x + plot->width;
        if (x1 - x0 < 1) {
            continue;
        }
        struct rect area = {x0, plot->y, x1 - x0, plot->height};
        canvas_hatch(d->canvas, area, 6, color_fade(paint_of(d, THEME_WARNING), 0x50));
        if (x1 - x0 > 110) {
            canvas_text(d->canvas, CANVAS_SMALL, (x0 + x1) / 2, plot->y + 4, x1 - x0, CANVAS_CENTRE,
                        paint_of(d, THEME_WARNING), "too fast: not recorded");
        }
    }
}

/* ---- rows ---- */

static void draw_scroll_bar(const struct drawing *d)
{
    const struct timeline_layout *layout = d->layout;
    const struct rect *gutter = &layout->gutter;
    float all = gutter->height + layout->scroll_max;
    if (layout->scroll_max <= 0) {
        return;
    }
    float at = layout->plot.y - timeline_row_y(d->pane, layout, 0);
    struct rect bar = {gutter->x + 1, gutter->y + at / all * gutter->height, 3,
                       gutter->height / all * gutter->height};
    canvas_fill_round(d->canvas, bar, 1.5F, paint_of(d, THEME_BORDER));
}

static void draw_ground(const struct drawing *d, size_t row)
{
    const struct timeline_layout *layout = d->layout;
    uint16_t lane = layout->lanes[row];
    float y = d->row_y[lane];
    float ground = y + (d->layout->row + d->layout->block) / 2;
    if (row == d->pane->row && d->context->focused) {
        canvas_fill(d->canvas,
                    (struct rect){layout->gutter.x, y, layout->gutter.width + layout->plot.width,
                                  d->layout->row},
                    color_fade(paint_of(d, THEME_ACCENT), 0x14));
    }
    canvas_fill(d->canvas, (struct rect){layout->plot.x, ground, layout->plot.width, 1},
                paint_of(d, THEME_GRID));
}

static void text_of_share(uint64_t busy, double span, char *text, size_t size)
{
    double percent = span > 0 ? 100.0 * (double)busy / span : 0;
    percent = percent < 100 ? percent : 100;
    if (busy == 0) {
        snprintf(text, size, "-");
    } else if (percent < 0.1) {
        snprintf(text, size, "<0.1 %%");
    } else {
        snprintf(text, size, "%.1f %%", percent);
    }
}

/* How much of what is seen of the time is known. */
static double seen_span(const struct drawing *d)
{
    const struct view_history *history = &d->pane->history;
    double begin = (double)history->begin_cycle;
    double end = (double)history->now_cycles;
    begin = d->layout->start > begin ? d->layout->start : begin;
    end = d->layout->start + d->layout->span < end ? d->layout->start + d->layout->span : end;
    double known = end > begin ? end - begin : 0;
    uint32_t kept = history->gap_count < HISTORY_GAPS_MAX ? history->gap_count : HISTORY_GAPS_MAX;
    for (uint32_t i = 0; i < kept; i++) {
        double from =
            (double)history->gaps[i].begin > begin ? (double)history->gaps[i].begin : begin;
        double to = (double)history->gaps[i].end < end ? (double)history->gaps[i].end : end;
        known -= to > from ? to - from : 0;
    }
    return known;
}

static void draw_name(const struct drawing *d, size_t row)
{
    const struct rect *gutter = &d->layout->gutter;
    uint16_t lane = d->layout->lanes[row];
    float height = canvas_line_height(d->canvas, CANVAS_SANS);
    float y = d->row_y[lane] + (d->layout->row - height) / 2;
    float small =
        d->row_y[lane] + (d->layout->row - canvas_line_height(d->canvas, CANVAS_SMALL)) / 2;
    char name[64];
    char share[24];
    timeline_lane_name(d->pane, lane, name, sizeof name);
    text_of_share(d->busy[lane], seen_span(d), share, sizeof share);
    canvas_fill_round(d->canvas,
                      (struct rect){gutter->x + 8, d->row_y[lane] + d->layout->row / 2 - 4, 8, 8},
                      2, timeline_color(d->context->theme, lane));
    float right = gutter->x + gutter->width - 8;
    float used = canvas_text_width(d->canvas, CANVAS_SMALL, share);
    canvas_text(d->canvas, CANVAS_SMALL, right, small, 0, CANVAS_RIGHT, paint_of(d, THEME_TEXT_DIM),
                share);
    canvas_text(d->canvas, CANVAS_SANS, gutter->x + 24, y, right - used - 6 - gutter->x - 24,
                CANVAS_LEFT, paint_of(d, THEME_TEXT), name);
}

static void place_rows(struct drawing *d)
{
    const struct rect *plot = &d->layout->plot;
    for (size_t i = 0; i < HISTORY_LANES; i++) {
        d->row_y[i] = NAN;
        d->column[i] = -1;
    }
    for (size_t row = 0; row < d->layout->lane_count; row++) {
        float y = timeline_row_y(d->pane, d->layout, row);
        if (y > plot->y - d->layout->row + ROWS_SEEN_EDGE &&
            y < plot->y + plot->height - ROWS_SEEN_EDGE) {
            d->row_y[d->layout->lanes[row]] = y;
        }
    }
}

static void draw_choice(const struct drawing *d)
{
    const struct timeline_choice *choice = &d->pane->choice;
    uint64_t begin = choice->cycle;
    uint64_t end = choice->cycle;
    uint64_t back = 0;
    if (choice->kind == TIMELINE_NOTHING || !is_seen(d, choice->lane)) {
        return;
    }
    if (choice->kind == TIMELINE_STRETCH) {
        view_history_stretch(&d->pane->history, choice->lane, choice->cycle, &begin, &end);
    } else if (choice->kind == TIMELINE_CALL && choice->number >= d->pane->history.first &&
               view_history_return(&d->pane->history, choice->number, &back)) {
        end = view_history_event(&d->pane->history, back)->cycle;
    }
    float x0 = timeline_x(d->layout, (double)begin) - 2;
    float x1 = timeline_x(d->layout, (double)end) + 2;
    struct rect block = block_of(d, choice->lane, x0, x1);
    block.y -= 2;
    block.height += 4;
    canvas_frame_round(d->canvas, block, 3, 1.5F, paint_of(d, THEME_ACCENT));
}

void timeline_draw_lanes(const struct timeline_pane *pane, const struct timeline_layout *layout,
                         struct canvas *canvas, const struct ui_context *context)
{
    struct drawing d = {.pane = pane, .layout = layout, .canvas = canvas, .context = context};
    struct rect rows = {layout->gutter.x, layout->plot.y, layout->gutter.width + layout->plot.width,
                        layout->plot.height};
    double column = layout->span / (double)layout->plot.width;
    bool events = column < (double)(1U << HISTORY_FINE_SHIFT) &&
                  layout->start + layout->span > (double)view_history_events_begin(&pane->history);
    place_rows(&d);
    canvas_push_clip(canvas, rows);
    for (size_t row = 0; row < layout->lane_count; row++) {
        if (is_seen(&d, layout->lanes[row])) {
            draw_ground(&d, row);
        }
    }
    canvas_push_clip(canvas, layout->plot);
    draw_unknown(&d);
    draw_gaps(&d);
    for (size_t row = 0; !events && row < layout->lane_count; row++) {
        if (is_seen(&d, layout->lanes[row])) {
            draw_buckets(&d, layout->lanes[row]);
        }
    }
    if (events) {
        draw_stretches(&d);
    }
    draw_marks(&d);
    draw_choice(&d);
    canvas_pop_clip(canvas);
    for (size_t row = 0; row < layout->lane_count; row++) {
        if (is_seen(&d, layout->lanes[row])) {
            draw_name(&d, row);
        }
    }
    draw_scroll_bar(&d);
    canvas_pop_clip(canvas);
}
