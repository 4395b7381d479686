/* The time axis, the overview of all that is kept, the cursor and the measure. */
#include <math.h>
#include <stdio.h>

#include "sim/ui/time_text.h"
#include "sim/ui/timeline_view.h"

#define TICK_APART 92.0F /* points between labels, at least */
#define NS_PER_S   1e9
#define NS_PER_MS  1e6
#define NS_PER_US  1e3

struct ticks {
    double step_ns, origin_ns; /* labels count from the origin; 0: they are points in time */
    uint32_t digits;
    uint32_t minor; /* parts of a step */
};

static double cycles_of(const struct timeline_pane *pane, double ns)
{
    return ns * pane->hz / NS_PER_S;
}

static struct ticks choose_ticks(const struct timeline_pane *pane,
                                 const struct timeline_layout *layout)
{
    double per_point = layout->span * NS_PER_S / pane->hz / (double)layout->plot.width;
    double least = per_point * (double)TICK_APART;
    double decade = pow(10, floor(log10(least)));
    double lead = least / decade;
    struct ticks ticks = {.step_ns = decade * 10, .minor = 5};
    if (lead <= 2) {
        ticks.step_ns = decade * 2;
        ticks.minor = 4;
    } else if (lead <= 5) {
        ticks.step_ns = decade * 5;
    }
    if (ticks.step_ns < 1) {
        ticks.step_ns = 1;
    }
    double start_ns = layout->start > 0 ? layout->start * NS_PER_S / pane->hz : 0;
    if (ticks.step_ns < NS_PER_MS) {
        double unit = ticks.step_ns >= NS_PER_US ? NS_PER_MS : NS_PER_US;
        ticks.origin_ns = floor(start_ns / unit) * unit;
        ticks.digits = unit > NS_PER_US ? 3 : 6;
    } else {
        ticks.digits = ticks.step_ns >= NS_PER_S         ? 0
                       : ticks.step_ns >= NS_PER_S / 10  ? 1
                       : ticks.step_ns >= NS_PER_S / 100 ? 2
                                                         : 3;
    }
    return ticks;
}

static void label_of(const struct timeline_pane *pane, const struct ticks *ticks, double ns,
                     char *text, size_t size)
{
    if (ticks->step_ns >= NS_PER_MS) {
        double cycles = cycles_of(pane, ns) + 0.5;
        time_text_at((uint64_t)cycles, pane->hz, ticks->digits, text, size);
    } else if (ticks->step_ns >= NS_PER_US) {
        snprintf(text, size, "+%.0f \u00b5s", (ns - ticks->origin_ns) / NS_PER_US);
    } else {
        snprintf(text, size, "+%.0f ns", ns - ticks->origin_ns);
    }
}

static void draw_pill(const struct timeline_pane *pane, const struct timeline_layout *layout,
                      struct canvas *canvas, const struct ui_context *context)
{
    const color *colors = context->theme->colors;
    float height = canvas_line_height(canvas, CANVAS_SMALL) + 6;
    float width = 36 + canvas_text_width(canvas, CANVAS_SMALL, "held");
    struct rect pill = {layout->gutter.x + 8, layout->axis.y + (layout->axis.height - height) / 2,
                        width, height};
    float middle = pill.y + height / 2;
    float y = pill.y + (pill.height - canvas_line_height(canvas, CANVAS_SMALL)) / 2;
    if (pane->standing) {
        canvas_frame_round(canvas, pill, height / 2, 1, colors[THEME_BORDER]);
        canvas_fill(canvas, (struct rect){pill.x + 11, middle - 4, 3, 8}, colors[THEME_TEXT_DIM]);
        canvas_fill(canvas, (struct rect){pill.x + 16, middle - 4, 3, 8}, colors[THEME_TEXT_DIM]);
        canvas_text(canvas, CANVAS_SMALL, pill.x + 25, y, 0, CANVAS_LEFT, colors[THEME_TEXT_DIM],
                    "held");
    } else {
        canvas_fill_round(canvas, pill, height / 2, color_fade(colors[THEME_GOOD], 0x28));
        canvas_circle(canvas, pill.x + 14, middle, 4, colors[THEME_GOOD]);
        canvas_text(canvas, CANVAS_SMALL, pill.x + 25, y, 0, CANVAS_LEFT, colors[THEME_TEXT],
                    "live");
    }
}

void timeline_draw_axis(const struct timeline_pane *pane, const struct timeline_layout *layout,
                        struct canvas *canvas, const struct ui_context *context)
{
    const color *colors = context->theme->colors;
    const struct rect *axis = &layout->axis;
    struct ticks ticks = choose_ticks(pane, layout);
    double minor_ns = ticks.step_ns / ticks.minor;
    double first = ceil(layout->start * NS_PER_S / pane->hz / minor_ns);
    double count = layout->span * NS_PER_S / pane->hz / minor_ns;
    float ground = axis->y + axis->height - 1;
    char text[48];
    draw_pill(pane, layout, canvas, context);
    canvas_push_clip(
        canvas, (struct rect){axis->x, axis->y, axis->width, axis->height + layout->plot.height});
    canvas_fill(canvas, (struct rect){axis->x, ground, axis->width, 1}, colors[THEME_BORDER]);
    for (double i = 0; i <= count + 1; i++) {
        double ns = (first + i) * minor_ns;
        float x = timeline_x(layout, cycles_of(pane, ns));
        bool major = fmod(first + i, ticks.minor) == 0;
        if (ns < 0 || x > axis->x + axis->width) {
            continue;
        }
        canvas_fill(canvas, (struct rect){x, ground - (major ? 6 : 3), 1, major ? 6 : 3},
                    colors[THEME_BORDER]);
        if (major) {
            canvas_fill(canvas, (struct rect){x, layout->plot.y, 1, layout->plot.height},
                        colors[THEME_GRID]);
            label_of(pane, &ticks, ns, text, sizeof text);
            canvas_text(canvas, CANVAS_SMALL, x + 4,
                        ground - 4 - canvas_line_height(canvas, CANVAS_SMALL), 0, CANVAS_LEFT,
                        colors[THEME_TEXT_DIM], text);
        }
    }
    if (ticks.step_ns < NS_PER_MS) {
        time_text_at((uint64_t)(cycles_of(pane, ticks.origin_ns) + 0.5), pane->hz, ticks.digits,
                     text, sizeof text);
        canvas_text(canvas, CANVAS_SMALL, axis->x + 4, axis->y + 2, 0, CANVAS_LEFT,
                    colors[THEME_TEXT], text);
    }
    canvas_pop_clip(canvas);
}

/* ---- all that is kept, with a window over what is seen ---- */

static float overview_x(const struct timeline_pane *pane, const struct timeline_layout *layout,
                        double cycle)
{
    double begin = (double)pane->history.begin_cycle;
    double known = (double)pane->history.now_cycles - begin;
    double share = known > 0 ? (cycle - begin) / known : 0;
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return layout->overview.x + (float)share * layout->overview.width;
}

void timeline_draw_overview(const struct timeline_pane *pane, const struct timeline_layout *layout,
                            struct canvas *canvas, const struct ui_context *context)
{
    const color *colors = context->theme->colors;
    const struct view_history *history = &pane->history;
    struct rect strip = {layout->overview.x, layout->overview.y + 5, layout->overview.width,
                         layout->overview.height - 10};
    double known = (double)(history->now_cycles - history->begin_cycle);
    int columns = (int)(strip.width / 2);
    canvas_fill(canvas, strip, colors[THEME_GAP]);
    for (int i = 0; i < columns; i++) {
        double begin = (double)history->begin_cycle + known * i / columns;
        double end = (double)history->begin_cycle + known * (i + 1) / columns;
        bool coarse = end - begin > 2.0 * (1U << HISTORY_COARSE_SHIFT);
        uint64_t asleep =
            view_history_busy(history, HISTORY_SLEEP, (uint64_t)begin, (uint64_t)end, coarse);
        double busy = 1 - (double)asleep / (end - begin + 1);
        busy = busy < 0 ? 0 : busy > 1 ? 1 : busy;
        float height = (float)busy * strip.height;
        height = height < 1 ? 1 : height;
        canvas_fill(
            canvas,
            (struct rect){strip.x + 2 * (float)i, strip.y + strip.height - height, 2, height},
            color_fade(colors[THEME_KERNEL], 0x90));
    }
    float x0 = overview_x(pane, layout, layout->start);
    float x1 = overview_x(pane, layout, layout->start + layout->span);
    x1 = x1 < x0 + 4 ? x0 + 4 : x1;
    struct rect window = {x0, strip.y - 2, x1 - x0, strip.height + 4};
    canvas_fill(canvas, window, color_fade(colors[THEME_ACCENT], 0x20));
    canvas_frame_round(canvas, window, 2, 1, colors[THEME_ACCENT]);
    char text[48];
    char span[24];
    time_text_span((uint64_t)layout->span, pane->hz, span, sizeof span);
    snprintf(text, sizeof text, "%s across", span);
    canvas_text(canvas, CANVAS_SMALL, layout->gutter.x + layout->gutter.width - 8, strip.y - 2, 0,
                CANVAS_RIGHT, colors[THEME_TEXT_DIM], text);
}

/* ---- cursor and measure ---- */

static void draw_flag(const struct timeline_layout *layout, struct canvas *canvas, float x,
                      const char *text, color paint, color ink)
{
    float width = canvas_text_width(canvas, CANVAS_SMALL, text) + 10;
    float left = x - width / 2;
    float most = layout->axis.x + layout->axis.width - width;
    left = left > most ? most : left < layout->axis.x ? layout->axis.x : left;
    struct rect flag = {left, layout->axis.y, width, canvas_line_height(canvas, CANVAS_SMALL) + 3};
    canvas_fill_round(canvas, flag, 3, paint);
    canvas_text(canvas, CANVAS_SMALL, left + 5,
                flag.y + (flag.height - canvas_line_height(canvas, CANVAS_SMALL)) / 2, 0,
                CANVAS_LEFT, ink, text);
}

static void draw_line(const struct timeline_layout *layout, struct canvas *canvas, float x,
                      color paint)
{
    if (x >= layout->plot.x && x <= layout->plot.x + layout->plot.width) {
        canvas_fill(canvas, (struct rect){x, layout->plot.y, 1, layout->plot.height}, paint);
    }
}

static void draw_measure(const struct timeline_pane *pane, const struct timeline_layout *layout,
                         struct canvas *canvas, const struct ui_context *context)
{
    const color *colors = context->theme->colors;
    uint64_t from = pane->mark[0] < pane->mark[1] ? pane->mark[0] : pane->mark[1];
    uint64_t to = pane->mark[0] < pane->mark[1] ? pane->mark[1] : pane->mark[0];
    float x0 = timeline_x(layout, (double)from);
    float x1 = timeline_x(layout, (double)to);
    char span[24];
    char cycles[32];
    char text[120];
    canvas_fill(canvas, (struct rect){x0, layout->plot.y, x1 - x0, layout->plot.height},
                color_fade(colors[THEME_ACCENT], 0x18));
    draw_line(layout, canvas, x0, colors[THEME_ACCENT]);
    draw_line(layout, canvas, x1, colors[THEME_ACCENT]);
    time_text_span(to - from, pane->hz, span, sizeof span);
    time_text_number(to - from, cycles, sizeof cycles);
    if (to > from) {
        snprintf(text, sizeof text, "\u0394 %s  (%s cycles, %.6g Hz)", span, cycles,
                 (double)pane->hz / (double)(to - from));
    } else {
        snprintf(text, sizeof text, "\u0394 0");
    }
    draw_flag(layout, canvas, (x0 + x1) / 2, text, colors[THEME_ACCENT],
              colors[THEME_TEXT_ON_ACCENT]);
}

void timeline_draw_cursor(const struct timeline_pane *pane, const struct timeline_layout *layout,
                          struct canvas *canvas, const struct ui_context *context)
{
    const color *colors = context->theme->colors;
    const struct rect *plot = &layout->plot;
    canvas_push_clip(canvas, (struct rect){plot->x, layout->axis.y, plot->width,
                                           layout->axis.height + plot->height});
    bool inside = context->mouse_x >= plot->x && context->mouse_x < plot->x + plot->width &&
                  context->mouse_y >= layout->axis.y && context->mouse_y < plot->y + plot->height;
    double cycle = timeline_cycle(layout, context->mouse_x);
    if (inside && cycle >= 0) {
        char text[48];
        double per_point = layout->span * NS_PER_S / pane->hz / (double)plot->width;
        uint32_t digits = per_point >= NS_PER_MS ? 3 : per_point >= NS_PER_US ? 6 : 9;
        draw_line(layout, canvas, context->mouse_x, color_fade(colors[THEME_TEXT], 0x80));
        time_text_at((uint64_t)cycle, pane->hz, digits, text, sizeof text);
        if (!(pane->has_mark[0] && pane->has_mark[1])) { /* the measure's is there */
            draw_flag(layout, canvas, context->mouse_x, text, colors[THEME_PANE_RAISED],
                      colors[THEME_TEXT]);
        }
    }
    if (pane->has_mark[0] && pane->has_mark[1]) {
        draw_measure(pane, layout, canvas, context);
    } else if (pane->has_mark[0]) {
        float x = timeline_x(layout, (double)pane->mark[0]);
        draw_line(layout, canvas, x, colors[THEME_ACCENT]);
        draw_flag(layout, canvas, x, "mark", colors[THEME_ACCENT], colors[THEME_TEXT_ON_ACCENT]);
    }
    canvas_pop_clip(canvas);
}
