#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/ui/board_paint.h"

#define LINES_MAX  6
#define LINE_BYTES 96
#define PADDING    10.0F
#define AWAY       14.0F /* from the mouse */

struct card {
    char title[LINE_BYTES];
    char lines[LINES_MAX][LINE_BYTES];
    size_t count;
};

const char *board_pin_name(char name[BOARD_PIN_NAME_BYTES], uint32_t pin)
{
    snprintf(name, BOARD_PIN_NAME_BYTES, "P%u.%02u", pin / 32 % 10, pin % 32);
    return name;
}

/* There are as many lines as anything has to say. */
static char *next_line(struct card *card)
{
    return card->lines[card->count < LINES_MAX - 1 ? card->count++ : LINES_MAX - 1];
}

static void describe_level(struct card *card, const struct view_pin *pin)
{
    static const char *const levels[] = {
        [VIEW_LEVEL_LOW] = "low", [VIEW_LEVEL_HIGH] = "high", [VIEW_LEVEL_FLOATING] = "floating"};
    static const char *const drivers[] = {[VIEW_DRIVEN_BY_NOBODY] = "driven by nobody",
                                          [VIEW_DRIVEN_BY_CHIP] = "driven by the chip",
                                          [VIEW_DRIVEN_BY_PART] = "driven by a part",
                                          [VIEW_DRIVEN_BY_PULL] = "held by a pull resistor"};
    if (pin->analog) {
        snprintf(next_line(card), LINE_BYTES, "%d.%03d V, set by a part", pin->millivolts / 1000,
                 pin->millivolts % 1000);
    } else if (pin->level == VIEW_LEVEL_FLOATING) {
        snprintf(next_line(card), LINE_BYTES, "floating: %s", drivers[pin->driver]);
    } else {
        snprintf(next_line(card), LINE_BYTES, "%s, %s, %d.%02d V", levels[pin->level],
                 drivers[pin->driver], pin->millivolts / 1000, pin->millivolts % 1000 / 10);
    }
    if (pin->toggled) {
        snprintf(next_line(card), LINE_BYTES, "changed just now");
    }
}

static void describe_contact(const struct board_paint *paint, const struct board_spot *spot,
                             int index, struct card *card)
{
    const struct board_picture_contact *contact = &spot->item->contacts[index];
    const char *header = spot->item->silk != NULL ? spot->item->silk : spot->item->name;
    char name[BOARD_PIN_NAME_BYTES];
    if (contact->pin >= paint->parts->pin_count) {
        snprintf(card->title, LINE_BYTES, "%.40s", contact->name != NULL ? contact->name : "-");
        snprintf(next_line(card), LINE_BYTES, "%.40s, contact %d: no pin of the chip", header,
                 index + 1);
        return;
    }
    const struct view_pin *pin = &paint->parts->pins[contact->pin];
    snprintf(card->title, LINE_BYTES, "%s%s%.40s", board_pin_name(name, contact->pin),
             contact->name != NULL ? "  " : "", contact->name != NULL ? contact->name : "");
    snprintf(next_line(card), LINE_BYTES, "%.40s, contact %d", header, index + 1);
    if (pin->users[0] != '\0') {
        snprintf(next_line(card), LINE_BYTES, "wired for %.60s", pin->users);
    }
    describe_level(card, pin);
}

static void describe_part(const struct board_paint *paint, size_t device, struct card *card)
{
    const struct view_part *part = &paint->parts->parts[device];
    bool labelled = part->label != NULL && part->label[0] != '\0';
    int key = board_key_of(paint->parts, device);
    snprintf(card->title, LINE_BYTES, "%.80s", labelled ? part->label : part->name);
    snprintf(next_line(card), LINE_BYTES, "%.31s, %.31s, %.24s", part->name,
             paint->parts->board->devices[device].device_class->name, part->place);
    if (part->text[0] != '\0') {
        snprintf(next_line(card), LINE_BYTES, "%s%s", part->text,
                 board_is_latched(paint->holds, device) ? ", latched" : "");
    }
    if (key != 0) {
        snprintf(next_line(card), LINE_BYTES, "hold: click or %d; latch: Shift", key);
    } else if (part->kind == VIEW_PART_BUTTON) {
        snprintf(next_line(card), LINE_BYTES, "hold: click or Enter; latch: Shift");
    } else if (board_kind_is_pressed(part->kind)) {
        snprintf(next_line(card), LINE_BYTES, "touch: click or T; latch: Shift");
    }
}

static void describe(const struct board_paint *paint, const struct board_spot *spot, int contact,
                     struct card *card)
{
    if (contact >= 0) {
        describe_contact(paint, spot, contact, card);
    } else if (spot->device < paint->parts->part_count) {
        describe_part(paint, spot->device, card);
    } else {
        snprintf(card->title, LINE_BYTES, "%.80s",
                 spot->item->silk != NULL ? spot->item->silk : spot->item->name);
    }
}

static float width_of(const struct board_paint *paint, const struct card *card)
{
    float width = canvas_text_width(paint->canvas, CANVAS_BOLD, card->title);
    for (size_t i = 0; i < card->count; i++) {
        width = fmaxf(width, canvas_text_width(paint->canvas, CANVAS_SANS, card->lines[i]));
    }
    return width + 2 * PADDING;
}

/* Beside the mouse, else, for the one that the keyboard chose, beside the spot; inside of `area`.
 */
static struct rect place(const struct board_paint *paint, const struct board_spot *spot,
                         struct rect area, float width, float height)
{
    float x = paint->context->mouse_x;
    float y = paint->context->mouse_y;
    bool mouse =
        x >= area.x && y >= area.y && x <= area.x + area.width && y <= area.y + area.height;
    struct rect card = {mouse ? x + AWAY : spot->area.x + spot->area.width + AWAY,
                        mouse ? y + AWAY : spot->area.y, width, height};
    if (card.x + width > area.x + area.width - 4) {
        card.x = (mouse ? x : spot->area.x) - AWAY - width;
    }
    card.x = fmaxf(area.x + 4, card.x);
    card.y = fmaxf(area.y + 4, fminf(card.y, area.y + area.height - height - 4));
    return card;
}

void board_paint_card(const struct board_paint *paint, const struct board_spot *spot, int contact,
                      struct rect area)
{
    struct card card = {.count = 0};
    const color *colors = paint->context->theme->colors;
    describe(paint, spot, contact, &card);
    float line = canvas_line_height(paint->canvas, CANVAS_SANS) + 2;
    float height = 2 * PADDING + line * (float)(card.count + 1) - 2;
    struct rect box = place(paint, spot, area, width_of(paint, &card), height);
    canvas_fill_round(paint->canvas, (struct rect){box.x, box.y + 2, box.width, box.height}, 7,
                      0x00000050U);
    canvas_fill_round(paint->canvas, box, 6, colors[THEME_PANE_RAISED]);
    canvas_frame_round(paint->canvas, box, 6, 1, colors[THEME_BORDER]);
    float y = box.y + PADDING;
    float width = box.width - 2 * PADDING;
    canvas_text(paint->canvas, CANVAS_BOLD, box.x + PADDING, y, width, CANVAS_LEFT,
                colors[THEME_TEXT], card.title);
    for (size_t i = 0; i < card.count; i++) {
        y += line;
        canvas_text(paint->canvas, CANVAS_SANS, box.x + PADDING, y, width, CANVAS_LEFT,
                    colors[THEME_TEXT_DIM], card.lines[i]);
    }
}
