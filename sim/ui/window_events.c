/* What keys and the mouse do: the window's own, and which pane gets the rest. */
#include <math.h>
#include <string.h>

#include "sim/ui/window_internal.h"

#define NUDGE     16.0F
#define ZOOM_STEP 1.1F
#define HELP_STEP 40.0F
#define HELP_PAGE 240.0F

const struct pane_key window_keys[] = {
    {"F1", "these keys"},
    {"Space", "pause, go (not while typing)"},
    {"F5", "go"},
    {"F6", "pause"},
    {"F10", "run to the next event, then pause"},
    {"Shift+F10", "one instruction, then pause"},
    {"Tab, Shift+Tab", "next, previous pane"},
    {"Alt+1 to Alt+8", "show a pane and give it the keys"},
    {"Alt+Shift+1 to 8", "hide a pane"},
    {"Ctrl+M", "the pane fills the window, or goes back"},
    {"Ctrl+arrows", "move the splitter beside the pane"},
    {"Ctrl+0", "panes and size of type as at first"},
    {"Ctrl+plus, minus", "larger, smaller type"},
    {"F2", "dark, light"},
    {"F11", "full screen"},
    {"Ctrl+Q", "close the window"},
    {NULL, NULL},
};

static void send_simple(struct window_view *view, enum view_command_kind kind)
{
    const struct view_command command = {.kind = kind};
    view->host.send(view->host.host, &command);
}

static void pause_or_go(struct window_view *view)
{
    bool paused = view->frame->clock.run == VIEW_RUN_PAUSED;
    send_simple(view, paused ? VIEW_COMMAND_GO : VIEW_COMMAND_PAUSE);
}

static void zoom(struct window_view *view, float factor)
{
    view->zoom = fminf(WINDOW_VIEW_ZOOM_MAX, fmaxf(WINDOW_VIEW_ZOOM_MIN, view->zoom * factor));
}

static bool take_function_key(struct window_view *view, const struct ui_event *event)
{
    switch (event->key - UI_KEY_F1 + 1) {
    case 1:
        view->help = !view->help;
        return true;
    case 2:
        view->theme = view->theme == THEME_DARK ? THEME_LIGHT : THEME_DARK;
        return true;
    case 5:
        send_simple(view, VIEW_COMMAND_GO);
        return true;
    case 6:
        send_simple(view, VIEW_COMMAND_PAUSE);
        return true;
    case 10:
        send_simple(view, (event->modifiers & UI_SHIFT) != 0 ? VIEW_COMMAND_STEP
                                                             : VIEW_COMMAND_STEP_EVENT);
        return true;
    case 11:
        view->full_screen = !view->full_screen;
        view->host.set_full_screen(view->host.host, view->full_screen);
        return true;
    default:
        return false;
    }
}

static bool take_ctrl_key(struct window_view *view, int key)
{
    switch (key) {
    case 'm':
        if (layout_shown_count(&view->layout) > 0) {
            view->layout.maximised = !view->layout.maximised;
        }
        return true;
    case 'q':
        view->host.close(view->host.host);
        return true;
    case '+':
    case '=':
        zoom(view, ZOOM_STEP);
        return true;
    case '-':
        zoom(view, 1 / ZOOM_STEP);
        return true;
    case '0':
        view->zoom = 1;
        layout_reset(&view->layout, view->presenting);
        return true;
    case UI_KEY_LEFT:
        layout_nudge(&view->layout, &view->plan, &view->room, -NUDGE, 0);
        return true;
    case UI_KEY_RIGHT:
        layout_nudge(&view->layout, &view->plan, &view->room, NUDGE, 0);
        return true;
    case UI_KEY_UP_ARROW:
        layout_nudge(&view->layout, &view->plan, &view->room, 0, -NUDGE);
        return true;
    case UI_KEY_DOWN_ARROW:
        layout_nudge(&view->layout, &view->plan, &view->room, 0, NUDGE);
        return true;
    default:
        return false;
    }
}

static bool take_help_key(struct window_view *view, int key)
{
    switch (key) {
    case UI_KEY_ESCAPE:
        view->help = false;
        return true;
    case UI_KEY_UP_ARROW:
        view->help_scroll -= HELP_STEP;
        return true;
    case UI_KEY_DOWN_ARROW:
        view->help_scroll += HELP_STEP;
        return true;
    case UI_KEY_PAGE_UP:
        view->help_scroll -= HELP_PAGE;
        return true;
    case UI_KEY_PAGE_DOWN:
        view->help_scroll += HELP_PAGE;
        return true;
    default:
        return false;
    }
}

bool window_take_key(struct window_view *view, const struct ui_event *event, bool late)
{
    int key = event->key;
    if (late) {
        if (key == ' ' && event->modifiers == 0) {
            pause_or_go(view);
            return true;
        }
        return false;
    }
    if (view->help && take_help_key(view, key)) {
        return true;
    }
    if ((event->modifiers & UI_ALT) != 0 && key >= '1' && key < '1' + (int)pane_list_count) {
        size_t pane = (size_t)(key - '1');
        if ((event->modifiers & UI_SHIFT) != 0) {
            layout_hide(&view->layout, pane);
        } else {
            layout_focus(&view->layout, pane);
        }
        return true;
    }
    if (event->modifiers == UI_CTRL || event->modifiers == (UI_CTRL | UI_SHIFT)) {
        bool plus = key == '=' || key == '+';
        return (event->modifiers == UI_CTRL || plus) && take_ctrl_key(view, key);
    }
    if (key == UI_KEY_TAB && (event->modifiers & UI_ALT) == 0) {
        layout_focus_next(&view->layout, (event->modifiers & UI_SHIFT) != 0);
        return true;
    }
    return (event->modifiers & UI_ALT) == 0 && take_function_key(view, event);
}

static bool give(struct window_view *view, size_t pane, const struct ui_event *event)
{
    const struct pane_class *class = pane_list[pane];
    const struct layout_slot *slot = layout_slot_of(&view->plan, pane);
    if (class->event == NULL) {
        return false;
    }
    struct ui_context context = window_context(view, pane);
    return class->event(view->panes.states[pane], slot != NULL ? slot->body : (struct rect){0},
                        event, &context);
}

/* To the pane that has the focus, then to the others until one takes it; a key that is let go, to
 * all: whoever saw it pressed must see that. */
static bool give_key(struct window_view *view, const struct ui_event *event)
{
    size_t focus = view->layout.focus;
    bool all = event->kind == UI_KEY_UP;
    bool taken = !view->layout.hidden[focus] && give(view, focus, event);
    for (size_t i = 0; i < pane_list_count && (!taken || all); i++) {
        if (i != focus) {
            taken |= give(view, i, event);
        }
    }
    return taken;
}

static bool is_on(const struct rect *area, const struct ui_event *event)
{
    return rect_holds(*area, event->x, event->y);
}

static void press_title(struct window_view *view, const struct layout_slot *slot,
                        const struct ui_event *event)
{
    size_t pane = slot->panes[slot->front];
    bool roomy = slot->title.width >= slot->title.height * 4;
    struct rect hide = window_title_button(slot, WINDOW_TITLE_HIDE);
    struct rect maximise = window_title_button(slot, WINDOW_TITLE_MAXIMISE);
    if (roomy && is_on(&hide, event)) {
        layout_hide(&view->layout, pane);
        return;
    }
    for (size_t i = 0; i < slot->count; i++) {
        struct rect tab = window_title_tab(view, slot, i);
        if (is_on(&tab, event)) {
            pane = slot->panes[i];
        }
    }
    layout_focus(&view->layout, pane);
    if ((roomy && is_on(&maximise, event)) || event->clicks == 2) {
        view->layout.maximised = !view->layout.maximised;
    }
}

static void press(struct window_view *view, const struct ui_event *event)
{
    const struct layout_splitter *splitter = layout_splitter_at(&view->plan, event->x, event->y);
    if (splitter != NULL) {
        view->dragging = event->button == 1;
        view->dragged = *splitter;
        return;
    }
    const struct layout_slot *slot = layout_slot_at(&view->plan, event->x, event->y);
    if (slot == NULL) {
        return;
    }
    if (is_on(&slot->title, event)) {
        if (event->button == 1) {
            press_title(view, slot, event);
        }
        return;
    }
    size_t pane = slot->panes[slot->front];
    layout_focus(&view->layout, pane);
    view->held_by = pane_list[pane];
    give(view, pane, event);
}

static void take_mouse(struct window_view *view, const struct ui_event *event)
{
    view->mouse_x = event->x;
    view->mouse_y = event->y;
    if (view->help) {
        view->help = event->kind != UI_MOUSE_DOWN;
        view->help_scroll -= event->kind == UI_WHEEL ? event->delta_y * HELP_STEP : 0;
        return;
    }
    const struct layout_slot *slot = layout_slot_at(&view->plan, event->x, event->y);
    if (event->kind == UI_MOUSE_DOWN && view->held_by == NULL && !view->dragging) {
        press(view, event);
    } else if (view->dragging) {
        layout_drag(&view->layout, &view->dragged, &view->room, event->x, event->y);
        view->dragging = event->kind != UI_MOUSE_UP;
    } else if (view->held_by != NULL) {
        give(view, pane_set_index(view->held_by), event);
        if (event->kind == UI_MOUSE_UP) {
            view->held_by = NULL;
        }
    } else if (slot != NULL && event->kind != UI_MOUSE_UP) {
        give(view, slot->panes[slot->front], event);
    }
}

static void dispatch(struct window_view *view, const struct ui_event *event)
{
    switch (event->kind) {
    case UI_MOUSE_DOWN:
    case UI_MOUSE_UP:
    case UI_MOUSE_MOVE:
    case UI_WHEEL:
        take_mouse(view, event);
        break;
    case UI_KEY_DOWN:
        if (!window_take_key(view, event, false) && !view->help && !give_key(view, event)) {
            window_take_key(view, event, true);
        }
        break;
    case UI_KEY_UP:
        give_key(view, event);
        break;
    case UI_TEXT:
        if (!view->help && !view->layout.hidden[view->layout.focus]) {
            give(view, view->layout.focus, event);
        }
        break;
    case UI_LET_GO:
        view->dragging = false;
        view->held_by = NULL;
        for (size_t i = 0; i < pane_list_count; i++) {
            give(view, i, event);
        }
        break;
    }
}

void window_view_event(struct window_view *view, const struct ui_event *event)
{
    const struct ui_event let_go = {.kind = UI_LET_GO};
    size_t focus = view->layout.focus;
    bool hidden[PANES_MAX];
    memcpy(hidden, view->layout.hidden, sizeof hidden);
    bool helped = view->help;
    dispatch(view, event);
    if (view->help && !helped) {
        dispatch(view, &let_go);
        return;
    }
    for (size_t i = 0; i < pane_list_count; i++) {
        bool lost_focus = i == focus && view->layout.focus != focus;
        if (lost_focus || (view->layout.hidden[i] && !hidden[i])) {
            give(view, i, &let_go);
            view->held_by = view->held_by == pane_list[i] ? NULL : view->held_by;
        }
    }
}

enum window_pointer window_view_pointer(const struct window_view *view)
{
    const struct layout_splitter *splitter =
        view->dragging ? &view->dragged
                       : layout_splitter_at(&view->plan, view->mouse_x, view->mouse_y);
    if (splitter == NULL || view->held_by != NULL || view->help) {
        return WINDOW_POINTER_ARROW;
    }
    return splitter->beside ? WINDOW_POINTER_BESIDE : WINDOW_POINTER_STACKED;
}
