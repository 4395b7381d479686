/* Keys and mouse of the memory pane. */
#include "sim/ui/pane_memory_internal.h"

#define ZOOM_STEP    1.5F
#define SCROLL_NOTCH 40.0F

static void set_zoom(struct memory_state *state, float zoom, float y)
{
    const struct rect map = state->places.map;
    float part = (y - map.y + state->scroll) / (map.height * (state->zoom < 1 ? 1 : state->zoom));
    state->zoom = zoom < 1 ? 1 : zoom > MEMORY_ZOOM_MAX ? MEMORY_ZOOM_MAX : zoom;
    state->scroll = part * map.height * state->zoom - (y - map.y);
}

static void scroll_to(struct memory_state *state)
{
    const struct rect map = state->places.map;
    if (state->span < 0 || state->span >= (int)state->map.count) {
        return;
    }
    const struct memory_map_row *row = &state->map.rows[state->span];
    if (row->y < map.y) {
        state->scroll -= map.y - row->y;
    } else if (row->y + row->height > map.y + map.height) {
        state->scroll += row->y + row->height - map.y - map.height;
    }
}

static void choose_span(struct memory_state *state, int span)
{
    int last = (int)state->map.count - 1;
    state->span_chosen = last >= 0;
    state->span = span < 0 ? 0 : span > last ? last : span;
    scroll_to(state);
}

static void show(struct memory_state *state, bool flash)
{
    state->flash = flash;
    state->span_chosen = false;
    state->zoom = 1;
    state->scroll = 0;
}

static bool on_key(struct memory_state *state, const struct ui_event *event,
                   const struct ui_context *context)
{
    float middle = state->places.map.y + state->places.map.height / 2;
    switch (event->key) {
    case UI_KEY_UP_ARROW:
        choose_span(state, state->span_chosen ? state->span + 1 : (int)state->map.count - 1);
        return true;
    case UI_KEY_DOWN_ARROW:
        choose_span(state, state->span_chosen ? state->span - 1 : (int)state->map.count - 1);
        return true;
    case UI_KEY_HOME:
        choose_span(state, (int)state->map.count - 1);
        return true;
    case UI_KEY_END:
        choose_span(state, 0);
        return true;
    case UI_KEY_LEFT:
    case UI_KEY_RIGHT:
        process_select_next(context, &state->own_selected, event->key == UI_KEY_LEFT ? -1 : 1);
        show(state, state->flash);
        return true;
    case 'r':
    case 'f':
        show(state, event->key == 'f');
        return true;
    case 'm':
        state->in_force = !state->in_force;
        context->say(context->window, state->in_force ? "Memory: the MPU as it is in force now"
                                                      : "Memory: the MPU as the process has it");
        return true;
    case '+':
    case '=':
        set_zoom(state, state->zoom * ZOOM_STEP, middle);
        return true;
    case '-':
        set_zoom(state, state->zoom / ZOOM_STEP, middle);
        return true;
    case UI_KEY_ESCAPE:
        if (!state->span_chosen && state->zoom <= 1) {
            return false;
        }
        show(state, state->flash);
        return true;
    default:
        return false;
    }
}

static bool on_click(struct memory_state *state, const struct ui_event *event,
                     const struct ui_context *context)
{
    const struct memory_places *at = &state->places;
    const struct view_processes *all = &context->frame->processes;
    if (rect_holds(at->ram_button, event->x, event->y) ||
        rect_holds(at->flash_button, event->x, event->y)) {
        show(state, rect_holds(at->flash_button, event->x, event->y));
        return true;
    }
    if (rect_holds(at->overview, event->x, event->y)) {
        int row = memory_map_row_at(&state->overview, event->y);
        size_t count = state->flash ? all->flash_count : all->ram_count;
        if (row >= 0 && row < (int)count) {
            process_select(context, &state->own_selected,
                           (state->flash ? all->flash : all->ram)[row].process);
            show(state, state->flash);
        }
        return true;
    }
    if (rect_holds(at->map, event->x, event->y)) {
        int row = memory_map_row_at(&state->map, event->y);
        state->span_chosen = row >= 0 && !(state->span_chosen && state->span == row);
        state->span = row;
        return true;
    }
    return false;
}

bool memory_take_event(void *data, struct rect area, const struct ui_event *event,
                       const struct ui_context *context)
{
    struct memory_state *state = data;
    (void)area;
    if (event->kind == UI_KEY_DOWN) {
        /* Plain letters only: with Ctrl or Alt they are somebody else's. */
        return context->focused && (event->modifiers & (UI_CTRL | UI_ALT)) == 0 &&
               on_key(state, event, context);
    }
    if (event->kind == UI_MOUSE_DOWN && event->button == 1) {
        return on_click(state, event, context);
    }
    if (event->kind == UI_WHEEL && (event->modifiers & UI_CTRL) != 0) {
        set_zoom(state, event->delta_y > 0 ? state->zoom * ZOOM_STEP : state->zoom / ZOOM_STEP,
                 context->mouse_y);
        return true;
    }
    if (event->kind == UI_WHEEL) {
        state->scroll -= event->delta_y * SCROLL_NOTCH;
        return true;
    }
    return false;
}
