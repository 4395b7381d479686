/* What was chosen, in words. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/ui/time_text.h"
#include "sim/ui/timeline_view.h"

#define CARD_WIDTH  312.0F
#define CARD_LINE   20.0F
#define CARD_NAMES  76.0F
#define CARD_MARGIN 12.0F
#define TIP_MAX     360.0F

static void add_row(struct timeline_card *card, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_row(struct timeline_card *card, const char *name, const char *format, ...)
{
    va_list arguments;
    if (card->count == TIMELINE_CARD_ROWS) {
        return;
    }
    va_start(arguments, format);
    snprintf(card->rows[card->count].name, sizeof card->rows[0].name, "%s", name);
    vsnprintf(card->rows[card->count].value, sizeof card->rows[0].value, format, arguments);
    va_end(arguments);
    card->count++;
}

static void add_time(const struct timeline_pane *pane, struct timeline_card *card, const char *name,
                     uint64_t cycle)
{
    char time[40];
    add_row(card, name, "%s", time_text_at(cycle, pane->hz, 9, time, sizeof time));
}

static void add_length(const struct timeline_pane *pane, struct timeline_card *card, uint64_t begin,
                       uint64_t end)
{
    char span[24];
    char cycles[32];
    add_row(card, "duration", "%s", time_text_span(end - begin, pane->hz, span, sizeof span));
    add_row(card, "cycles", "%s", time_text_number(end - begin, cycles, sizeof cycles));
}

/* The event, if it is still the one that was chosen. */
static const struct view_event *event_of(const struct timeline_pane *pane, uint64_t number,
                                         uint64_t cycle)
{
    const struct view_history *history = &pane->history;
    if (number < history->first || number >= history->end) {
        return NULL;
    }
    const struct view_event *event = view_history_event(history, number);
    return event->cycle == cycle ? event : NULL;
}

static bool describe_call(const struct timeline_pane *pane, const struct timeline_choice *choice,
                          struct timeline_card *card)
{
    const struct view_event *call = event_of(pane, choice->number, choice->cycle);
    char text[160];
    uint64_t back = 0;
    if (call == NULL || call->kind != VIEW_EVENT_CALL) {
        return false;
    }
    static const char *const classes[] = {"yield",
                                          "subscribe",
                                          "command",
                                          "allow (read-write)",
                                          "allow (read-only)",
                                          "memop",
                                          "exit",
                                          "allow (user-readable)"};
    view_names_call(pane->names, call, card->title, sizeof card->title);
    timeline_lane_name(pane, choice->lane, text, sizeof text);
    add_row(card, "process", "%s", text);
    if (call->number < sizeof classes / sizeof classes[0]) {
        add_row(card, "class", "%" PRIu32 " %s", call->number, classes[call->number]);
    }
    add_row(card, "r0, r1", "0x%08" PRIx32 "  0x%08" PRIx32, call->value[0], call->value[1]);
    add_row(card, "r2, r3", "0x%08" PRIx32 "  0x%08" PRIx32, call->value[2], call->value[3]);
    add_time(pane, card, "begin", call->cycle);
    if (!view_history_return(&pane->history, choice->number, &back)) {
        add_row(card, "end", "not yet");
        return true;
    }
    const struct view_event *returned = view_history_event(&pane->history, back);
    if (back + 1 < pane->history.end &&
        view_history_event(&pane->history, back + 1)->kind == VIEW_EVENT_UPCALL) {
        add_row(card, "goes on", "upcall 0x%08" PRIx32,
                view_history_event(&pane->history, back + 1)->number);
    } else if (call->number != 0) {
        add_row(card, "returns", "%s",
                view_names_return(pane->names, returned->value, text, sizeof text));
    }
    add_time(pane, card, "end", returned->cycle);
    add_length(pane, card, call->cycle, returned->cycle);
    return true;
}

static bool describe_event(const struct timeline_pane *pane, const struct timeline_choice *choice,
                           struct timeline_card *card)
{
    const struct view_event *event = event_of(pane, choice->number, choice->cycle);
    char name[64];
    char text[80];
    if (event == NULL) {
        return false;
    }
    timeline_lane_name(pane, choice->lane, name, sizeof name);
    switch ((enum view_event_kind)event->kind) {
    case VIEW_EVENT_FAULT:
        snprintf(card->title, sizeof card->title, "%s faults", name);
        view_names_fault(event, text, sizeof text);
        add_row(card, "access", "%s", text);
        add_row(card, "pc", "0x%08" PRIx32, event->value[3]);
        break;
    case VIEW_EVENT_START:
        snprintf(card->title, sizeof card->title, "%s starts", name);
        break;
    case VIEW_EVENT_RESET:
        view_names_reset(event, card->title, sizeof card->title);
        break;
    case VIEW_EVENT_UPCALL:
        snprintf(card->title, sizeof card->title, "upcall to %s", name);
        add_row(card, "function", "0x%08" PRIx32, event->number);
        add_row(card, "arguments", "%" PRIu32 ", %" PRIu32 ", %" PRIu32, event->value[0],
                event->value[1], event->value[2]);
        add_row(card, "userdata", "0x%08" PRIx32, event->value[3]);
        break;
    case VIEW_EVENT_END:
        snprintf(card->title, sizeof card->title, "%s goes %s", name,
                 choice->lane < HISTORY_PIN ? "off" : "low");
        break;
    case VIEW_EVENT_SYNC:
    case VIEW_EVENT_RUN:
    case VIEW_EVENT_BEGIN:
    case VIEW_EVENT_CALL:
        snprintf(card->title, sizeof card->title, "%s", name);
        break;
    }
    add_time(pane, card, "at", event->cycle);
    return true;
}

static bool describe_stretch(const struct timeline_pane *pane, const struct timeline_choice *choice,
                             struct timeline_card *card)
{
    char name[64];
    uint64_t begin = 0;
    uint64_t end = 0;
    if (!view_history_stretch(&pane->history, choice->lane, choice->cycle, &begin, &end)) {
        return false;
    }
    const char *what = "";
    if (choice->lane == HISTORY_KERNEL ||
        (choice->lane >= HISTORY_PROCESS && choice->lane < HISTORY_EXCEPTION)) {
        what = " runs";
    } else if (choice->lane >= HISTORY_PIN) {
        what = " is high";
    }
    timeline_lane_name(pane, choice->lane, name, sizeof name);
    snprintf(card->title, sizeof card->title, "%s%s", name, what);
    if (choice->lane >= HISTORY_EXCEPTION && choice->lane < HISTORY_PIN) {
        unsigned number = (unsigned)choice->lane - HISTORY_EXCEPTION;
        if (number >= 16) {
            add_row(card, "exception", "%u (interrupt %u)", number, number - 16);
        } else {
            add_row(card, "exception", "%u", number);
        }
    }
    add_time(pane, card, "begin", begin);
    if (end == pane->history.now_cycles) {
        add_row(card, "end", "not yet");
    } else {
        add_time(pane, card, "end", end);
    }
    add_length(pane, card, begin, end);
    return true;
}

bool timeline_describe(const struct timeline_pane *pane, const struct timeline_choice *choice,
                       struct timeline_card *card)
{
    *card = (struct timeline_card){.count = 0};
    switch (choice->kind) {
    case TIMELINE_NOTHING:
        return false;
    case TIMELINE_STRETCH:
        return describe_stretch(pane, choice, card);
    case TIMELINE_CALL:
        return describe_call(pane, choice, card);
    case TIMELINE_EVENT:
        return describe_event(pane, choice, card);
    }
    return false;
}

/* ---- on the screen ---- */

static void draw_box(struct canvas *canvas, const struct rect *box, const color *colors)
{
    canvas_fill_round(canvas, *box, 6, colors[THEME_PANE_RAISED]);
    canvas_frame_round(canvas, *box, 6, 1, colors[THEME_BORDER]);
}

static void draw_details(const struct timeline_card *card, const struct rect *area,
                         struct canvas *canvas, const struct ui_context *context)
{
    const color *colors = context->theme->colors;
    float line = canvas_line_height(canvas, CANVAS_SANS) + 4;
    float type = line / CARD_LINE > 1 ? line / CARD_LINE : 1;
    float names = CARD_NAMES * type;
    float width = CARD_WIDTH * type;
    width = width < area->width - 16 ? width : area->width - 16;
    float height = 2 * CARD_MARGIN + line * (float)(card->count + 1) + 4;
    struct rect box = {area->x + area->width - width - 8, area->y + area->height - height - 8,
                       width, height};
    box.y = box.y > area->y + 4 ? box.y : area->y + 4;
    draw_box(canvas, &box, colors);
    float x = box.x + CARD_MARGIN;
    float y = box.y + CARD_MARGIN;
    float inner = box.width - 2 * CARD_MARGIN;
    canvas_text(canvas, CANVAS_BOLD, x, y, inner, CANVAS_LEFT, colors[THEME_TEXT], card->title);
    y += line + 4;
    for (size_t i = 0; i < card->count; i++, y += line) {
        canvas_text(canvas, CANVAS_SANS, x, y, names - 4, CANVAS_LEFT, colors[THEME_TEXT_DIM],
                    card->rows[i].name);
        canvas_text(canvas, CANVAS_MONO, x + names, y, inner - names, CANVAS_LEFT,
                    colors[THEME_TEXT], card->rows[i].value);
    }
}

/* What is under the mouse, in two lines. */
static void draw_tip(const struct timeline_pane *pane, const struct timeline_layout *layout,
                     struct canvas *canvas, const struct ui_context *context)
{
    const color *colors = context->theme->colors;
    struct timeline_card card;
    struct timeline_choice under = timeline_pick(pane, layout, context->mouse_x, context->mouse_y);
    char line[120] = "";
    bool told = pane->card && under.kind == pane->choice.kind && under.lane == pane->choice.lane &&
                under.cycle == pane->choice.cycle;
    if (told || pane->drag != TIMELINE_NO_DRAG || !timeline_describe(pane, &under, &card)) {
        return;
    }
    for (size_t i = 0; i < card.count; i++) {
        const char *name = card.rows[i].name;
        if (strcmp(name, "duration") == 0 || strcmp(name, "access") == 0 ||
            strcmp(name, "returns") == 0 || strcmp(name, "goes on") == 0) {
            size_t used = strlen(line);
            snprintf(line + used, sizeof line - used, "%s%s", used > 0 ? ", " : "",
                     card.rows[i].value);
        }
    }
    float title = canvas_text_width(canvas, CANVAS_SANS, card.title);
    float detail = canvas_text_width(canvas, CANVAS_SMALL, line);
    float width = (title > detail ? title : detail) + 16;
    width = width < TIP_MAX ? width : TIP_MAX;
    float first = canvas_line_height(canvas, CANVAS_SANS);
    float second = line[0] == '\0' ? 0 : canvas_line_height(canvas, CANVAS_SMALL) + 2;
    float height = first + second + 10;
    float right = layout->plot.x + layout->plot.width;
    struct rect box = {context->mouse_x + 12, context->mouse_y + 16, width, height};
    box.x = box.x + width > right ? context->mouse_x - 12 - width : box.x;
    box.x = box.x < layout->gutter.x ? layout->gutter.x : box.x;
    if (box.y + height > layout->overview.y + layout->overview.height) {
        box.y = context->mouse_y - 8 - height;
    }
    draw_box(canvas, &box, colors);
    canvas_text(canvas, CANVAS_SANS, box.x + 8, box.y + 5, width - 16, CANVAS_LEFT,
                colors[THEME_TEXT], card.title);
    canvas_text(canvas, CANVAS_SMALL, box.x + 8, box.y + first + 7, width - 16, CANVAS_LEFT,
                colors[THEME_TEXT_DIM], line);
}

void timeline_draw_card(const struct timeline_pane *pane, const struct timeline_layout *layout,
                        struct canvas *canvas, const struct ui_context *context)
{
    struct timeline_card card;
    draw_tip(pane, layout, canvas, context);
    if (pane->card && timeline_describe(pane, &pane->choice, &card)) {
        draw_details(&card, &layout->plot, canvas, context);
    }
}
