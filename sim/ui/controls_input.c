#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/ui/controls.h"

#define WHEEL_ROWS 3

static const struct view_parts *parts_of(const struct ui_context *context)
{
    return &context->frame->parts;
}

static void wait_for(struct controls_state *controls, const struct ui_context *context,
                     size_t index, int32_t wanted)
{
    const struct view_control *control = &parts_of(context)->controls[index];
    controls->waits[index] =
        (struct control_wait){.waiting = wanted != control->value,
                              .wanted = wanted,
                              .before = control->value,
                              .since_cycles = context->frame->clock.now_cycles};
}

/* `from`: what the machine will have when it has taken all that was sent. */
static void send_value(struct controls_state *controls, const struct ui_context *context,
                       size_t index, int32_t from, int32_t wanted)
{
    const struct view_control *control = &parts_of(context)->controls[index];
    if (wanted == from) {
        return;
    }
    int64_t turn = (int64_t)wanted - from;
    ui_send_input(context, control->device, control->input,
                  control->kind == VIEW_CONTROL_TURN ? control_clamp(control, turn) : wanted);
    wait_for(controls, context, index, wanted);
}

static void act(struct controls_state *controls, const struct ui_context *context, size_t index)
{
    const struct view_control *control = &parts_of(context)->controls[index];
    char line[96];
    ui_send_input(context, control->device, control->input, controls->amounts[index]);
    snprintf(line, sizeof line, "%s: %s", parts_of(context)->parts[control->device].name,
             control->label);
    context->say(context->window, line);
}

static void set_value(struct controls_state *controls, const struct ui_context *context,
                      size_t index, int64_t wanted)
{
    const struct view_control *control = &parts_of(context)->controls[index];
    int32_t value = control_clamp(control, wanted);
    if (control->kind == VIEW_CONTROL_ONCE) {
        controls->amounts[index] = value;
        return;
    }
    send_value(controls, context, index, controls_shown(controls, parts_of(context), index), value);
}

static void step_value(struct controls_state *controls, const struct ui_context *context,
                       size_t index, int steps, unsigned modifiers)
{
    const struct view_control *control = &parts_of(context)->controls[index];
    int32_t step = control_step(control);
    step = (modifiers & UI_SHIFT) != 0 && step >= 10 ? step / 10 : step;
    int64_t now = controls_shown(controls, parts_of(context), index);
    set_value(controls, context, index, now + (int64_t)steps * step);
}

/* ---- typing ---- */

static void stop_typing(struct controls_state *controls)
{
    controls->typing = false;
    controls->text[0] = '\0';
}

static void take_typed(struct controls_state *controls, const struct ui_context *context)
{
    size_t index = (size_t)controls->selected - 1;
    const struct view_control *control = &parts_of(context)->controls[index];
    int32_t value = 0;
    if (control_parse(control, controls->text, &value)) {
        char low[VIEW_VALUE_TEXT_BYTES], high[VIEW_VALUE_TEXT_BYTES];
        char line[128];
        set_value(controls, context, index, value);
        snprintf(line, sizeof line, "%s takes %s to %s", control->label,
                 view_value_text(low, control->minimum, control->decimals, ""),
                 view_value_text(high, control->maximum, control->decimals, control->unit));
        if (value == control->minimum || value == control->maximum) {
            context->say(context->window, line);
        }
    }
    stop_typing(controls);
}

static bool is_number_key(int key)
{
    return (key >= '0' && key <= '9') || key == '-' || key == '.' || key == ',';
}

static void type_text(struct controls_state *controls, const char *text)
{
    for (; *text != '\0'; text++) {
        size_t length = strlen(controls->text);
        if (is_number_key((unsigned char)*text) && length + 1 < sizeof controls->text) {
            controls->text[length] = *text;
            controls->text[length + 1] = '\0';
            controls->typing = true;
        }
    }
}

/* ---- the mouse ---- */

static int row_at(const struct controls_state *controls, const struct view_parts *parts,
                  struct rect area, float x, float y)
{
    for (size_t i = 0; i < parts->control_count && rect_holds(area, x, y); i++) {
        if (rect_holds(controls_row(controls, parts, area, i).whole, x, y)) {
            return (int)i;
        }
    }
    return CONTROLS_NONE;
}

static void drag_to(struct controls_state *controls, struct rect area,
                    const struct ui_context *context, float x)
{
    size_t index = (size_t)controls->dragged - 1;
    const struct view_parts *parts = parts_of(context);
    struct rect slider = controls_row(controls, parts, area, index).slider;
    int32_t wanted =
        control_value_at(&parts->controls[index], (x - slider.x) / fmaxf(1, slider.width));
    send_value(controls, context, index, controls->drag_target, wanted);
    controls->drag_target = wanted;
}

/* The knob hangs over both ends. */
static bool on_slider(const struct control_row *row, float x, float y)
{
    return x >= row->slider.x - 8 && x < row->slider.x + row->slider.width + 8 &&
           y >= row->slider.y;
}

static bool mouse_down(struct controls_state *controls, struct rect area,
                       const struct ui_event *event, const struct ui_context *context)
{
    const struct view_parts *parts = parts_of(context);
    int row = row_at(controls, parts, area, event->x, event->y);
    if (controls->typing) {
        take_typed(controls, context);
    }
    controls->selected = row + 1;
    if (row == CONTROLS_NONE) {
        return rect_holds(area, event->x, event->y);
    }
    size_t index = (size_t)row;
    struct control_row place = controls_row(controls, parts, area, index);
    bool once = parts->controls[index].kind == VIEW_CONTROL_ONCE;
    bool slides = on_slider(&place, event->x, event->y);
    if (rect_holds(place.value, event->x, event->y)) {
        controls->typing = true;
        controls->text[0] = '\0';
    } else if (once && event->x < place.value.x - 4) {
        act(controls, context, index);
    } else if (slides) {
        controls->dragged = row + 1;
        controls->drag_target = controls_shown(controls, parts, index);
        drag_to(controls, area, context, event->x);
    }
    return true;
}

static bool wheel(struct controls_state *controls, struct rect area, const struct ui_event *event,
                  const struct ui_context *context)
{
    const struct view_parts *parts = parts_of(context);
    int row = row_at(controls, parts, area, event->x, event->y);
    if (!rect_holds(area, event->x, event->y) || event->delta_y == 0) {
        return false;
    }
    int notches = (int)fmaxf(-100, fminf(100, event->delta_y));
    notches = notches != 0 ? notches : event->delta_y > 0 ? 1 : -1;
    struct control_row place = {.heads_group = false};
    if (row != CONTROLS_NONE) {
        place = controls_row(controls, parts, area, (size_t)row);
    }
    if (row != CONTROLS_NONE &&
        (on_slider(&place, event->x, event->y) || rect_holds(place.value, event->x, event->y))) {
        step_value(controls, context, (size_t)row, notches, event->modifiers);
    } else {
        controls->scroll -= (float)notches * (controls->line + 8) * WHEEL_ROWS;
    }
    return true;
}

/* ---- keys ---- */

static void keep_in_sight(struct controls_state *controls, const struct view_parts *parts,
                          struct rect area)
{
    if (controls->selected == 0) {
        return;
    }
    struct rect row = controls_row(controls, parts, area, (size_t)controls->selected - 1).whole;
    if (row.y < area.y) {
        controls->scroll -= area.y - row.y;
    } else if (row.y + row.height > area.y + area.height) {
        controls->scroll += row.y + row.height - area.y - area.height;
    }
}

static void select_row(struct controls_state *controls, const struct view_parts *parts,
                       struct rect area, int row)
{
    int last = (int)parts->control_count - 1;
    controls->selected = (row < 0 ? 0 : row > last ? last : row) + 1;
    keep_in_sight(controls, parts, area);
}

static bool value_key(struct controls_state *controls, const struct ui_event *event,
                      const struct ui_context *context)
{
    size_t index = (size_t)controls->selected - 1;
    const struct view_control *control = &parts_of(context)->controls[index];
    switch (event->key) {
    case UI_KEY_LEFT:
        step_value(controls, context, index, -1, event->modifiers);
        return true;
    case UI_KEY_RIGHT:
        step_value(controls, context, index, 1, event->modifiers);
        return true;
    case UI_KEY_PAGE_DOWN:
        step_value(controls, context, index, -10, event->modifiers);
        return true;
    case UI_KEY_PAGE_UP:
        step_value(controls, context, index, 10, event->modifiers);
        return true;
    case UI_KEY_HOME:
        set_value(controls, context, index, control->usual_minimum);
        return true;
    case UI_KEY_END:
        set_value(controls, context, index, control->usual_maximum);
        return true;
    default:
        return is_number_key(event->key);
    }
}

static bool typing_key(struct controls_state *controls, const struct ui_event *event,
                       const struct ui_context *context)
{
    size_t length = strlen(controls->text);
    switch (event->key) {
    case UI_KEY_ENTER:
        take_typed(controls, context);
        return true;
    case UI_KEY_ESCAPE:
        stop_typing(controls);
        return true;
    case UI_KEY_BACKSPACE:
        controls->text[length > 0 ? length - 1 : 0] = '\0';
        return true;
    case UI_KEY_UP_ARROW:
    case UI_KEY_DOWN_ARROW:
    case UI_KEY_TAB:
        take_typed(controls, context);
        return false;
    default:
        return is_number_key(event->key);
    }
}

static bool key_down(struct controls_state *controls, struct rect area,
                     const struct ui_event *event, const struct ui_context *context)
{
    const struct view_parts *parts = parts_of(context);
    int row = controls->selected - 1;
    if (!context->focused || parts->control_count == 0 ||
        (event->modifiers & (UI_CTRL | UI_ALT)) != 0) {
        return false;
    }
    if (controls->typing && row >= 0 && typing_key(controls, event, context)) {
        return true;
    }
    if (event->key == UI_KEY_UP_ARROW || event->key == UI_KEY_DOWN_ARROW) {
        select_row(controls, parts, area, row + (event->key == UI_KEY_DOWN_ARROW ? 1 : -1));
        return true;
    }
    if (row < 0) {
        return false;
    }
    if (event->key == UI_KEY_ENTER && !event->repeated) {
        if (parts->controls[row].kind == VIEW_CONTROL_ONCE) {
            act(controls, context, (size_t)row);
        } else {
            controls->typing = true;
        }
        return true;
    }
    return value_key(controls, event, context);
}

bool controls_event(struct controls_state *controls, struct rect area, const struct ui_event *event,
                    const struct ui_context *context)
{
    const struct view_parts *parts = parts_of(context);
    if (controls->selected > (int)parts->control_count ||
        controls->dragged > (int)parts->control_count) {
        controls->selected = controls->dragged = 0;
        stop_typing(controls);
    }
    switch (event->kind) {
    case UI_MOUSE_DOWN:
        return event->button == 1 && mouse_down(controls, area, event, context);
    case UI_MOUSE_MOVE:
        if (controls->dragged != 0) {
            drag_to(controls, area, context, event->x);
        }
        return controls->dragged != 0;
    case UI_MOUSE_UP:
        controls->dragged = 0;
        return true;
    case UI_WHEEL:
        return wheel(controls, area, event, context);
    case UI_KEY_DOWN:
        return key_down(controls, area, event, context);
    case UI_TEXT:
        if (context->focused && controls->selected != 0) {
            type_text(controls, event->text);
            return controls->typing;
        }
        return false;
    case UI_LET_GO:
        controls->dragged = 0;
        return false;
    case UI_KEY_UP:
        break;
    }
    return false;
}
