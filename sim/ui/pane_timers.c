/* Everything that counts, as bars that empty: the apps' alarms, then the hardware, soonest first.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/ui/panes.h"
#include "sim/ui/time_text.h"

#define MARGIN     12.0F
#define BAR        4.0F
#define GAP        4.0F
#define HEADING    6.0F /* above and below its text */
#define UNIT_WIDTH 30.0F
#define SCROLL_BAR 4.0F

struct timers_pane {
    float scroll;
};

struct drawing {
    const struct view_frame *frame;
    struct canvas *canvas;
    const color *colors;
    const struct ui_context *context;
    float x, width; /* of the rows' content */
};

static const char *const headings[] = {[VIEW_TIMER_ALARM] = "Alarms of the apps",
                                       [VIEW_TIMER_DEVICE] = "Hardware",
                                       [VIEW_TIMER_RUNS] = "Counts, with nothing set"};

static float row_height(const struct canvas *canvas, enum view_timer_kind kind)
{
    float first = canvas_line_height(canvas, CANVAS_SANS);
    if (kind == VIEW_TIMER_RUNS) {
        return first + 2 * GAP;
    }
    return first + canvas_line_height(canvas, CANVAS_SMALL) + BAR + 4 * GAP;
}

static float heading_height(const struct canvas *canvas)
{
    return canvas_line_height(canvas, CANVAS_SMALL) + 2 * HEADING;
}

static size_t count_kind(const struct view_timers *timers, enum view_timer_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < timers->count; i++) {
        count += timers->timers[i].kind == kind;
    }
    return count;
}

static float content_height(const struct canvas *canvas, const struct view_timers *timers)
{
    float height = 2 * GAP;
    for (enum view_timer_kind kind = VIEW_TIMER_ALARM; kind <= VIEW_TIMER_RUNS; kind++) {
        size_t count = count_kind(timers, kind);
        height += count == 0 ? 0 : heading_height(canvas) + (float)count * row_height(canvas, kind);
    }
    return height + (timers->left_out > 0 ? row_height(canvas, VIEW_TIMER_RUNS) : 0);
}

static color paint_of(const struct drawing *d, const struct view_timer *timer)
{
    if (timer->kind == VIEW_TIMER_ALARM) {
        return theme_process(d->context->theme, (uint32_t)timer->process);
    }
    return d->colors[strstr(timer->effect, "reset") != NULL ? THEME_WARNING : THEME_ACCENT];
}

/* The number flush right and the unit behind it: digits keep their places while they count. */
static void draw_left(const struct drawing *d, const struct view_timer *timer, float y)
{
    float right = d->x + d->width;
    uint64_t now = d->frame->clock.now_cycles;
    char text[32];
    if (timer->due_cycles == UINT64_MAX) {
        canvas_text(d->canvas, CANVAS_MONO, right, y, 0, CANVAS_RIGHT, d->colors[THEME_TEXT_DIM],
                    "never");
        return;
    }
    if (timer->due_cycles <= now) {
        canvas_text(d->canvas, CANVAS_MONO, right, y, 0, CANVAS_RIGHT, d->colors[THEME_TEXT],
                    "due");
        return;
    }
    time_text_span(timer->due_cycles - now, d->frame->clock.cpu_hz, text, sizeof text);
    char *unit = strchr(text, ' ');
    if (unit != NULL) {
        *unit++ = '\0';
        canvas_text(d->canvas, CANVAS_SMALL, right - UNIT_WIDTH + 5, y + 2, UNIT_WIDTH, CANVAS_LEFT,
                    d->colors[THEME_TEXT_DIM], unit);
    }
    canvas_text(d->canvas, CANVAS_MONO, right - UNIT_WIDTH, y, 0, CANVAS_RIGHT,
                d->colors[THEME_TEXT], text);
}

static void draw_bar(const struct drawing *d, const struct view_timer *timer, float y)
{
    uint64_t now = d->frame->clock.now_cycles;
    struct rect track = {d->x, y, d->width, BAR};
    canvas_fill_round(d->canvas, track, BAR / 2, d->colors[THEME_GRID]);
    if (timer->due_cycles == UINT64_MAX || timer->due_cycles <= now ||
        timer->begun_cycles >= timer->due_cycles) {
        return;
    }
    double whole = (double)(timer->due_cycles - timer->begun_cycles);
    double left = (double)(timer->due_cycles - now) / whole;
    left = left > 1 ? 1 : left;
    track.width = fmaxf(BAR, (float)left * d->width);
    canvas_fill_round(d->canvas, track, BAR / 2, paint_of(d, timer));
}

static void draw_names(const struct drawing *d, const struct view_timer *timer, float y, float room,
                       color paint)
{
    float used = canvas_text(d->canvas, CANVAS_SANS, d->x + 16, y, room - 16, CANVAS_LEFT, paint,
                             timer->owner);
    float left = room - 16 - used - 8;
    if (left > 24) {
        canvas_text(d->canvas, CANVAS_SANS, d->x + 16 + used + 8, y, left, CANVAS_LEFT,
                    d->colors[THEME_TEXT_DIM], timer->what);
    }
}

/* A square for an app, a triangle where it ends in a reset, else a disc: kinds have shapes. */
static void draw_sign(const struct drawing *d, const struct view_timer *timer, float y)
{
    float middle = y + canvas_line_height(d->canvas, CANVAS_SANS) / 2;
    color paint = paint_of(d, timer);
    if (timer->kind == VIEW_TIMER_ALARM) {
        canvas_fill_round(d->canvas, (struct rect){d->x, middle - 4, 8, 8}, 2, paint);
    } else if (strstr(timer->effect, "reset") != NULL) {
        const float triangle[6] = {d->x + 4,   middle - 5, d->x + 9,
                                   middle + 4, d->x - 1,   middle + 4};
        canvas_polygon(d->canvas, triangle, 3, paint);
    } else {
        canvas_circle(d->canvas, d->x + 4, middle, 4, paint);
    }
}

static void draw_timer(const struct drawing *d, const struct view_timer *timer, float y)
{
    float first = canvas_line_height(d->canvas, CANVAS_SANS);
    float second = canvas_line_height(d->canvas, CANVAS_SMALL);
    float number = canvas_text_width(d->canvas, CANVAS_MONO, "000.000") + UNIT_WIDTH + 8;
    char text[64];
    float effect_room = d->width - 16;
    y += GAP;
    draw_sign(d, timer, y);
    draw_names(d, timer, y, d->width - number, d->colors[THEME_TEXT]);
    draw_left(d, timer, y);
    y += first + 1;
    if (timer->period_cycles != 0) {
        char span[32];
        time_text_span(timer->period_cycles, d->frame->clock.cpu_hz, span, sizeof span);
        snprintf(text, sizeof text, "every %s", span);
        effect_room -= 8 + canvas_text(d->canvas, CANVAS_SMALL, d->x + d->width, y, 0, CANVAS_RIGHT,
                                       d->colors[THEME_TEXT_DIM], text);
    }
    canvas_text(d->canvas, CANVAS_SMALL, d->x + 16, y, effect_room, CANVAS_LEFT,
                d->colors[THEME_TEXT_DIM], timer->effect);
    draw_bar(d, timer, y + second + GAP);
}

static void draw_runs(const struct drawing *d, const struct view_timer *timer, float y)
{
    char count[32];
    y += GAP;
    time_text_number(timer->count, count, sizeof count);
    float used = canvas_text(d->canvas, CANVAS_MONO, d->x + d->width, y, 0, CANVAS_RIGHT,
                             d->colors[THEME_TEXT_DIM], count);
    float middle = y + canvas_line_height(d->canvas, CANVAS_SANS) / 2;
    canvas_ring(d->canvas, d->x + 4, middle, 3.5F, 1, d->colors[THEME_TEXT_DIM]);
    canvas_text(d->canvas, CANVAS_SANS, d->x + 16, y, d->width - 16 - used - 8, CANVAS_LEFT,
                d->colors[THEME_TEXT_DIM], timer->owner);
}

/* Returns where the next group begins. */
static float draw_group(const struct drawing *d, enum view_timer_kind kind, float y)
{
    const struct view_timers *timers = &d->frame->timers;
    if (count_kind(timers, kind) == 0) {
        return y;
    }
    canvas_text(d->canvas, CANVAS_SMALL, d->x, y + HEADING, d->width, CANVAS_LEFT,
                d->colors[THEME_TEXT_DIM], headings[kind]);
    y += heading_height(d->canvas);
    for (size_t i = 0; i < timers->count; i++) {
        if (timers->timers[i].kind != kind) {
            continue;
        }
        if (kind == VIEW_TIMER_RUNS) {
            draw_runs(d, &timers->timers[i], y);
        } else {
            draw_timer(d, &timers->timers[i], y);
        }
        y += row_height(d->canvas, kind);
    }
    return y;
}

static void draw_scroll_bar(const struct drawing *d, const struct rect *area, float scroll,
                            float content)
{
    float length = area->height * area->height / content;
    float at = area->y + scroll / content * area->height;
    struct rect bar = {area->x + area->width - SCROLL_BAR - 2, at, SCROLL_BAR, length};
    canvas_fill_round(d->canvas, bar, SCROLL_BAR / 2, d->colors[THEME_BORDER]);
}

static void draw(void *state, struct canvas *canvas, struct rect area,
                 const struct ui_context *context)
{
    struct timers_pane *pane = state;
    const struct view_timers *timers = &context->frame->timers;
    struct drawing d = {.frame = context->frame,
                        .canvas = canvas,
                        .colors = context->theme->colors,
                        .context = context,
                        .x = area.x + MARGIN,
                        .width = area.width - 2 * MARGIN};
    float content = content_height(canvas, timers);
    float most = content > area.height ? content - area.height : 0;
    pane->scroll = fminf(pane->scroll, most);
    if (timers->count == 0) {
        canvas_text(canvas, CANVAS_SANS, area.x + area.width / 2, area.y + area.height / 2 - 8,
                    area.width, CANVAS_CENTRE, d.colors[THEME_TEXT_DIM], "nothing counts");
        return;
    }
    canvas_push_clip(canvas, area);
    float y = area.y + GAP - pane->scroll;
    for (enum view_timer_kind kind = VIEW_TIMER_ALARM; kind <= VIEW_TIMER_RUNS; kind++) {
        y = draw_group(&d, kind, y);
    }
    if (timers->left_out > 0) {
        char text[40];
        snprintf(text, sizeof text, "and %zu more", timers->left_out);
        canvas_text(canvas, CANVAS_SANS, d.x + 16, y + GAP, d.width, CANVAS_LEFT,
                    d.colors[THEME_TEXT_DIM], text);
    }
    if (most > 0) {
        draw_scroll_bar(&d, &area, pane->scroll, content);
    }
    canvas_pop_clip(canvas);
}

static bool scroll_by(struct timers_pane *pane, float points)
{
    pane->scroll = fmaxf(0, pane->scroll + points); /* drawing knows how far it can go */
    return true;
}

static bool take_event(void *state, struct rect area, const struct ui_event *event,
                       const struct ui_context *context)
{
    struct timers_pane *pane = state;
    if (event->kind == UI_WHEEL) {
        return scroll_by(pane, -40 * event->delta_y);
    }
    if (event->kind != UI_KEY_DOWN || !context->focused ||
        (event->modifiers & (UI_CTRL | UI_ALT)) != 0) {
        return false;
    }
    switch (event->key) {
    case UI_KEY_UP_ARROW:
        return scroll_by(pane, -40);
    case UI_KEY_DOWN_ARROW:
        return scroll_by(pane, 40);
    case UI_KEY_PAGE_UP:
        return scroll_by(pane, -area.height);
    case UI_KEY_PAGE_DOWN:
        return scroll_by(pane, area.height);
    case UI_KEY_HOME:
        return scroll_by(pane, -pane->scroll);
    case UI_KEY_END:
        return scroll_by(pane, 1e6F);
    default:
        return false;
    }
}

static const struct pane_key keys[] = {{"Up, Down", "scroll"},
                                       {"PgUp, PgDn", "scroll by a page"},
                                       {"Home, End", "first, last"},
                                       {NULL, NULL}};

const struct pane_class pane_timers = {
    .name = "timers",
    .title = "Timers",
    .minimum_width = 220,
    .minimum_height = 100,
    .state_bytes = sizeof(struct timers_pane),
    .draw = draw,
    .event = take_event,
    .keys = keys,
};
