#include "sim/ui/timeline_view.h"

#include <math.h>
#include <string.h>

#define FIRST_SPAN_S 1.5
#define LEAST_SPAN_S 0.05
#define TOLERANCE    4.0F
#define NARROW       480.0F
/* At the usual size of type: */
#define GUTTER        168.0F
#define GUTTER_NARROW 118.0F
#define AXIS          34.0F
#define OVERVIEW      18.0F
#define ROW           22.0F
#define BLOCK         13.0F

#define MARGIN_SHARE 0.1

static void add_lane(const struct timeline_pane *pane, struct timeline_layout *layout,
                     uint16_t lane)
{
    if (pane->history.lanes[lane].seen) {
        layout->lanes[layout->lane_count++] = lane;
    }
}

/* Who has the core, what interrupts it, what it does to the world. */
static void order_lanes(const struct timeline_pane *pane, struct timeline_layout *layout)
{
    layout->lane_count = 0;
    add_lane(pane, layout, HISTORY_KERNEL);
    for (uint16_t i = HISTORY_PROCESS; i < HISTORY_EXCEPTION; i++) {
        add_lane(pane, layout, i);
    }
    add_lane(pane, layout, HISTORY_SLEEP);
    for (uint16_t i = HISTORY_EXCEPTION; i < HISTORY_LANES; i++) {
        add_lane(pane, layout, i);
    }
}

static double known_span(const struct timeline_pane *pane)
{
    double known = (double)(pane->history.now_cycles - pane->history.begin_cycle);
    return known > TIMELINE_SPAN_MIN ? known : TIMELINE_SPAN_MIN;
}

static double span_of(const struct timeline_pane *pane)
{
    double most = FIRST_SPAN_S * pane->hz;
    double least = LEAST_SPAN_S * pane->hz;
    double known = known_span(pane);
    known = known < least ? least : known < most ? known : most;
    return pane->span > 0 ? pane->span : known;
}

void timeline_lay_out(const struct timeline_pane *pane, struct rect area,
                      struct timeline_layout *layout)
{
    float type = pane->type > 1 ? pane->type : 1;
    float gutter = (area.width < NARROW ? GUTTER_NARROW : GUTTER) * type;
    float axis = AXIS * type;
    float overview = OVERVIEW * type;
    gutter = gutter < area.width / 2 ? gutter : area.width / 2;
    float width = area.width - gutter > 1 ? area.width - gutter : 1;
    float height = area.height - axis - overview > 1 ? area.height - axis - overview : 1;
    layout->row = ROW * type;
    layout->block = BLOCK * type;
    layout->axis = (struct rect){area.x + gutter, area.y, width, axis};
    layout->gutter = (struct rect){area.x, area.y + axis, gutter, height};
    layout->plot = (struct rect){area.x + gutter, area.y + axis, width, height};
    layout->overview = (struct rect){area.x + gutter, area.y + axis + height, width, overview};
    layout->span = span_of(pane);
    double end = pane->standing ? pane->end : (double)pane->history.now_cycles;
    layout->start = end - layout->span;
    order_lanes(pane, layout);
    float all = layout->row * (float)layout->lane_count;
    layout->scroll_max = all > height ? all - height : 0;
}

float timeline_x(const struct timeline_layout *layout, double cycle)
{
    double x = (cycle - layout->start) / layout->span * (double)layout->plot.width;
    x = x < -1e5 ? -1e5 : x > 1e5 ? 1e5 : x;
    return layout->plot.x + (float)x;
}

double timeline_cycle(const struct timeline_layout *layout, float x)
{
    return layout->start + (double)(x - layout->plot.x) / (double)layout->plot.width * layout->span;
}

static float scroll_of(const struct timeline_pane *pane, const struct timeline_layout *layout)
{
    return pane->scroll < layout->scroll_max ? pane->scroll : layout->scroll_max;
}

float timeline_row_y(const struct timeline_pane *pane, const struct timeline_layout *layout,
                     size_t row)
{
    return layout->plot.y + layout->row * (float)row - scroll_of(pane, layout);
}

size_t timeline_row_at(const struct timeline_pane *pane, const struct timeline_layout *layout,
                       float y)
{
    if (y < layout->plot.y || y >= layout->plot.y + layout->plot.height) {
        return layout->lane_count;
    }
    size_t row = (size_t)((y - layout->plot.y + scroll_of(pane, layout)) / layout->row);
    return row < layout->lane_count ? row : layout->lane_count;
}

color timeline_color(const struct theme *theme, uint16_t lane)
{
    if (lane == HISTORY_KERNEL) {
        return theme->colors[THEME_KERNEL];
    }
    if (lane == HISTORY_SLEEP) {
        return theme->colors[THEME_SLEEP];
    }
    if (lane < HISTORY_EXCEPTION) {
        return theme_process(theme, (uint32_t)lane - HISTORY_PROCESS);
    }
    return theme->colors[lane < HISTORY_PIN ? THEME_INTERRUPT : THEME_HIGH];
}

void timeline_lane_name(const struct timeline_pane *pane, uint16_t lane, char *text, size_t size)
{
    enum view_lane_kind kind = VIEW_LANE_PIN;
    uint16_t first = HISTORY_PIN;
    if (lane <= HISTORY_SLEEP) {
        kind = lane == HISTORY_KERNEL ? VIEW_LANE_KERNEL : VIEW_LANE_SLEEP;
        first = lane;
    } else if (lane < HISTORY_EXCEPTION) {
        kind = VIEW_LANE_PROCESS;
        first = HISTORY_PROCESS;
    } else if (lane < HISTORY_PIN) {
        kind = VIEW_LANE_EXCEPTION;
        first = HISTORY_EXCEPTION;
    }
    view_names_lane(pane->names, (uint8_t)kind, (uint16_t)(lane - first), text, size);
}

/* ---- moving ---- */

/* Something known stays in sight; at the right edge it follows again. */
static void set_end(struct timeline_pane *pane, double end)
{
    double span = span_of(pane);
    double now = (double)pane->history.now_cycles;
    double least = (double)pane->history.begin_cycle + span * (1 - MARGIN_SHARE);
    double most = now + span * MARGIN_SHARE;
    end = end < least ? least : end;
    pane->end = end > most ? most : end;
}

void timeline_pan(struct timeline_pane *pane, const struct timeline_layout *layout, double cycles)
{
    double end = layout->start + layout->span + cycles;
    pane->span = layout->span;
    if (end >= (double)pane->history.now_cycles && cycles > 0) {
        timeline_follow(pane);
        return;
    }
    pane->standing = true;
    set_end(pane, end);
}

static double limit_span(const struct timeline_pane *pane, double span)
{
    double most = known_span(pane) * 1.25;
    double least = FIRST_SPAN_S * pane->hz;
    most = most > least ? most : least;
    span = span < most ? span : most;
    return span > TIMELINE_SPAN_MIN ? span : TIMELINE_SPAN_MIN;
}

void timeline_zoom(struct timeline_pane *pane, const struct timeline_layout *layout, double cycle,
                   double factor)
{
    double share = (cycle - layout->start) / layout->span;
    bool at_edge = !pane->standing && share > 0.98;
    pane->span = limit_span(pane, layout->span * factor);
    if (!at_edge) {
        pane->standing = true;
        set_end(pane, cycle + (1 - share) * pane->span);
    }
}

void timeline_fit(struct timeline_pane *pane)
{
    pane->span = known_span(pane);
    pane->standing = true;
    pane->end = (double)pane->history.now_cycles;
}

void timeline_follow(struct timeline_pane *pane)
{
    pane->standing = false;
}

void timeline_show(struct timeline_pane *pane, const struct timeline_layout *layout, uint64_t cycle)
{
    double at = (double)cycle;
    pane->span = layout->span;
    if (at < layout->start + layout->span * MARGIN_SHARE ||
        at > layout->start + layout->span * (1 - MARGIN_SHARE)) {
        pane->standing = true;
        set_end(pane, at + layout->span / 2);
    } else if (!pane->standing) {
        pane->standing = true; /* what was asked for does not run away */
        pane->end = layout->start + layout->span;
    }
}

/* ---- picking ---- */

bool timeline_is_special(const struct view_event *event)
{
    return event->kind == VIEW_EVENT_FAULT || event->kind == VIEW_EVENT_START ||
           event->kind == VIEW_EVENT_RESET;
}

struct timeline_choice timeline_choose(uint16_t lane, uint64_t number,
                                       const struct view_event *event)
{
    struct timeline_choice choice = {
        .kind = TIMELINE_STRETCH, .lane = lane, .cycle = event->cycle, .number = number};
    if (event->kind == VIEW_EVENT_CALL) {
        choice.kind = TIMELINE_CALL;
    } else if (timeline_is_special(event) || event->kind == VIEW_EVENT_UPCALL ||
               event->kind == VIEW_EVENT_END) {
        choice.kind = TIMELINE_EVENT;
    }
    return choice;
}

/* The event of the lane that is nearest to a place; special ones win. */
static bool pick_event(const struct timeline_pane *pane, uint16_t lane, uint64_t from, uint64_t to,
                       struct timeline_choice *choice)
{
    const struct view_history *history = &pane->history;
    bool found = false;
    bool special = false;
    for (uint64_t n = view_history_find(history, from); n < history->end && !special; n++) {
        const struct view_event *event = view_history_event(history, n);
        if (event->cycle > to) {
            break;
        }
        if (view_history_lane_of(event) == lane && event->kind != VIEW_EVENT_SYNC &&
            (!found || timeline_is_special(event))) {
            special = timeline_is_special(event);
            *choice = timeline_choose(lane, n, event);
            found = true;
        }
    }
    return found;
}

/* The system call that the process is in at this cycle. */
static bool pick_call(const struct timeline_pane *pane, uint16_t lane, uint64_t cycle,
                      struct timeline_choice *choice)
{
    uint64_t number = 0;
    if (lane < HISTORY_PROCESS || lane >= HISTORY_EXCEPTION ||
        !view_history_call(&pane->history, (uint16_t)(lane - HISTORY_PROCESS), cycle, &number)) {
        return false;
    }
    *choice = timeline_choose(lane, number, view_history_event(&pane->history, number));
    return true;
}

struct timeline_choice timeline_pick(const struct timeline_pane *pane,
                                     const struct timeline_layout *layout, float x, float y)
{
    struct timeline_choice choice = {.kind = TIMELINE_NOTHING};
    size_t row = timeline_row_at(pane, layout, y);
    double cycle = timeline_cycle(layout, x);
    double slack = layout->span / (double)layout->plot.width * (double)TOLERANCE;
    if (row == layout->lane_count || x < layout->plot.x || cycle + slack < 0) {
        return choice;
    }
    uint16_t lane = layout->lanes[row];
    uint64_t at = cycle > 0 ? (uint64_t)cycle : 0;
    uint64_t from = cycle > slack ? (uint64_t)(cycle - slack) : 0;
    uint64_t to = (uint64_t)(cycle + slack);
    uint64_t begin = 0;
    uint64_t end = 0;
    struct timeline_choice near = choice;
    bool has_near = pick_event(pane, lane, from, to, &near);
    if (has_near && near.kind == TIMELINE_EVENT) {
        return near;
    }
    if (view_history_stretch(&pane->history, lane, at, &begin, &end)) {
        return (struct timeline_choice){.kind = TIMELINE_STRETCH, .lane = lane, .cycle = begin};
    }
    if (pick_call(pane, lane, at, &choice)) {
        return choice;
    }
    return has_near ? near : (struct timeline_choice){.kind = TIMELINE_NOTHING};
}
