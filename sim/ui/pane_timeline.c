/* The last seconds as lanes, from all that is kept down to single cycles. */
#include <math.h>
#include <string.h>

#include "sim/ui/panes.h"
#include "sim/ui/timeline_view.h"

#define WHEEL_FACTOR 1.25
#define KEY_FACTOR   1.6
#define PAN_SHARE    0.15
#define CLICK_SLACK  4.0F
#define USUAL_LINE   16.0F /* points: a line of the usual type */

static void take(void *state, const struct view_frame *frame)
{
    struct timeline_pane *pane = state;
    pane->names = frame->timeline.names != NULL ? frame->timeline.names : pane->names;
    pane->hz = frame->clock.cpu_hz > 0 ? frame->clock.cpu_hz : 1;
    view_history_take(&pane->history, &frame->timeline, frame->clock.now_cycles);
}

static void draw(void *state, struct canvas *canvas, struct rect area,
                 const struct ui_context *context)
{
    struct timeline_pane *pane = state;
    struct timeline_layout layout;
    pane->type = canvas_line_height(canvas, CANVAS_SANS) / USUAL_LINE;
    if (pane->names == NULL) {
        canvas_text(canvas, CANVAS_SANS, area.x + area.width / 2, area.y + area.height / 2 - 8,
                    area.width, CANVAS_CENTRE, context->theme->colors[THEME_TEXT_DIM],
                    "nothing has run yet");
        return;
    }
    timeline_lay_out(pane, area, &layout);
    timeline_draw_axis(pane, &layout, canvas, context);
    timeline_draw_lanes(pane, &layout, canvas, context);
    timeline_draw_overview(pane, &layout, canvas, context);
    timeline_draw_cursor(pane, &layout, canvas, context);
    timeline_draw_card(pane, &layout, canvas, context);
}

static void close(void *state)
{
    struct timeline_pane *pane = state;
    view_history_free(&pane->history);
}

static uint64_t cycle_at(const struct timeline_pane *pane, const struct timeline_layout *layout,
                         float x)
{
    double cycle = timeline_cycle(layout, x) + 0.5;
    double most = (double)pane->history.now_cycles;
    cycle = cycle < most ? cycle : most;
    return cycle > 0 ? (uint64_t)cycle : 0;
}

/* ---- mouse ---- */

static void show_overview(struct timeline_pane *pane, const struct timeline_layout *layout, float x)
{
    double share = (double)(x - layout->overview.x) / (double)layout->overview.width;
    double known = (double)(pane->history.now_cycles - pane->history.begin_cycle);
    double centre = (double)pane->history.begin_cycle + known * share;
    timeline_pan(pane, layout, centre - layout->start - layout->span / 2);
}

static bool mouse_down(struct timeline_pane *pane, const struct timeline_layout *layout,
                       const struct ui_event *event)
{
    size_t row = timeline_row_at(pane, layout, event->y);
    pane->row = row < layout->lane_count ? row : pane->row;
    pane->dragged = false;
    pane->drag_x = event->x;
    pane->drag_end = layout->start + layout->span;
    if (event->x < layout->gutter.x + layout->gutter.width && event->y < layout->gutter.y) {
        if (pane->standing) {
            timeline_follow(pane);
        } else {
            timeline_pan(pane, layout, 0);
        }
    } else if (rect_holds(layout->overview, event->x, event->y)) {
        pane->drag = TIMELINE_OVERVIEWS;
        show_overview(pane, layout, event->x);
    } else if ((event->modifiers & UI_SHIFT) != 0 || event->button == 3 ||
               rect_holds(layout->axis, event->x, event->y)) {
        pane->drag = TIMELINE_MEASURES;
        pane->mark[0] = cycle_at(pane, layout, event->x);
        pane->has_mark[0] = false;
        pane->has_mark[1] = false;
    } else if (rect_holds(layout->plot, event->x, event->y)) {
        pane->drag = TIMELINE_PANS;
    }
    return true;
}

static bool mouse_move(struct timeline_pane *pane, const struct timeline_layout *layout,
                       const struct ui_event *event)
{
    double per_point = layout->span / (double)layout->plot.width;
    pane->dragged = pane->dragged || fabsf(event->x - pane->drag_x) > CLICK_SLACK;
    switch (pane->drag) {
    case TIMELINE_NO_DRAG:
        return false;
    case TIMELINE_PANS:
        if (pane->dragged) {
            double end = pane->drag_end - (double)(event->x - pane->drag_x) * per_point;
            timeline_pan(pane, layout, end - layout->start - layout->span);
        }
        break;
    case TIMELINE_MEASURES:
        pane->has_mark[0] = true;
        pane->has_mark[1] = true;
        pane->mark[1] = cycle_at(pane, layout, event->x);
        break;
    case TIMELINE_OVERVIEWS:
        show_overview(pane, layout, event->x);
        break;
    }
    return true;
}

static bool mouse_up(struct timeline_pane *pane, const struct timeline_layout *layout,
                     const struct ui_event *event)
{
    if (pane->drag == TIMELINE_PANS && !pane->dragged) {
        pane->choice = timeline_pick(pane, layout, event->x, event->y);
        pane->card = pane->choice.kind != TIMELINE_NOTHING;
    } else if (pane->drag == TIMELINE_MEASURES && !pane->dragged) {
        pane->has_mark[0] = false;
        pane->has_mark[1] = false;
    }
    pane->drag = TIMELINE_NO_DRAG;
    return true;
}

static bool wheel(struct timeline_pane *pane, const struct timeline_layout *layout,
                  const struct ui_event *event)
{
    double notches = (double)event->delta_y;
    if (event->x < layout->gutter.x + layout->gutter.width) {
        pane->scroll = fminf(pane->scroll, layout->scroll_max) - event->delta_y * layout->row;
        pane->scroll = fmaxf(0, fminf(pane->scroll, layout->scroll_max));
        return true;
    }
    if ((event->modifiers & UI_SHIFT) != 0 || event->delta_x != 0) {
        double along = event->delta_x != 0 ? (double)event->delta_x : -notches;
        timeline_pan(pane, layout, along * PAN_SHARE * layout->span);
    } else if (notches != 0) {
        timeline_zoom(pane, layout, timeline_cycle(layout, event->x), pow(WHEEL_FACTOR, -notches));
    }
    return true;
}

/* ---- keys ---- */

/* Where the keyboard's zoom and marks are: what is chosen if it is seen, else the middle; the right
 * edge while it follows. */
static double key_cycle(const struct timeline_pane *pane, const struct timeline_layout *layout)
{
    double chosen = (double)pane->choice.cycle;
    if (pane->choice.kind != TIMELINE_NOTHING && chosen >= layout->start &&
        chosen <= layout->start + layout->span) {
        return chosen;
    }
    return layout->start + layout->span * (pane->standing ? 0.5 : 1);
}

static void choose_row(struct timeline_pane *pane, const struct timeline_layout *layout, int by)
{
    long row = (long)pane->row + by;
    long last = (long)layout->lane_count - 1;
    row = row > last ? last : row;
    pane->row = row < 0 ? 0 : (size_t)row;
    float y = layout->row * (float)pane->row;
    pane->scroll = fminf(pane->scroll, y);
    pane->scroll = fmaxf(pane->scroll, y + layout->row - layout->plot.height);
    pane->scroll = fmaxf(0, pane->scroll);
}

static void step_event(struct timeline_pane *pane, const struct timeline_layout *layout,
                       bool forward)
{
    uint64_t number = 0;
    if (pane->row >= layout->lane_count) {
        return;
    }
    uint16_t lane = layout->lanes[pane->row];
    double from = key_cycle(pane, layout);
    uint64_t cycle = from > 0 ? (uint64_t)from : 0;
    bool found = forward ? view_history_next(&pane->history, lane, cycle, &number)
                         : view_history_previous(&pane->history, lane, cycle, &number);
    if (found) {
        const struct view_event *event = view_history_event(&pane->history, number);
        pane->choice = timeline_choose(lane, number, event);
        timeline_show(pane, layout, event->cycle);
    }
}

static void set_mark(struct timeline_pane *pane, const struct timeline_layout *layout,
                     const struct ui_context *context)
{
    bool mouse = rect_holds(layout->plot, context->mouse_x, context->mouse_y);
    double at = mouse ? timeline_cycle(layout, context->mouse_x) : key_cycle(pane, layout);
    size_t which = pane->has_mark[0] && !pane->has_mark[1] ? 1 : 0;
    pane->has_mark[1] = which == 1;
    pane->has_mark[0] = true;
    pane->mark[which] = at > 0 ? (uint64_t)(at + 0.5) : 0;
}

static bool escape(struct timeline_pane *pane)
{
    bool any = pane->card || pane->has_mark[0] || pane->choice.kind != TIMELINE_NOTHING;
    pane->card = false;
    pane->choice = (struct timeline_choice){.kind = TIMELINE_NOTHING};
    pane->has_mark[0] = false;
    pane->has_mark[1] = false;
    return any;
}

static bool key(struct timeline_pane *pane, const struct timeline_layout *layout,
                const struct ui_event *event, const struct ui_context *context)
{
    double cycle = key_cycle(pane, layout);
    if (!context->focused || (event->modifiers & (UI_CTRL | UI_ALT)) != 0) {
        return false;
    }
    switch (event->key) {
    case UI_KEY_LEFT:
        timeline_pan(pane, layout, -PAN_SHARE * layout->span);
        return true;
    case UI_KEY_RIGHT:
        timeline_pan(pane, layout, PAN_SHARE * layout->span);
        return true;
    case UI_KEY_UP_ARROW:
        choose_row(pane, layout, -1);
        return true;
    case UI_KEY_DOWN_ARROW:
        choose_row(pane, layout, 1);
        return true;
    case '+':
    case '=':
        timeline_zoom(pane, layout, cycle, 1 / KEY_FACTOR);
        return true;
    case '-':
        timeline_zoom(pane, layout, cycle, KEY_FACTOR);
        return true;
    case UI_KEY_HOME:
        timeline_pan(pane, layout, (double)pane->history.begin_cycle - layout->start);
        return true;
    case UI_KEY_END:
        timeline_follow(pane);
        return true;
    case 'f':
        timeline_fit(pane);
        return true;
    case 'n':
        step_event(pane, layout, true);
        return true;
    case 'p':
        step_event(pane, layout, false);
        return true;
    case 'm':
        set_mark(pane, layout, context);
        return true;
    case UI_KEY_ENTER:
        pane->card = !pane->card && pane->choice.kind != TIMELINE_NOTHING;
        return true;
    case UI_KEY_ESCAPE:
        return escape(pane);
    default:
        return false;
    }
}

static bool take_event(void *state, struct rect area, const struct ui_event *event,
                       const struct ui_context *context)
{
    struct timeline_pane *pane = state;
    struct timeline_layout layout;
    if (pane->names == NULL) {
        return false;
    }
    timeline_lay_out(pane, area, &layout);
    switch (event->kind) {
    case UI_MOUSE_DOWN:
        return mouse_down(pane, &layout, event);
    case UI_MOUSE_MOVE:
        return mouse_move(pane, &layout, event);
    case UI_MOUSE_UP:
        return mouse_up(pane, &layout, event);
    case UI_WHEEL:
        return wheel(pane, &layout, event);
    case UI_KEY_DOWN:
        return key(pane, &layout, event, context);
    case UI_LET_GO:
        pane->drag = TIMELINE_NO_DRAG;
        return false;
    case UI_KEY_UP:
    case UI_TEXT:
        return false;
    }
    return false;
}

static const struct pane_key keys[] = {
    {"Left, Right", "earlier, later"},
    {"+, -", "show less time, more time"},
    {"F", "show all that is kept"},
    {"Home, End", "to the beginning; to the present, and follow it"},
    {"Up, Down", "choose a lane"},
    {"N, P", "next, previous event of the lane"},
    {"Enter", "details of what is chosen"},
    {"M", "set a mark; a second one measures the time between"},
    {"Esc", "no details, no marks"},
    {"Wheel", "zoom; with Shift: earlier, later; over the names: scroll"},
    {"Drag", "earlier, later; with Shift or on the axis: measure"},
    {NULL, NULL},
};

const struct pane_class pane_timeline = {
    .name = "timeline",
    .title = "Timeline",
    .minimum_width = 320,
    .minimum_height = 140,
    .state_bytes = sizeof(struct timeline_pane),
    .take = take,
    .draw = draw,
    .event = take_event,
    .close = close,
    .keys = keys,
};
