/* The window's drawing: panes in their frames, splitters, what lies around them. */
#include "sim/ui/window_view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/ui/window_internal.h"

#define CORNER      6.0F
#define TAB_PADDING 6.0F

static void send(void *window, const struct view_command *command)
{
    const struct window_view *view = window;
    view->host.send(view->host.host, command);
}

static void say(void *window, const char *line)
{
    window_view_say(window, line);
}

static void set_clipboard(void *window, const char *text)
{
    const struct window_view *view = window;
    view->host.set_clipboard(view->host.host, text);
}

static const char *clipboard(void *window)
{
    const struct window_view *view = window;
    return view->host.clipboard(view->host.host);
}

struct ui_context window_context(struct window_view *view, size_t pane)
{
    bool has_mouse = false;
    if (view->held_by != NULL) {
        has_mouse = view->held_by == pane_list[pane];
    } else if (!view->help) {
        const struct layout_slot *slot = layout_slot_at(&view->plan, view->mouse_x, view->mouse_y);
        has_mouse = slot != NULL && slot->panes[slot->front] == pane;
    }
    return (struct ui_context){
        .frame = view->frame,
        .theme = theme_get(view->theme),
        .focused = view->layout.focus == pane,
        .presenting = view->presenting,
        .mouse_x = has_mouse ? view->mouse_x : WINDOW_FAR_OUTSIDE,
        .mouse_y = has_mouse ? view->mouse_y : WINDOW_FAR_OUTSIDE,
        .wall_ms = view->wall_ms,
        .send = send,
        .say = say,
        .set_clipboard = set_clipboard,
        .clipboard = clipboard,
        .window = view,
        .selected_process = &view->panes.selected_process,
    };
}

bool window_view_open(struct window_view *view, bool presenting, struct sim_error *error)
{
    struct view_frame *none = calloc(1, sizeof *none);
    if (none == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for the window");
    }
    none->clock.next_event_cycles = UINT64_MAX;
    none->clock.cpu_hz = 1000000; /* nothing has happened yet, at any frequency */
    view->nothing = none;
    view->frame = none;
    view->presenting = presenting;
    view->zoom = 1;
    view->mouse_x = WINDOW_FAR_OUTSIDE;
    view->mouse_y = WINDOW_FAR_OUTSIDE;
    layout_reset(&view->layout, presenting);
    return pane_set_open(&view->panes, error);
}

void window_view_close(struct window_view *view)
{
    pane_set_close(&view->panes);
    free(view->nothing);
    view->nothing = NULL;
    view->frame = NULL;
}

void window_view_take(struct window_view *view, const struct view_frame *frame)
{
    view->frame = frame;
    pane_set_take(&view->panes, frame);
}

void window_view_say(struct window_view *view, const char *line)
{
    snprintf(view->said, sizeof view->said, "%s", line);
    view->said_ms = view->wall_ms;
}

struct rect window_title_button(const struct layout_slot *slot, enum window_title_button button)
{
    float side = slot->title.height;
    return (struct rect){slot->title.x + slot->title.width - side * (float)(button + 1),
                         slot->title.y, side, side};
}

/* The front one's name is bold. */
static enum canvas_font title_font(const struct layout_slot *slot, size_t index)
{
    return index == slot->front ? CANVAS_BOLD : CANVAS_SANS;
}

/* All are narrower by the same part when their names have too little room. */
struct rect window_title_tab(const struct window_view *view, const struct layout_slot *slot,
                             size_t index)
{
    float room = slot->title.width - slot->title.height * WINDOW_TITLE_BUTTONS - 6;
    float from = 0;
    float widths = 0;
    float own = 0;
    for (size_t i = 0; i < slot->count; i++) {
        const char *title = pane_list[slot->panes[i]]->title;
        float width = canvas_text_width(view->canvas, title_font(slot, i), title) + 2 * TAB_PADDING;
        from += i < index ? width : 0;
        own = i == index ? width : own;
        widths += width;
    }
    float squeeze = widths > room && widths > 0 ? fmaxf(0, room) / widths : 1;
    return (struct rect){slot->title.x + 6 + from * squeeze, slot->title.y, own * squeeze,
                         slot->title.height};
}

static void draw_title_buttons(const struct window_view *view, const struct layout_slot *slot,
                               color paint)
{
    struct canvas *canvas = view->canvas;
    if (slot->title.width < slot->title.height * 4) {
        return;
    }
    struct rect hide = window_title_button(slot, WINDOW_TITLE_HIDE);
    float x = hide.x + hide.width / 2;
    float y = hide.y + hide.height / 2;
    canvas_line(canvas, x - 4, y - 4, x + 4, y + 4, 1.25F, paint);
    canvas_line(canvas, x - 4, y + 4, x + 4, y - 4, 1.25F, paint);
    struct rect maximise = window_title_button(slot, WINDOW_TITLE_MAXIMISE);
    x = maximise.x + maximise.width / 2;
    if (view->layout.maximised) {
        canvas_frame(canvas, (struct rect){x - 4, y - 2, 7, 7}, 1, paint);
        canvas_line(canvas, x - 2, y - 3.5F, x + 5, y - 3.5F, 1, paint);
        canvas_line(canvas, x + 4.5F, y - 4, x + 4.5F, y + 3, 1, paint);
    } else {
        canvas_frame(canvas, (struct rect){x - 4, y - 4, 9, 9}, 1, paint);
    }
}

static bool is_over(const struct window_view *view, const struct rect *area)
{
    return rect_holds(*area, view->mouse_x, view->mouse_y);
}

static void draw_title(struct window_view *view, const struct layout_slot *slot)
{
    struct canvas *canvas = view->canvas;
    const color *colors = theme_get(view->theme)->colors;
    float text_y =
        slot->title.y + floorf((slot->title.height - canvas_line_height(canvas, CANVAS_BOLD)) / 2);
    canvas_push_clip(canvas, slot->title);
    canvas_fill_round(
        canvas,
        (struct rect){slot->title.x, slot->title.y, slot->title.width, slot->title.height + CORNER},
        CORNER, colors[THEME_PANE_RAISED]);
    for (size_t i = 0; i < slot->count; i++) {
        size_t pane = slot->panes[i];
        bool front = i == slot->front;
        bool focused = front && view->layout.focus == pane;
        struct rect tab = window_title_tab(view, slot, i);
        color paint = colors[front ? THEME_TEXT : THEME_TEXT_DIM];
        canvas_text(canvas, title_font(slot, i), tab.x + TAB_PADDING, text_y,
                    tab.width - TAB_PADDING - 2, CANVAS_LEFT, paint, pane_list[pane]->title);
        if (focused || (front && slot->count > 1)) {
            struct rect mark = {tab.x + TAB_PADDING, slot->title.y + slot->title.height - 2,
                                tab.width - 2 * TAB_PADDING, 2};
            canvas_fill(canvas, mark, colors[focused ? THEME_ACCENT : THEME_BORDER]);
        }
    }
    /* Quiet until the mouse comes near. */
    draw_title_buttons(view, slot,
                       is_over(view, &slot->title) ? colors[THEME_TEXT] : colors[THEME_BORDER]);
    canvas_pop_clip(canvas);
}

static void draw_slot(struct window_view *view, const struct layout_slot *slot)
{
    struct canvas *canvas = view->canvas;
    size_t pane = slot->panes[slot->front];
    bool focused = view->layout.focus == pane;
    const color *colors = theme_get(view->theme)->colors;
    canvas_fill_round(canvas, slot->whole, CORNER, colors[THEME_PANE]);
    draw_title(view, slot);
    canvas_frame_round(canvas, slot->whole, CORNER, 1,
                       focused ? color_mix(colors[THEME_BORDER], colors[THEME_ACCENT], 600)
                               : colors[THEME_BORDER]);
    if (slot->body.width < 1 || slot->body.height < 1) {
        return;
    }
    struct ui_context context = window_context(view, pane);
    canvas_push_clip(canvas, slot->body);
    pane_list[pane]->draw(view->panes.states[pane], canvas, slot->body, &context);
    canvas_pop_clip(canvas);
}

static void draw_splitters(const struct window_view *view)
{
    const struct layout_splitter *over =
        view->dragging ? &view->dragged
                       : layout_splitter_at(&view->plan, view->mouse_x, view->mouse_y);
    if (over == NULL || view->held_by != NULL || view->help) {
        return;
    }
    for (size_t i = 0; i < view->plan.splitter_count; i++) {
        const struct layout_splitter *splitter = &view->plan.splitters[i];
        if (splitter->split == over->split) {
            struct rect bar = splitter->handle;
            bar.x += splitter->beside ? 2 : 0;
            bar.width -= splitter->beside ? 4 : 0;
            bar.y += splitter->beside ? 0 : 2;
            bar.height -= splitter->beside ? 0 : 4;
            canvas_fill_round(view->canvas, bar, 1, theme_get(view->theme)->colors[THEME_ACCENT]);
        }
    }
}

static void prepare(struct window_view *view, struct canvas *canvas)
{
    view->canvas = canvas;
    canvas_set_text_scale(canvas, view->presenting ? WINDOW_VIEW_PRESENTING : 1);
    canvas_begin(canvas, theme_get(view->theme)->colors[THEME_BACKGROUND]);
}

void window_view_draw(struct window_view *view, struct canvas *canvas)
{
    prepare(view, canvas);
    struct rect whole = canvas_area(canvas);
    /* For an audience a caption takes the place of the status line. */
    float below = view->presenting ? window_caption_height(canvas) + LAYOUT_GAP
                                   : window_status_height(canvas);
    view->room = (struct layout_room){
        .area = {LAYOUT_GAP, LAYOUT_GAP, fmaxf(0, whole.width - 2 * LAYOUT_GAP),
                 fmaxf(0, whole.height - below - 2 * LAYOUT_GAP)},
        .title_height = canvas_line_height(canvas, CANVAS_BOLD) + 8,
        .grow = view->presenting ? WINDOW_VIEW_PRESENTING : 1,
    };
    layout_make(&view->layout, &view->room, &view->plan);
    for (size_t i = 0; i < view->plan.slot_count; i++) {
        draw_slot(view, &view->plan.slots[i]);
    }
    if (view->plan.slot_count == 0) {
        canvas_text(canvas, CANVAS_SANS, whole.width / 2, whole.height / 2 - 8, whole.width,
                    CANVAS_CENTRE, theme_get(view->theme)->colors[THEME_TEXT_DIM],
                    "All panes are hidden: Alt+1 to Alt+8 show them");
    }
    draw_splitters(view);
    struct rect last = {0, whole.height - below, whole.width, below};
    if (view->presenting) {
        window_draw_caption(
            view, canvas,
            (struct rect){LAYOUT_GAP, last.y, whole.width - 2 * LAYOUT_GAP, below - LAYOUT_GAP});
    } else {
        window_draw_status(view, canvas, last);
    }
    if (view->help) {
        window_draw_help(view, canvas);
    }
    canvas_end(canvas);
}

void window_view_draw_pane(struct window_view *view, struct canvas *canvas,
                           const struct pane_class *pane)
{
    prepare(view, canvas);
    struct rect whole = canvas_area(canvas);
    const color *colors = theme_get(view->theme)->colors;
    canvas_begin(canvas, colors[THEME_PANE]);
    struct rect body = {LAYOUT_PADDING, LAYOUT_PADDING, whole.width - 2 * LAYOUT_PADDING,
                        whole.height - 2 * LAYOUT_PADDING};
    size_t index = pane_set_index(pane);
    struct ui_context context = window_context(view, index);
    canvas_push_clip(canvas, body);
    pane->draw(view->panes.states[index], canvas, body, &context);
    canvas_pop_clip(canvas);
    canvas_end(canvas);
}
