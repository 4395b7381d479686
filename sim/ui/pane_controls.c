#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/ui/controls.h"
#include "sim/ui/panes.h"

#define PADDING      12.0F
#define ROW_SPACE    12.0F /* beside the text's own height */
#define GROUP_SPACE  8.0F
#define LABEL_SHARE  0.30F
#define VALUE_WIDTH  92.0F
#define LINE_DEFAULT 16.0F
#define NARROW       340.0F /* below, a slider has a line of its own */
#define PATIENCE_MS                                                                                \
    100U /* of the machine's time, until a value that it did not take is given up                  \
          */

/* ---- rows ---- */

static bool heads_group(const struct view_parts *parts, size_t index)
{
    if (index == 0) {
        return true;
    }
    size_t device = parts->controls[index].device;
    size_t before = parts->controls[index - 1].device;
    bool both_on_chip = parts->parts[device].on_chip && parts->parts[before].on_chip;
    return device != before && !both_on_chip;
}

static float line_of(const struct controls_state *controls)
{
    return controls->line > 0 ? controls->line : LINE_DEFAULT;
}

static float row_height(const struct controls_state *controls, const struct view_control *control,
                        float width)
{
    float height = line_of(controls) + ROW_SPACE;
    return width < NARROW && control->kind != VIEW_CONTROL_ONCE ? 2 * height - 8 : height;
}

static float group_height(const struct controls_state *controls)
{
    return line_of(controls) + GROUP_SPACE;
}

static float height_until(const struct controls_state *controls, const struct view_parts *parts,
                          size_t count, float width)
{
    float height = PADDING / 2;
    for (size_t i = 0; i < count; i++) {
        height += row_height(controls, &parts->controls[i], width) +
                  (heads_group(parts, i) ? group_height(controls) : 0);
    }
    return height;
}

float controls_height(const struct controls_state *controls, const struct view_parts *parts,
                      float width)
{
    return height_until(controls, parts, parts->control_count, width) + PADDING / 2;
}

struct control_row controls_row(const struct controls_state *controls,
                                const struct view_parts *parts, struct rect area, size_t index)
{
    struct control_row row = {.heads_group = heads_group(parts, index)};
    float y = area.y - controls->scroll + height_until(controls, parts, index, area.width) +
              (row.heads_group ? group_height(controls) : 0);
    float height = line_of(controls) + ROW_SPACE;
    float label = fmaxf(72, fminf(160, area.width * LABEL_SHARE));
    float left = area.x + PADDING;
    float right = area.x + area.width - PADDING;
    row.whole = (struct rect){area.x, y, area.width,
                              row_height(controls, &parts->controls[index], area.width)};
    row.label = (struct rect){left, y, label, height};
    row.value = (struct rect){right - VALUE_WIDTH, y + 2, VALUE_WIDTH, height - 4};
    row.slider = (struct rect){left + label + 12, y, row.value.x - left - label - 32, height};
    if (area.width < NARROW) {
        row.label.width = fmaxf(8, row.value.x - left - 8);
        row.slider = (struct rect){left + 8, y + height - 8, right - left - 16, height};
    }
    row.slider.width = fmaxf(8, row.slider.width);
    return row;
}

int32_t controls_shown(const struct controls_state *controls, const struct view_parts *parts,
                       size_t index)
{
    if (parts->controls[index].kind == VIEW_CONTROL_ONCE) {
        return control_clamp(&parts->controls[index], controls->amounts[index]);
    }
    const struct control_wait *wait = &controls->waits[index];
    return wait->waiting ? wait->wanted : parts->controls[index].value;
}

/* ---- drawing ---- */

struct drawing {
    struct canvas *canvas;
    const struct controls_state *controls;
    const struct ui_context *context;
    const struct view_parts *parts;
    const color *colors;
    float line;
};

static void draw_group(const struct drawing *drawing, const struct control_row *row, size_t device)
{
    const struct view_part *part = &drawing->parts->parts[device];
    bool labelled = part->label != NULL && part->label[0] != '\0';
    const char *title = part->on_chip ? "Chip" : labelled ? part->label : part->name;
    float y = row->whole.y - drawing->line - 2;
    float width = row->whole.width - 2 * PADDING;
    float used = canvas_text(drawing->canvas, CANVAS_BOLD, row->label.x, y, width, CANVAS_LEFT,
                             drawing->colors[THEME_TEXT], title);
    if (!part->on_chip && width - used > 40) {
        canvas_text(drawing->canvas, CANVAS_SMALL, row->label.x + width, y + 2, width - used - 8,
                    CANVAS_RIGHT, drawing->colors[THEME_TEXT_DIM], part->place);
    }
}

/* A track, filled from zero (or the nearer end) to the knob; an arrow where the value lies beyond.
 */
static void draw_slider(const struct drawing *drawing, const struct control_row *row,
                        const struct view_control *control, int32_t value, bool selected)
{
    const struct rect *area = &row->slider;
    float y = area->y + area->height / 2;
    float zero = area->x + area->width * control_position(control, 0);
    float knob = area->x + area->width * control_position(control, value);
    canvas_fill_round(drawing->canvas, (struct rect){area->x, y - 2, area->width, 4}, 2,
                      drawing->colors[THEME_BORDER]);
    canvas_fill_round(drawing->canvas,
                      (struct rect){fminf(zero, knob), y - 2, fabsf(knob - zero), 4}, 2,
                      drawing->colors[THEME_ACCENT]);
    canvas_circle(drawing->canvas, knob, y, 7, drawing->colors[THEME_ACCENT]);
    canvas_circle(drawing->canvas, knob, y, 4.5F,
                  drawing->colors[selected ? THEME_ACCENT : THEME_PANE]);
    bool below = value < control->usual_minimum;
    if (below || value > control->usual_maximum) {
        float way = below ? -1.0F : 1.0F;
        const float arrow[] = {knob + way * 9, y - 4, knob + way * 14, y, knob + way * 9, y + 4};
        canvas_polygon(drawing->canvas, arrow, 3, drawing->colors[THEME_ACCENT]);
    }
}

static void draw_action(const struct drawing *drawing, const struct control_row *row,
                        const struct view_control *control, bool selected)
{
    float height = row->slider.height - 6;
    float width = fminf(row->value.x - row->label.x - 12,
                        canvas_text_width(drawing->canvas, CANVAS_SANS, control->label) + 28);
    struct rect button = {row->label.x, row->label.y + 3, width, height};
    canvas_fill_round(drawing->canvas, button, 5, drawing->colors[THEME_PANE_RAISED]);
    canvas_frame_round(drawing->canvas, button, 5, 1,
                       drawing->colors[selected ? THEME_ACCENT : THEME_BORDER]);
    canvas_text(drawing->canvas, CANVAS_SANS, button.x + width / 2,
                button.y + (height - drawing->line) / 2, width - 8, CANVAS_CENTRE,
                drawing->colors[THEME_TEXT], control->label);
}

static void draw_value(const struct drawing *drawing, const struct control_row *row,
                       const struct view_control *control, int32_t value, bool selected)
{
    char text[VIEW_VALUE_TEXT_BYTES];
    bool typing = selected && drawing->controls->typing;
    float y = row->value.y + (row->value.height - drawing->line) / 2;
    float right = row->value.x + row->value.width - 8;
    canvas_fill_round(drawing->canvas, row->value, 4, drawing->colors[THEME_BACKGROUND]);
    canvas_frame_round(drawing->canvas, row->value, 4, typing ? 2 : 1,
                       drawing->colors[typing ? THEME_ACCENT : THEME_BORDER]);
    if (typing) {
        float width =
            canvas_text(drawing->canvas, CANVAS_SANS, row->value.x + 8, y, row->value.width - 16,
                        CANVAS_LEFT, drawing->colors[THEME_TEXT], drawing->controls->text);
        canvas_fill(drawing->canvas,
                    (struct rect){row->value.x + 9 + width, y, 1.5F, drawing->line},
                    drawing->colors[THEME_ACCENT]);
        return;
    }
    canvas_text(drawing->canvas, CANVAS_SANS, right, y, row->value.width - 16, CANVAS_RIGHT,
                drawing->colors[THEME_TEXT],
                view_value_text(text, value, control->decimals, control->unit));
}

static bool has_amount(const struct view_control *control)
{
    return control->kind != VIEW_CONTROL_ONCE || (int64_t)control->maximum - control->minimum > 1;
}

static void draw_row(const struct drawing *drawing, struct rect area, size_t index)
{
    const struct view_control *control = &drawing->parts->controls[index];
    struct control_row row = controls_row(drawing->controls, drawing->parts, area, index);
    if (row.whole.y > area.y + area.height || row.whole.y + row.whole.height < area.y) {
        return;
    }
    bool selected = drawing->controls->selected == (int)index + 1 && drawing->context->focused;
    int32_t value = controls_shown(drawing->controls, drawing->parts, index);
    if (selected) {
        struct rect band = {area.x + 4, row.whole.y, area.width - 8, row.whole.height};
        canvas_fill_round(drawing->canvas, band, 5, color_fade(drawing->colors[THEME_ACCENT], 36));
    }
    if (row.heads_group) {
        draw_group(drawing, &row, control->device);
    }
    float y = row.label.y + (row.label.height - drawing->line) / 2;
    if (control->kind == VIEW_CONTROL_ONCE) {
        draw_action(drawing, &row, control, selected);
    } else {
        canvas_text(drawing->canvas, CANVAS_SANS, row.label.x, y, row.label.width, CANVAS_LEFT,
                    drawing->colors[THEME_TEXT_DIM], control->label);
        draw_slider(drawing, &row, control, value, selected);
    }
    if (has_amount(control)) {
        draw_value(drawing, &row, control, value, selected);
    }
}

static void draw_scrollbar(const struct drawing *drawing, struct rect area)
{
    float all = drawing->controls->height;
    if (all <= area.height) {
        return;
    }
    float length = fmaxf(24, area.height * area.height / all);
    float way = (area.height - length) * drawing->controls->scroll / (all - area.height);
    canvas_fill_round(drawing->canvas,
                      (struct rect){area.x + area.width - 5, area.y + way, 3, length}, 1.5F,
                      drawing->colors[THEME_BORDER]);
}

static void draw(void *state, struct canvas *canvas, struct rect area,
                 const struct ui_context *context)
{
    struct controls_state *controls = state;
    const struct drawing drawing = {.canvas = canvas,
                                    .controls = controls,
                                    .context = context,
                                    .parts = &context->frame->parts,
                                    .colors = context->theme->colors,
                                    .line = canvas_line_height(canvas, CANVAS_SANS)};
    controls->line = drawing.line;
    controls->height = controls_height(controls, drawing.parts, area.width);
    controls->scroll = fmaxf(0, fminf(controls->scroll, fmaxf(0, controls->height - area.height)));
    if (drawing.parts->control_count == 0) {
        canvas_text(canvas, CANVAS_SANS, area.x + area.width / 2,
                    area.y + area.height / 2 - drawing.line / 2, area.width - 16, CANVAS_CENTRE,
                    drawing.colors[THEME_TEXT_DIM], "Nothing here can be set");
    }
    for (size_t i = 0; i < drawing.parts->control_count; i++) {
        draw_row(&drawing, area, i);
    }
    draw_scrollbar(&drawing, area);
}

/* What was sent has come back, or something else came in between, or the machine did not take it.
 */
static void take(void *state, const struct view_frame *frame)
{
    struct controls_state *controls = state;
    uint64_t patience = (uint64_t)frame->clock.cpu_hz / 1000 * PATIENCE_MS;
    for (size_t i = 0; i < frame->parts.control_count; i++) {
        struct control_wait *wait = &controls->waits[i];
        uint64_t now = frame->clock.now_cycles;
        bool late = now < wait->since_cycles || now - wait->since_cycles > patience;
        bool dragged = controls->dragged == (int)i + 1;
        if (!dragged && (late || frame->parts.controls[i].value != wait->before)) {
            wait->waiting = false;
        }
    }
}

static bool event(void *state, struct rect area, const struct ui_event *event,
                  const struct ui_context *context)
{
    return controls_event(state, area, event, context);
}

static const struct pane_key keys[] = {
    {"up, down", "go to the next value"},
    {"left, right", "change it by a step (with Shift a tenth; the wheel, too)"},
    {"Page Up, Page Down", "change it by ten steps"},
    {"Home, End", "to the ends of the slider"},
    {"digits - .", "type a value; Enter sets it, Escape leaves it"},
    {"Enter", "type, or make happen what a button says"},
    {NULL, NULL},
};

const struct pane_class pane_controls = {
    .name = "controls",
    .title = "Controls",
    .minimum_width = 240,
    .minimum_height = 96,
    .state_bytes = sizeof(struct controls_state),
    .take = take,
    .draw = draw,
    .event = event,
    .keys = keys,
};
