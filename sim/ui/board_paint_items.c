#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/ui/board_paint.h"

#define GOLD        0xc9a24bffU
#define METAL       0xb4bcc5ffU
#define DARK        0x1f2329ffU
#define NAMES_PITCH 34.0F /* points between contacts, from which on their names fit */
#define LABELS_MAX  BOARD_SPOTS_MAX
#define LABEL_GAP   2.0F
#define LARGE_SCALE 0.011F /* points per micrometre, from which on labels are larger */

static bool is_shape(const struct board_spot *spot, const char *shape)
{
    return spot->item->shape != NULL && strcmp(spot->item->shape, shape) == 0;
}

static color color_of(const struct board_spot *spot, color otherwise)
{
    return board_rgb(spot->item->color, otherwise);
}

static bool is_wide(struct rect area)
{
    return area.width >= area.height;
}

/* ---- shapes ---- */

static void paint_block(const struct board_paint *paint, const struct board_spot *spot)
{
    color body = color_of(spot, board_tint(paint->solder, 180));
    canvas_fill_round(paint->canvas, spot->area, 2, body);
    canvas_frame_round(paint->canvas, spot->area, 2, 1, board_tint(body, 160));
}

static void paint_chip(const struct board_paint *paint, const struct board_spot *spot)
{
    color body = color_of(spot, DARK);
    struct rect area = spot->area;
    float pad = fminf(area.width, area.height) / 25;
    for (int i = 1; i < 10 && pad >= 1; i++) {
        float x = area.x + area.width * (float)i / 10 - pad / 2;
        float y = area.y + area.height * (float)i / 10 - pad / 2;
        canvas_fill(paint->canvas, (struct rect){x, area.y - 1.5F, pad, area.height + 3}, METAL);
        canvas_fill(paint->canvas, (struct rect){area.x - 1.5F, y, area.width + 3, pad}, METAL);
    }
    canvas_fill_round(paint->canvas, area, 2, body);
    canvas_frame_round(paint->canvas, area, 2, 1, board_tint(body, 130));
    float dot = fminf(area.width, area.height) * 0.05F;
    canvas_circle(paint->canvas, area.x + dot * 3.2F, area.y + dot * 3.2F, fmaxf(1, dot),
                  board_tint(body, 400));
}

/* A shell of sheet metal: a lighter line where it bends, a tongue in its mouth. */
static void paint_plug(const struct board_paint *paint, const struct board_spot *spot)
{
    color body = color_of(spot, METAL);
    struct rect area = spot->area;
    canvas_fill_round(paint->canvas, area, 2.5F, body);
    canvas_frame_round(paint->canvas, area, 2.5F, 1, board_shade(body, 380));
    struct rect fold =
        is_wide(area) ? (struct rect){area.x + 2, area.y + area.height * 0.26F, area.width - 4, 1}
                      : (struct rect){area.x + area.width * 0.8F, area.y + 2, 1, area.height - 4};
    canvas_fill(paint->canvas, fold, board_tint(body, 450));
    for (int i = 0; i < 2; i++) {
        float y = area.y + area.height * (i == 0 ? 0.22F : 0.66F);
        canvas_fill_round(
            paint->canvas,
            (struct rect){area.x + area.width * 0.38F, y, area.width * 0.24F, area.height * 0.12F},
            1, board_shade(body, 300));
    }
}

/* Four tracks of gold on the board itself. */
static void paint_fingers(const struct board_paint *paint, const struct board_spot *spot)
{
    color gold = color_of(spot, GOLD);
    struct rect area = spot->area;
    for (int i = 0; i < 4; i++) {
        float share = 0.11F + 0.215F * (float)i;
        bool longer = i == 0 || i == 3; /* supply and ground make contact first */
        struct rect finger =
            is_wide(area)
                ? (struct rect){area.x + area.width * (longer ? 0.36F : 0.44F),
                                area.y + area.height * share, area.width * (longer ? 0.62F : 0.54F),
                                area.height * 0.135F}
                : (struct rect){area.x + area.width * share,
                                area.y + area.height * (longer ? 0.36F : 0.44F),
                                area.width * 0.135F, area.height * (longer ? 0.62F : 0.54F)};
        canvas_fill_round(paint->canvas, finger, 2, gold);
        canvas_frame_round(paint->canvas, finger, 2, 1, board_tint(gold, 250));
    }
}

static void paint_antenna(const struct board_paint *paint, const struct board_spot *spot)
{
    struct rect area = spot->area;
    color copper = color_mix(paint->solder, GOLD, 480);
    canvas_fill_round(paint->canvas, area, 2, board_tint(paint->solder, 70));
    bool wide = is_wide(area);
    float length = (wide ? area.width : area.height) - 4;
    float depth = (wide ? area.height : area.width) - 4;
    float line = fmaxf(1, depth * 0.12F);
    int turns = (int)fmaxf(2, fminf(9, length / (line * 2.6F)));
    for (int i = 0; i < turns; i++) {
        float at = 2 + length * ((float)i + 0.5F) / (float)turns - line / 2;
        float step = length / (float)turns;
        float end = i % 2 == 0 ? 2 : 2 + depth - line;
        struct rect leg = wide ? (struct rect){area.x + at, area.y + 2, line, depth}
                               : (struct rect){area.x + 2, area.y + at, depth, line};
        struct rect bend = wide ? (struct rect){area.x + at, area.y + end, step + line, line}
                                : (struct rect){area.x + end, area.y + at, line, step + line};
        canvas_fill(paint->canvas, leg, copper);
        if (i + 1 < turns) {
            canvas_fill(paint->canvas, bend, copper);
        }
    }
}

static void paint_switch(const struct board_paint *paint, const struct board_spot *spot)
{
    struct rect area = spot->area;
    color body = color_of(spot, METAL);
    bool wide = is_wide(area);
    canvas_fill_round(paint->canvas, area, 2, body);
    canvas_frame_round(paint->canvas, area, 2, 1, board_shade(body, 400));
    struct rect slot = wide
                           ? (struct rect){area.x + area.width * 0.18F, area.y + area.height * 0.3F,
                                           area.width * 0.64F, area.height * 0.4F}
                           : (struct rect){area.x + area.width * 0.3F, area.y + area.height * 0.18F,
                                           area.width * 0.4F, area.height * 0.64F};
    canvas_fill_round(paint->canvas, slot, 1, DARK);
    struct rect knob = wide ? (struct rect){slot.x, slot.y, slot.width / 2, slot.height}
                            : (struct rect){slot.x, slot.y, slot.width, slot.height / 2};
    canvas_fill_round(paint->canvas, board_grow(knob, -1), 1, 0xe6eaeeffU);
}

static void paint_push(const struct board_paint *paint, const struct board_spot *spot)
{
    color body = color_of(spot, METAL);
    float radius = fminf(spot->area.width, spot->area.height) * 0.3F;
    canvas_fill_round(paint->canvas, spot->area, 2, body);
    canvas_frame_round(paint->canvas, spot->area, 2, 1, board_shade(body, 400));
    canvas_circle(paint->canvas, spot->area.x + spot->area.width / 2,
                  spot->area.y + spot->area.height / 2, radius, DARK);
}

/* A lid of sheet metal over what radiates. */
static void paint_shield(const struct board_paint *paint, const struct board_spot *spot)
{
    color body = color_of(spot, METAL);
    canvas_fill_round(paint->canvas, spot->area, 3, body);
    canvas_frame_round(paint->canvas, spot->area, 3, 1, board_shade(body, 350));
    canvas_frame_round(paint->canvas, board_grow(spot->area, -3), 2, 1, board_tint(body, 400));
}

static void paint_socket(const struct board_paint *paint, const struct board_spot *spot)
{
    color body = color_of(spot, 0xe8eaecffU);
    struct rect area = spot->area;
    canvas_fill_round(paint->canvas, area, 2, body);
    canvas_frame_round(paint->canvas, area, 2, 1, board_shade(body, 300));
    struct rect mouth = {area.x + area.width * 0.14F, area.y + area.height * 0.16F,
                         area.width * 0.72F, area.height * 0.46F};
    canvas_fill_round(paint->canvas, mouth, 1, board_shade(body, 550));
    for (int i = 0; i < 2; i++) {
        canvas_fill(paint->canvas,
                    (struct rect){mouth.x + mouth.width * (i == 0 ? 0.26F : 0.64F), mouth.y,
                                  mouth.width * 0.1F, mouth.height},
                    GOLD);
    }
}

static void paint_lamp(const struct board_paint *paint, const struct board_spot *spot)
{
    color lens = color_of(spot, 0xd0d4d8ffU);
    canvas_fill_round(paint->canvas, spot->area, 1.5F, 0xd8dcdfffU);
    canvas_fill_round(paint->canvas,
                      board_grow(spot->area, -fminf(spot->area.width, spot->area.height) * 0.16F),
                      1, color_mix(lens, 0x20242affU, 500));
}

static void paint_header(const struct board_paint *paint, const struct board_spot *spot)
{
    color body = color_of(spot, DARK);
    canvas_fill_round(paint->canvas, spot->area, 1.5F, body);
    canvas_frame_round(paint->canvas, spot->area, 1.5F, 1, board_tint(body, 130));
}

/* Pads of the board itself, along an edge. */
static void paint_pads(const struct board_paint *paint, const struct board_spot *spot)
{
    for (size_t i = 0; i < spot->item->contact_count; i++) {
        struct board_contact_place place = board_layout_contact(spot, i);
        float radius = fmaxf(1, place.pitch * 0.4F);
        canvas_circle(paint->canvas, place.x, place.y, radius, color_of(spot, GOLD));
        canvas_circle(paint->canvas, place.x, place.y, radius * 0.84F, DARK);
    }
}

static const struct shape {
    const char *name;
    void (*paint)(const struct board_paint *paint, const struct board_spot *spot);
} shapes[] = {
    {"chip", paint_chip},       {"plug", paint_plug},     {"fingers", paint_fingers},
    {"antenna", paint_antenna}, {"switch", paint_switch}, {"push", paint_push},
    {"shield", paint_shield},   {"socket", paint_socket}, {"lamp", paint_lamp},
    {"header", paint_header},   {"pads", paint_pads},     {"none", NULL},
};

void board_paint_item(const struct board_paint *paint, const struct board_spot *spot)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (is_shape(spot, shapes[i].name)) {
            if (shapes[i].paint != NULL) {
                shapes[i].paint(paint, spot);
            }
            return;
        }
    }
    if (spot->item->contact_count > 0) {
        paint_header(paint, spot);
    } else {
        paint_block(paint, spot);
    }
}

/* ---- contacts ---- */

/* A voltage stands in its square as high as it is. */
static void paint_voltage(const struct board_paint *paint, const struct view_pin *pin,
                          struct rect box, float line)
{
    const color *colors = theme_get(THEME_DARK)->colors;
    float supply = fmaxf(1, (float)paint->parts->supply_millivolts);
    float share = fminf(1, fmaxf(0, (float)pin->millivolts / supply));
    struct rect inside = board_grow(box, -line);
    float height = inside.height * share;
    canvas_fill(paint->canvas,
                (struct rect){inside.x, inside.y + inside.height - height, inside.width, height},
                colors[THEME_HIGH]);
    canvas_frame(paint->canvas, box, line, board_tint(colors[THEME_FLOATING], 350));
}

static void paint_level(const struct board_paint *paint, const struct view_pin *pin,
                        struct board_contact_place place)
{
    const color *colors = theme_get(THEME_DARK)->colors;
    float side = fmaxf(4, fminf(20, place.pitch * 0.56F));
    struct rect box = {place.x - side / 2, place.y - side / 2, side, side};
    float line = fmaxf(1, side * 0.16F);
    if (pin->analog) {
        paint_voltage(paint, pin, box, line);
    } else if (pin->level == VIEW_LEVEL_FLOATING) {
        canvas_fill(paint->canvas, (struct rect){box.x, place.y - line / 2, side, line},
                    board_tint(colors[THEME_FLOATING], 350));
    } else if (pin->level == VIEW_LEVEL_HIGH) {
        canvas_fill(paint->canvas, box, colors[THEME_HIGH]);
    } else {
        canvas_frame(paint->canvas, box, line, board_tint(colors[THEME_LOW], 380));
    }
    if (pin->toggled) {
        canvas_frame(paint->canvas, board_grow(box, line + 1), 1, colors[THEME_ACCENT]);
    }
}

static const char *name_of(const struct board_picture_contact *contact,
                           char buffer[BOARD_PIN_NAME_BYTES])
{
    if (contact->name != NULL) {
        return contact->name;
    }
    return contact->pin == BOARD_PICTURE_NO_PIN ? "" : board_pin_name(buffer, contact->pin);
}

/* Into the board from the edge that is nearer. */
static void paint_contact_name(const struct board_paint *paint, const struct board_spot *spot,
                               const struct board_picture_contact *contact,
                               struct board_contact_place place)
{
    char buffer[BOARD_PIN_NAME_BYTES];
    const struct rect *outline = &paint->layout->outline;
    const char *name = name_of(contact, buffer);
    if (is_wide(spot->area)) {
        bool upper = place.y < outline->y + outline->height / 2;
        float y = upper ? spot->area.y + spot->area.height + 3 : spot->area.y - 17;
        canvas_text(paint->canvas, CANVAS_SMALL, place.x, y, 0, CANVAS_CENTRE, paint->silk, name);
    } else {
        bool left = place.x < outline->x + outline->width / 2;
        float x = left ? spot->area.x + spot->area.width + 4 : spot->area.x - 4;
        canvas_text(paint->canvas, CANVAS_SMALL, x, place.y - 7, 0,
                    left ? CANVAS_LEFT : CANVAS_RIGHT, paint->silk, name);
    }
}

void board_paint_contacts(const struct board_paint *paint, const struct board_spot *spot)
{
    for (size_t i = 0; i < spot->item->contact_count; i++) {
        const struct board_picture_contact *contact = &spot->item->contacts[i];
        struct board_contact_place place = board_layout_contact(spot, i);
        if (contact->pin < paint->parts->pin_count) {
            paint_level(paint, &paint->parts->pins[contact->pin], place);
        } else {
            canvas_circle(paint->canvas, place.x, place.y, fmaxf(1, fminf(3, place.pitch * 0.14F)),
                          board_shade(GOLD, 250));
        }
        if (place.pitch >= NAMES_PITCH && spot->item->contact_rows == 1) {
            paint_contact_name(paint, spot, contact, place);
        }
    }
}

/* ---- what is printed ---- */

struct labels {
    enum canvas_font font;
    struct rect taken[LABELS_MAX];
    size_t count;
};

static bool touch(struct rect a, struct rect b)
{
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
           b.y < a.y + a.height;
}

static bool is_free(const struct board_paint *paint, const struct labels *labels, struct rect area)
{
    const struct rect *outline = &paint->layout->outline;
    if (area.x < outline->x + 2 || area.y < outline->y + 2 ||
        area.x + area.width > outline->x + outline->width - 2 ||
        area.y + area.height > outline->y + outline->height - 2) {
        return false;
    }
    for (size_t i = 0; i < labels->count; i++) {
        if (touch(labels->taken[i], area)) {
            return false;
        }
    }
    for (size_t i = 0; i < paint->layout->count; i++) {
        if (touch(paint->layout->spots[i].area, area)) {
            return false;
        }
    }
    return true;
}

static void print(const struct board_paint *paint, struct labels *labels, struct rect at, color ink,
                  const char *text)
{
    canvas_text(paint->canvas, labels->font, at.x + at.width / 2, at.y, 0, CANVAS_CENTRE, ink,
                text);
    if (labels->count < LABELS_MAX) {
        labels->taken[labels->count++] = board_grow(at, LABEL_GAP);
    }
}

/* On the part itself where it is printed there and fits, else on the first side with room. */
static void place_label(const struct board_paint *paint, const struct board_spot *spot,
                        struct labels *labels)
{
    const char *text = spot->item->silk;
    float width = canvas_text_width(paint->canvas, labels->font, text);
    float height = canvas_line_height(paint->canvas, labels->font);
    struct rect area = spot->area;
    float x = area.x + (area.width - width) / 2;
    float y = area.y + (area.height - height) / 2;
    bool on_it = is_shape(spot, "chip") || is_shape(spot, "shield");
    if (on_it && width + 6 <= area.width) {
        color ink = is_shape(spot, "shield") ? 0x30363dffU : 0xb8c0c9ffU;
        print(paint, labels, (struct rect){x, y, width, height}, ink, text);
        return;
    }
    const struct rect sides[] = {
        {x, area.y + area.height + LABEL_GAP, width, height},
        {x, area.y - height - LABEL_GAP, width, height},
        {area.x + area.width + 4, y, width, height},
        {area.x - width - 4, y, width, height},
    };
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        if (is_free(paint, labels, sides[i])) {
            print(paint, labels, sides[i], paint->silk, text);
            return;
        }
    }
}

void board_paint_silk(const struct board_paint *paint)
{
    struct labels labels = {.font =
                                paint->layout->scale > LARGE_SCALE ? CANVAS_SANS : CANVAS_SMALL};
    for (unsigned drawn = 0; drawn <= 1; drawn++) { /* parts first */
        for (size_t i = 0; i < paint->layout->count; i++) {
            const struct board_spot *spot = &paint->layout->spots[i];
            bool is_drawn = spot->device == BOARD_PICTURE_NO_DEVICE;
            if (is_drawn == (drawn != 0) && spot->item != NULL && spot->item->silk != NULL) {
                place_label(paint, spot, &labels);
            }
        }
    }
}
