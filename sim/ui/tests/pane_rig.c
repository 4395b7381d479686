#include "sim/ui/tests/pane_rig.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/ui/window_view.h"

#define FAR_OUTSIDE (-1.0e6F)

static void keep_command(void *window, const struct view_command *command)
{
    struct pane_rig *rig = window;
    if (rig->command_count < PANE_RIG_COMMANDS_MAX) {
        rig->commands[rig->command_count++] = *command;
    }
}

static void keep_line(void *window, const char *line)
{
    struct pane_rig *rig = window;
    snprintf(rig->said, sizeof rig->said, "%s", line);
}

static void keep_clipboard(void *window, const char *text)
{
    struct pane_rig *rig = window;
    snprintf(rig->clipboard, sizeof rig->clipboard, "%s", text);
}

static const char *give_clipboard(void *window)
{
    const struct pane_rig *rig = window;
    return rig->clipboard;
}

void pane_rig_open(struct pane_rig *rig, const struct pane_class *pane,
                   const struct golden_options *options)
{
    static const struct golden_options usual = {.scale = 1};
    const struct golden_options *chosen = options != NULL ? options : &usual;
    *rig = (struct pane_rig){.pane = pane};
    rig->state = calloc(1, pane->state_bytes > 0 ? pane->state_bytes : 1);
    rig->frame = calloc(1, sizeof *rig->frame);
    assert_non_null(rig->state);
    assert_non_null(rig->frame);
    struct sim_error error = {0};
    rig->canvas = canvas_for_picture(chosen->width > 0 ? chosen->width : 720,
                                     chosen->height > 0 ? chosen->height : 480,
                                     chosen->scale > 0 ? chosen->scale : 1, &error);
    if (rig->canvas == NULL) {
        fail_msg("%s", error.text);
    }
    canvas_set_text_scale(rig->canvas, chosen->presenting ? WINDOW_VIEW_PRESENTING : 1);
    struct rect whole = canvas_area(rig->canvas);
    rig->area = (struct rect){LAYOUT_PADDING, LAYOUT_PADDING, whole.width - 2 * LAYOUT_PADDING,
                              whole.height - 2 * LAYOUT_PADDING};
    rig->context = (struct ui_context){
        .frame = rig->frame,
        .theme = theme_get(chosen->theme),
        .focused = chosen->focused,
        .presenting = chosen->presenting,
        .mouse_x = FAR_OUTSIDE,
        .mouse_y = FAR_OUTSIDE,
        .send = keep_command,
        .say = keep_line,
        .set_clipboard = keep_clipboard,
        .clipboard = give_clipboard,
        .selected_process = &rig->selected_process,
        .window = rig,
    };
}

void pane_rig_close(struct pane_rig *rig)
{
    if (rig->pane->close != NULL) {
        rig->pane->close(rig->state);
    }
    canvas_destroy(rig->canvas);
    free(rig->frame);
    free(rig->state);
}

void pane_rig_take(struct pane_rig *rig, const struct view_frame *frame)
{
    *rig->frame = *frame;
    if (rig->pane->take != NULL) {
        rig->pane->take(rig->state, frame);
    }
}

void pane_rig_draw(struct pane_rig *rig)
{
    canvas_begin(rig->canvas, rig->context.theme->colors[THEME_PANE]);
    canvas_push_clip(rig->canvas, rig->area);
    rig->pane->draw(rig->state, rig->canvas, rig->area, &rig->context);
    canvas_pop_clip(rig->canvas);
    canvas_end(rig->canvas);
}

bool pane_rig_event(struct pane_rig *rig, const struct ui_event *event)
{
    if (event->kind <= UI_WHEEL) {
        rig->context.mouse_x = event->x;
        rig->context.mouse_y = event->y;
    }
    return rig->pane->event != NULL &&
           rig->pane->event(rig->state, rig->area, event, &rig->context);
}

bool pane_rig_key(struct pane_rig *rig, int key, unsigned modifiers)
{
    struct ui_event event = {.kind = UI_KEY_DOWN, .key = key, .modifiers = modifiers};
    bool taken = pane_rig_event(rig, &event);
    event.kind = UI_KEY_UP;
    pane_rig_event(rig, &event);
    return taken;
}

bool pane_rig_click(struct pane_rig *rig, float x, float y)
{
    struct ui_event event = {.kind = UI_MOUSE_DOWN, .x = x, .y = y, .button = 1, .clicks = 1};
    bool taken = pane_rig_event(rig, &event);
    event.kind = UI_MOUSE_UP;
    pane_rig_event(rig, &event);
    return taken;
}

bool pane_rig_type(struct pane_rig *rig, const char *text)
{
    struct ui_event event = {.kind = UI_TEXT};
    snprintf(event.text, sizeof event.text, "%s", text);
    return pane_rig_event(rig, &event);
}
