/* Virtual time, how fast it goes, and what makes it go and stop. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/ui/clock_buttons.h"
#include "sim/ui/panes.h"
#include "sim/ui/time_text.h"

#define MARGIN       12.0F
#define GAP          8.0F
#define BUTTON       30.0F
#define SEGMENT      26.0F
#define SEGMENT_WIDE 52.0F
#define TWO_COLUMNS  680.0F
#define USUAL_LINE   16.0F /* points: a line of the usual type */
#define NO_PLACE     (-1)

struct clock_pane {
    float type; /* size of the type, 1: as usual; as it was drawn last. 0: not yet */
    bool quiet; /* no instruction ran since the frame before */
    uint64_t instructions;
    int held; /* the button or segment that the mouse went down on, + 1; segments follow buttons */
};

/* Where things are. */
struct clock_layout {
    struct rect head, info, next;
    struct rect buttons[CLOCK_BUTTONS];
    struct rect speeds[CLOCK_SPEEDS];
};

static void take(void *state, const struct view_frame *frame)
{
    struct clock_pane *pane = state;
    pane->quiet = frame->clock.instructions == pane->instructions;
    pane->instructions = frame->clock.instructions;
}

static bool is_paused(const struct view_clock *clock)
{
    return clock->run == VIEW_RUN_PAUSED;
}

static float button_width(size_t button, float available, float type)
{
    static const float widths[CLOCK_BUTTONS] = {34, 34, 34, 56, 64, 72, 34};
    float all = 0;
    for (size_t i = 0; i < CLOCK_BUTTONS; i++) {
        all += widths[i] * type;
    }
    available -= (CLOCK_BUTTONS - 1) * 4;
    float share = available < all ? available / all : 1;
    return widths[button] * type * share;
}

static void lay_out(const struct clock_pane *pane, struct rect area, struct clock_layout *layout)
{
    float type = pane->type > 1 ? pane->type : 1;
    float line = 20 * type;
    float head = 34 * type;
    bool two = area.width >= TWO_COLUMNS;
    float width = two ? (area.width - 3 * MARGIN) / 2 : area.width - 2 * MARGIN;
    float x = area.x + MARGIN;
    float y = area.y + GAP;
    layout->head = (struct rect){x, y, width, head};
    layout->info = (struct rect){x, y + head + 2, width, line};
    y = two ? y : y + head + 2 + line + GAP;
    x = two ? x + width + MARGIN : x;
    float at = x;
    for (size_t i = 0; i < CLOCK_BUTTONS; i++) {
        float wide = button_width(i, width, type);
        layout->buttons[i] = (struct rect){at, y, wide, BUTTON * type};
        at += wide + 4;
    }
    y += BUTTON * type + GAP;
    float segment = fminf(SEGMENT_WIDE * type, width / CLOCK_SPEEDS);
    for (size_t i = 0; i < CLOCK_SPEEDS; i++) {
        layout->speeds[i] = (struct rect){x + segment * (float)i, y, segment, SEGMENT * type};
    }
    layout->next = two ? (struct rect){layout->head.x, layout->info.y + line, width, line}
                       : (struct rect){x, y + SEGMENT * type + GAP, width, line};
}

/* ---- drawing ---- */

struct state_words {
    const char *text;
    enum theme_color paint;
};

static struct state_words words_of(const struct clock_pane *pane, const struct view_clock *clock)
{
    switch (clock->run) {
    case VIEW_RUN_GOING:
        return clock->asleep && pane->quiet ? (struct state_words){"asleep", THEME_ACCENT}
                                            : (struct state_words){"running", THEME_GOOD};
    case VIEW_RUN_PAUSED:
        return (struct state_words){"paused", THEME_TEXT_DIM};
    case VIEW_RUN_OFF:
        return (struct state_words){"off", THEME_TEXT_DIM};
    case VIEW_RUN_LOCKUP:
        return (struct state_words){"locked up", THEME_BAD};
    case VIEW_RUN_PANIC:
        return (struct state_words){"kernel panic", THEME_BAD};
    case VIEW_RUN_FINISHED:
        return (struct state_words){"finished", THEME_TEXT_DIM};
    }
    return (struct state_words){"?", THEME_TEXT_DIM};
}

/* A disc for going, bars for paused, a square for an end, a triangle for trouble. */
static void draw_sign(struct canvas *canvas, const struct view_clock *clock, float x, float y,
                      color paint)
{
    const float triangle[6] = {x, y - 5, x + 5, y + 4, x - 5, y + 4};
    switch (clock->run) {
    case VIEW_RUN_GOING:
        canvas_circle(canvas, x, y, 4, paint);
        break;
    case VIEW_RUN_PAUSED:
        canvas_fill(canvas, (struct rect){x - 4, y - 4, 3, 8}, paint);
        canvas_fill(canvas, (struct rect){x + 1, y - 4, 3, 8}, paint);
        break;
    case VIEW_RUN_OFF:
    case VIEW_RUN_FINISHED:
        canvas_fill(canvas, (struct rect){x - 4, y - 4, 8, 8}, paint);
        break;
    case VIEW_RUN_LOCKUP:
    case VIEW_RUN_PANIC:
        canvas_polygon(canvas, triangle, 3, paint);
        break;
    }
}

/* The clock is never cut short: where the word has no room beside it, draw_info says it. */
static bool has_word_above(const struct clock_layout *layout, struct canvas *canvas)
{
    return canvas_text_width(canvas, CANVAS_LARGE, "0:00:00.000") +
               canvas_text_width(canvas, CANVAS_SANS, "kernel panic") + 50 <
           layout->head.width;
}

static void draw_state(const struct clock_pane *pane, const struct clock_layout *layout,
                       struct canvas *canvas, const struct ui_context *context)
{
    const struct view_clock *clock = &context->frame->clock;
    struct state_words words = words_of(pane, clock);
    color paint = context->theme->colors[words.paint];
    bool word = has_word_above(layout, canvas);
    float height = canvas_line_height(canvas, CANVAS_SANS) + 8;
    float width = word ? canvas_text_width(canvas, CANVAS_SANS, words.text) + 34 : height;
    struct rect pill = {layout->head.x + layout->head.width - width,
                        layout->head.y + (layout->head.height - height) / 2, width, height};
    canvas_fill_round(canvas, pill, height / 2, color_fade(paint, 0x26));
    draw_sign(canvas, clock, pill.x + (word ? 15 : width / 2), pill.y + height / 2, paint);
    if (word) {
        canvas_text(canvas, CANVAS_SANS, pill.x + 25, pill.y + 4, 0, CANVAS_LEFT,
                    context->theme->colors[THEME_TEXT], words.text);
    }
}

static void draw_clock(const struct clock_layout *layout, struct canvas *canvas,
                       const struct ui_context *context)
{
    const struct view_clock *clock = &context->frame->clock;
    uint64_t us = time_ns(clock->now_cycles, clock->cpu_hz) / 1000;
    uint64_t s = us / 1000000;
    float line = canvas_line_height(canvas, CANVAS_LARGE);
    float y = layout->head.y + (layout->head.height - line) / 2;
    char text[48];
    snprintf(text, sizeof text, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64 ".%03" PRIu64, s / 3600,
             s / 60 % 60, s % 60, us / 1000 % 1000);
    float used = canvas_text(canvas, CANVAS_LARGE, layout->head.x, y, 0, CANVAS_LEFT,
                             context->theme->colors[THEME_TEXT], text);
    snprintf(text, sizeof text, "%03" PRIu64, us % 1000);
    if (has_word_above(layout, canvas)) {
        canvas_text(canvas, CANVAS_MONO, layout->head.x + used + 5,
                    y + line - canvas_line_height(canvas, CANVAS_MONO) - 4, 0, CANVAS_LEFT,
                    context->theme->colors[THEME_TEXT_DIM], text);
    }
}

static void speed_text(uint32_t permille, char *text, size_t size)
{
    double speed = permille / 1000.0;
    if (permille == 0) {
        snprintf(text, size, "0\u00d7");
    } else if (speed < 0.1) {
        snprintf(text, size, "%.3f\u00d7", speed);
    } else {
        snprintf(text, size, speed < 9.995 ? "%.2f\u00d7" : "%.1f\u00d7", speed);
    }
}

/* How fast it goes is told beside what was asked for: never a figure that only should be. */
static void draw_info(const struct clock_pane *pane, const struct clock_layout *layout,
                      struct canvas *canvas, const struct ui_context *context)
{
    const struct view_clock *clock = &context->frame->clock;
    const color *colors = context->theme->colors;
    const struct rect *info = &layout->info;
    char speed[32];
    char text[64];
    char cycles[32];
    float right = info->x + info->width;
    speed_text(clock->speed_permille, speed, sizeof speed);
    if (is_paused(clock)) {
        snprintf(speed, sizeof speed, "stands still");
    }
    if (!has_word_above(layout, canvas)) {
        snprintf(text, sizeof text, "%s  %s", words_of(pane, clock).text,
                 is_paused(clock) ? "" : speed);
        snprintf(speed, sizeof speed, "%.31s", text);
    }
    float used = canvas_text(canvas, CANVAS_SANS, right, info->y, 0, CANVAS_RIGHT,
                             colors[THEME_TEXT], speed);
    if (clock->behind && !is_paused(clock)) {
        const char *slow = "host too slow";
        float width = canvas_text_width(canvas, CANVAS_SANS, slow);
        float x = right - used - 12 - width;
        float middle = info->y + canvas_line_height(canvas, CANVAS_SANS) / 2;
        const float triangle[6] = {x - 9, middle - 5, x - 4, middle + 4, x - 14, middle + 4};
        canvas_polygon(canvas, triangle, 3, colors[THEME_WARNING]);
        canvas_text(canvas, CANVAS_SANS, x, info->y, 0, CANVAS_LEFT, colors[THEME_WARNING], slow);
        used += width + 34;
    }
    time_text_number(clock->now_cycles, cycles, sizeof cycles);
    snprintf(text, sizeof text, "cycle %s", cycles);
    canvas_text(canvas, CANVAS_SANS, info->x, info->y, info->width - used - 12, CANVAS_LEFT,
                colors[THEME_TEXT_DIM], text);
}

static void draw_next(const struct clock_layout *layout, struct canvas *canvas,
                      const struct ui_context *context)
{
    const struct view_clock *clock = &context->frame->clock;
    const color *colors = context->theme->colors;
    const char *owner = clock->next_event_owner != NULL ? clock->next_event_owner : "";
    char span[32];
    char text[96];
    if (clock->next_event_cycles == UINT64_MAX) {
        snprintf(text, sizeof text, "none");
    } else {
        uint64_t left = clock->next_event_cycles > clock->now_cycles
                            ? clock->next_event_cycles - clock->now_cycles
                            : 0;
        time_text_span(left, clock->cpu_hz, span, sizeof span);
        snprintf(text, sizeof text, "%s in %s", owner[0] != '\0' ? owner : "event", span);
    }
    float used = canvas_text(canvas, CANVAS_SANS, layout->next.x, layout->next.y, 0, CANVAS_LEFT,
                             colors[THEME_TEXT_DIM], "next event");
    canvas_text(canvas, CANVAS_SANS, layout->next.x + used + 8, layout->next.y,
                layout->next.width - used - 8, CANVAS_LEFT, colors[THEME_TEXT], text);
}

/* Buttons are 0 to CLOCK_BUTTONS - 1, then the speeds. */
static int place_at(const struct clock_layout *layout, float x, float y)
{
    for (int i = 0; i < CLOCK_BUTTONS; i++) {
        if (rect_holds(layout->buttons[i], x, y)) {
            return i;
        }
    }
    for (int i = 0; i < CLOCK_SPEEDS; i++) {
        if (rect_holds(layout->speeds[i], x, y)) {
            return CLOCK_BUTTONS + i;
        }
    }
    return NO_PLACE;
}

static void draw_buttons(const struct clock_pane *pane, const struct clock_layout *layout,
                         int under, struct canvas *canvas, const struct ui_context *context)
{
    const color *colors = context->theme->colors;
    bool paused = is_paused(&context->frame->clock);
    for (int i = 0; i < CLOCK_BUTTONS; i++) {
        color face = colors[THEME_PANE_RAISED];
        color sign = colors[THEME_TEXT];
        bool main = i == CLOCK_PAUSE && paused;
        if (main) {
            face = colors[THEME_ACCENT];
            sign = colors[THEME_TEXT_ON_ACCENT];
        }
        if (pane->held == i + 1 && under == i) {
            face = color_mix(face, colors[THEME_BACKGROUND], 500);
        } else if (under == i) {
            face = color_mix(face, colors[THEME_TEXT], 120);
        }
        canvas_fill_round(canvas, layout->buttons[i], 5, face);
        if (!main) {
            canvas_frame_round(canvas, layout->buttons[i], 5, 1, colors[THEME_BORDER]);
        }
        clock_button_draw((enum clock_button)i, paused, canvas, layout->buttons[i], sign);
    }
}

static void draw_speeds(const struct clock_layout *layout, int under, struct canvas *canvas,
                        const struct ui_context *context)
{
    const color *colors = context->theme->colors;
    const struct rect *first = &layout->speeds[0];
    struct rect all = {first->x, first->y, first->width * CLOCK_SPEEDS, first->height};
    canvas_fill_round(canvas, all, 5, colors[THEME_PANE_RAISED]);
    for (int i = 0; i < CLOCK_SPEEDS; i++) {
        const struct rect *place = &layout->speeds[i];
        bool chosen = context->frame->clock.speed_wanted_permille == clock_speeds[i].permille;
        if (chosen) {
            canvas_fill_round(canvas, *place, 5, colors[THEME_ACCENT]);
        } else if (under == CLOCK_BUTTONS + i) {
            canvas_fill_round(canvas, *place, 5,
                              color_mix(colors[THEME_PANE_RAISED], colors[THEME_TEXT], 120));
        } else if (i > 0) {
            canvas_fill(canvas, (struct rect){place->x, place->y + 6, 1, place->height - 12},
                        colors[THEME_BORDER]);
        }
        bool fits = canvas_text_width(canvas, CANVAS_SANS, clock_speeds[0].text) < place->width - 4;
        enum canvas_font font = fits ? CANVAS_SANS : CANVAS_SMALL;
        canvas_text(canvas, font, place->x + place->width / 2,
                    place->y + (place->height - canvas_line_height(canvas, font)) / 2,
                    place->width - 2, CANVAS_CENTRE,
                    colors[chosen ? THEME_TEXT_ON_ACCENT : THEME_TEXT], clock_speeds[i].text);
    }
    canvas_frame_round(canvas, all, 5, 1, colors[THEME_BORDER]);
}

static void draw_tip(const struct clock_layout *layout, int under, struct rect area,
                     struct canvas *canvas, const struct ui_context *context)
{
    const color *colors = context->theme->colors;
    bool button = under < CLOCK_BUTTONS;
    const char *words =
        button ? clock_button_words((enum clock_button)under, is_paused(&context->frame->clock))
               : "Speed, times real time (F9 slower, Shift+F9 faster)";
    const struct rect *place =
        button ? &layout->buttons[under] : &layout->speeds[under - CLOCK_BUTTONS];
    float width = canvas_text_width(canvas, CANVAS_SMALL, words) + 14;
    float height = canvas_line_height(canvas, CANVAS_SMALL) + 8;
    struct rect tip = {place->x, place->y + place->height + 4, width, height};
    float right = area.x + area.width - 4;
    tip.x = tip.x + width > right ? right - width : tip.x;
    tip.y = tip.y + height > area.y + area.height ? place->y - height - 4 : tip.y;
    canvas_fill_round(canvas, tip, 4, colors[THEME_PANE_RAISED]);
    canvas_frame_round(canvas, tip, 4, 1, colors[THEME_BORDER]);
    canvas_text(canvas, CANVAS_SMALL, tip.x + 7, tip.y + 4, 0, CANVAS_LEFT, colors[THEME_TEXT],
                words);
}

static void draw(void *state, struct canvas *canvas, struct rect area,
                 const struct ui_context *context)
{
    struct clock_pane *pane = state;
    struct clock_layout layout;
    pane->type = canvas_line_height(canvas, CANVAS_SANS) / USUAL_LINE;
    lay_out(pane, area, &layout);
    int under = place_at(&layout, context->mouse_x, context->mouse_y);
    draw_state(pane, &layout, canvas, context);
    draw_clock(&layout, canvas, context);
    draw_info(pane, &layout, canvas, context);
    draw_buttons(pane, &layout, under, canvas, context);
    draw_speeds(&layout, under, canvas, context);
    draw_next(&layout, canvas, context);
    if (under != NO_PLACE) {
        draw_tip(&layout, under, area, canvas, context);
    }
}

/* ---- acting ---- */

static void press(int place, const struct ui_context *context)
{
    bool paused = is_paused(&context->frame->clock);
    struct view_command command;
    if (place < CLOCK_BUTTONS) {
        command = clock_button_command((enum clock_button)place, paused);
    } else {
        uint32_t permille = clock_speeds[place - CLOCK_BUTTONS].permille;
        command = (struct view_command){.kind = VIEW_COMMAND_SPEED, .value = (int32_t)permille};
    }
    context->send(context->window, &command);
}

/* One segment up or down from what is wanted now. */
static void change_speed(int by, const struct ui_context *context)
{
    uint32_t wanted = context->frame->clock.speed_wanted_permille;
    int at = CLOCK_SPEEDS - 1;
    for (int i = 0; wanted != 0 && i < CLOCK_SPEEDS - 1; i++) {
        if (wanted <= clock_speeds[i].permille || i == CLOCK_SPEEDS - 2) {
            at = i;
            break;
        }
    }
    at += by;
    if (at >= 0 && at < CLOCK_SPEEDS) {
        press(CLOCK_BUTTONS + at, context);
    }
}

static bool key(const struct ui_event *event, const struct ui_context *context)
{
    enum { F8 = UI_KEY_F1 + 7, F9 };
    bool shift = (event->modifiers & UI_SHIFT) != 0;
    bool ctrl = (event->modifiers & UI_CTRL) != 0;
    if ((event->modifiers & UI_ALT) != 0) {
        return false;
    }
    if (ctrl && event->key == 'r') {
        if (!event->repeated) {
            press(CLOCK_RESET, context);
        }
        return true;
    }
    if (event->key == F8) {
        press(ctrl ? CLOCK_RUN_100 : shift ? CLOCK_RUN_10 : CLOCK_RUN_1, context);
        return true;
    }
    if (event->key == F9 && !ctrl) {
        change_speed(shift ? 1 : -1, context);
        return true;
    }
    return false;
}

static bool take_event(void *state, struct rect area, const struct ui_event *event,
                       const struct ui_context *context)
{
    struct clock_pane *pane = state;
    struct clock_layout layout;
    lay_out(pane, area, &layout);
    int under = place_at(&layout, event->x, event->y);
    switch (event->kind) {
    case UI_MOUSE_DOWN:
        pane->held = event->button == 1 ? under + 1 : 0;
        return under != NO_PLACE;
    case UI_MOUSE_UP:
        if (pane->held != 0 && pane->held == under + 1) {
            press(under, context);
        }
        pane->held = 0;
        return true;
    case UI_KEY_DOWN:
        return key(event, context);
    case UI_LET_GO:
        pane->held = 0;
        return false;
    case UI_MOUSE_MOVE:
    case UI_WHEEL:
    case UI_KEY_UP:
    case UI_TEXT:
        return false;
    }
    return false;
}

static void tell_places(const void *state, struct rect area, const struct ui_context *context,
                        const struct ui_places *places)
{
    struct clock_layout layout;
    (void)context;
    lay_out(state, area, &layout);
    for (int i = 0; i < CLOCK_BUTTONS; i++) {
        places->tell(places->context, clock_button_name((enum clock_button)i), layout.buttons[i]);
    }
    for (int i = 0; i < CLOCK_SPEEDS; i++) {
        places->tell(places->context, clock_speeds[i].text, layout.speeds[i]);
    }
}

static const struct pane_key keys[] = {
    {"F8", "run 1 ms; with Shift 10 ms, with Ctrl 100 ms"},
    {"F9, Shift+F9", "slower, faster"},
    {"Ctrl+R", "press the reset pin"},
    {NULL, NULL},
};

const struct pane_class pane_clock = {
    .name = "clock",
    .title = "Time",
    .minimum_width = 220,
    .minimum_height = 132,
    .state_bytes = sizeof(struct clock_pane),
    .take = take,
    .draw = draw,
    .event = take_event,
    .places = tell_places,
    .keys = keys,
};
