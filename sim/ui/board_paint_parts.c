#include <math.h>
#include <stdio.h>

#include "sim/ui/board_paint.h"

#define COPPER       0xc79a4bffU
#define METAL        0xa9b1baffU
#define BODY_DEFAULT 0x23272dffU
#define TURN         6.2831853F

static const struct view_part *part_of(const struct board_paint *paint,
                                       const struct board_spot *spot)
{
    return &paint->parts->parts[spot->device];
}

static color body_of(const struct board_paint *paint, const struct board_spot *spot,
                     color otherwise)
{
    return board_rgb(part_of(paint, spot)->color, otherwise);
}

static float smaller_side(const struct board_spot *spot)
{
    return fminf(spot->area.width, spot->area.height);
}

/* Of what draws rings around itself when it moves: a card has less room for them. */
static float ringed_radius(const struct board_spot *spot)
{
    return smaller_side(spot) * (spot->item == NULL ? 0.3F : 0.5F);
}

static color accent(void)
{
    /* On a board the dark theme's accent shows best. */
    return theme_get(THEME_DARK)->colors[THEME_ACCENT];
}

/* A small padlock at the upper right corner: it stays as it is. */
static void paint_lock(const struct board_paint *paint, struct rect area)
{
    float x = area.x + area.width - 3;
    float y = area.y - 5;
    canvas_circle(paint->canvas, x + 4, y + 4, 8, 0x10151cffU);
    canvas_ring(paint->canvas, x + 4, y + 3, 3, 1.5F, accent());
    canvas_fill_round(paint->canvas, (struct rect){x, y + 3, 8, 6}, 1.5F, accent());
}

/* ---- buttons and touch ---- */

static void paint_key_cap(const struct board_paint *paint, const struct board_spot *spot)
{
    int number = board_key_of(paint->parts, spot->device);
    char digit[2] = {(char)('0' + number), '\0'};
    if (number == 0 || smaller_side(spot) < 24 || board_is_latched(paint->holds, spot->device)) {
        return;
    }
    float height = canvas_line_height(paint->canvas, CANVAS_SMALL) + 2;
    struct rect cap = {spot->area.x + spot->area.width - height * 0.4F,
                       spot->area.y - height * 0.5F, height - 1, height};
    canvas_fill_round(paint->canvas, cap, 3, 0x10151cd0U);
    canvas_frame_round(paint->canvas, cap, 3, 1, 0xffffff40U);
    canvas_text(paint->canvas, CANVAS_SMALL, cap.x + cap.width / 2, cap.y + 1, 0, CANVAS_CENTRE,
                0xe6ebf2ffU, digit);
}

/* A long one lies at the side of a case; it moves inwards as a whole. */
static void paint_bar(const struct board_paint *paint, const struct board_spot *spot, bool pressed)
{
    float radius = smaller_side(spot) / 2;
    color body = body_of(paint, spot, 0x3a4049ffU);
    struct rect area = pressed ? board_grow(spot->area, -1) : spot->area;
    canvas_fill_round(paint->canvas, area, radius, pressed ? board_shade(body, 350) : body);
    canvas_frame_round(paint->canvas, area, radius, 1, board_tint(body, pressed ? 100 : 350));
    if (pressed) {
        canvas_frame_round(paint->canvas, board_grow(spot->area, 2.5F), radius + 2.5F, 2, accent());
    }
}

static void paint_tact(const struct board_paint *paint, const struct board_spot *spot, bool pressed)
{
    float side = smaller_side(spot);
    float x = board_middle_x(spot);
    float y = board_middle_y(spot);
    color cap = body_of(paint, spot, 0x2b3038ffU);
    canvas_fill_round(paint->canvas, spot->area, 2, METAL);
    canvas_frame_round(paint->canvas, spot->area, 2, 1, board_shade(METAL, 450));
    float inset = side * 0.11F;
    for (int i = 0; i < 4 && side >= 20; i++) {
        canvas_circle(paint->canvas,
                      i % 2 == 0 ? spot->area.x + inset : spot->area.x + spot->area.width - inset,
                      i < 2 ? spot->area.y + inset : spot->area.y + spot->area.height - inset,
                      fmaxf(1, side * 0.035F), board_shade(METAL, 550));
    }
    float radius = side * 0.33F;
    canvas_circle(paint->canvas, x, y, radius + side * 0.04F, board_shade(METAL, 500));
    if (pressed) {
        canvas_circle(paint->canvas, x, y, radius, board_shade(cap, 450));
        canvas_circle(paint->canvas, x, y + 0.5F, radius * 0.84F, board_shade(cap, 250));
        canvas_ring(paint->canvas, x, y, radius + side * 0.09F + 1, 2, accent());
    } else {
        canvas_circle(paint->canvas, x, y + side * 0.035F, radius, 0x00000060U);
        canvas_circle(paint->canvas, x, y - side * 0.015F, radius, cap);
        canvas_circle(paint->canvas, x, y - side * 0.05F, radius * 0.72F, board_tint(cap, 90));
    }
}

static void paint_button(const struct board_paint *paint, const struct board_spot *spot)
{
    bool pressed = part_of(paint, spot)->active || board_is_held(paint->holds, spot->device);
    float longer = fmaxf(spot->area.width, spot->area.height);
    if (longer > 2.5F * smaller_side(spot)) {
        paint_bar(paint, spot, pressed);
    } else {
        paint_tact(paint, spot, pressed);
    }
    paint_key_cap(paint, spot);
}

static void paint_finger(const struct board_paint *paint, float x, float y, float radius)
{
    canvas_glow(paint->canvas, x, y, radius * 1.7F, color_fade(accent(), 160));
    canvas_circle(paint->canvas, x, y, radius, 0xffffff50U);
    canvas_ring(paint->canvas, x, y, radius, 2, accent());
}

static void paint_touch_key(const struct board_paint *paint, const struct board_spot *spot)
{
    float side = smaller_side(spot);
    float x = board_middle_x(spot);
    float y = board_middle_y(spot);
    color copper = body_of(paint, spot, COPPER);
    color gap = color_mix(copper, paint->solder, 750);
    canvas_circle(paint->canvas, x, y, side / 2, copper);
    for (int ring = 1; ring <= 3 && side >= 16; ring++) {
        canvas_ring(paint->canvas, x, y, side / 2 * (1 - 0.24F * (float)ring), 1.2F, gap);
    }
    if (part_of(paint, spot)->active || board_is_held(paint->holds, spot->device)) {
        paint_finger(paint, x, y, side * 0.36F);
    }
}

static void paint_touch_panel(const struct board_paint *paint, const struct board_spot *spot)
{
    const struct view_part *part = part_of(paint, spot);
    int index = (int)(spot - paint->layout->spots);
    if (spot->item == NULL) {
        canvas_fill_round(paint->canvas, spot->area, 4, 0x0c0f14ffU);
        for (int i = 1; i < 6; i++) {
            float at = (float)i / 6;
            canvas_fill(paint->canvas,
                        (struct rect){spot->area.x + spot->area.width * at, spot->area.y, 1,
                                      spot->area.height},
                        0xffffff18U);
            canvas_fill(paint->canvas,
                        (struct rect){spot->area.x, spot->area.y + spot->area.height * at,
                                      spot->area.width, 1},
                        0xffffff18U);
        }
    }
    canvas_frame_round(paint->canvas, spot->area, 4, 1, 0xffffff30U);
    if (part->active && part->touch_width > 0 && part->touch_height > 0) {
        struct rect places =
            board_layout_touch_area(paint->layout, paint->parts, index, paint->pixel_scale);
        float x = ((float)part->touch_x + 0.5F) / (float)part->touch_width * places.width;
        float y = ((float)part->touch_y + 0.5F) / (float)part->touch_height * places.height;
        paint_finger(paint, places.x + x, places.y + y, fmaxf(9, places.width * 0.06F));
    }
}

/* ---- displays ---- */

static const struct view_display *display_of(const struct board_paint *paint, size_t device)
{
    for (size_t i = 0; i < paint->parts->display_count; i++) {
        if (paint->parts->displays[i].device == device && paint->parts->displays[i].width > 0) {
            return &paint->parts->displays[i];
        }
    }
    return NULL;
}

static void paint_display(const struct board_paint *paint, const struct board_spot *spot)
{
    const struct view_display *display = display_of(paint, spot->device);
    struct rect bezel = board_grow(spot->area, 3);
    canvas_fill_round(paint->canvas, bezel, 5, 0x040506ffU);
    canvas_frame_round(paint->canvas, bezel, 5, 1, 0x3a414bffU);
    if (display == NULL) {
        canvas_hatch(paint->canvas, spot->area, 8, 0xffffff20U);
        canvas_text(paint->canvas, CANVAS_SANS, board_middle_x(spot), board_middle_y(spot) - 8,
                    spot->area.width, CANVAS_CENTRE, 0xb0b8c2ffU, "no picture");
        return;
    }
    struct rect glass =
        board_layout_picture(spot->area, display->width, display->height, paint->pixel_scale);
    canvas_picture(paint->canvas, glass, (uint32_t)spot->device, display->rgb, display->width,
                   display->height, display->changes);
    if (!part_of(paint, spot)->active) {
        canvas_text(paint->canvas, CANVAS_SMALL, board_middle_x(spot), board_middle_y(spot) - 7,
                    spot->area.width, CANVAS_CENTRE, 0x6b7480ffU, "display off");
    }
}

/* ---- what moves and sounds ---- */

static void paint_motor(const struct board_paint *paint, const struct board_spot *spot)
{
    const struct view_part *part = part_of(paint, spot);
    bool turns = part->brightness > 0;
    float radius = ringed_radius(spot);
    float x = board_middle_x(spot);
    float y = board_middle_y(spot);
    float angle = turns ? (float)(paint->context->wall_ms % 240) / 240 * TURN : TURN / 4;
    if (turns) {
        for (int i = 1; i <= 2; i++) {
            uint32_t alpha = 60U + 140U * part->brightness / VIEW_FULL / (uint32_t)i;
            canvas_ring(paint->canvas, x, y, radius + 3 * (float)i + 1, 1.5F,
                        color_fade(accent(), alpha));
        }
        x += paint->context->wall_ms / 40 % 2 == 0 ? 0.7F : -0.7F;
    }
    color metal = body_of(paint, spot, METAL);
    canvas_circle(paint->canvas, x, y, radius, board_shade(metal, 350));
    canvas_circle(paint->canvas, x, y, radius * 0.86F, metal);
    /* The weight beside the axle. */
    float px = x + cosf(angle) * radius * 0.4F;
    float py = y + sinf(angle) * radius * 0.4F;
    canvas_circle(paint->canvas, px, py, radius * 0.38F, board_shade(metal, 550));
    canvas_circle(paint->canvas, x, y, fmaxf(1, radius * 0.12F), 0x14181dffU);
}

static void paint_buzzer(const struct board_paint *paint, const struct board_spot *spot)
{
    const struct view_part *part = part_of(paint, spot);
    float radius = ringed_radius(spot);
    float x = board_middle_x(spot);
    float y = board_middle_y(spot);
    color body = body_of(paint, spot, 0x1c2025ffU);
    for (int i = 1; part->active && i <= 3; i++) {
        canvas_ring(paint->canvas, x, y, radius + 5 * (float)i, 1.5F,
                    color_fade(accent(), 220U - 60U * (uint32_t)i));
    }
    canvas_circle(paint->canvas, x, y, radius, board_tint(body, 120));
    canvas_circle(paint->canvas, x, y, radius - 1, body);
    canvas_ring(paint->canvas, x, y, radius * 0.72F, 1, board_tint(body, 160));
    canvas_circle(paint->canvas, x, y, radius * 0.16F, 0x000000ffU);
    if (part->active && spot->item != NULL) {
        canvas_text(paint->canvas, CANVAS_SMALL, x, spot->area.y + spot->area.height + 16, 0,
                    CANVAS_CENTRE, paint->silk, part->text);
    }
}

/* ---- the rest ---- */

static void paint_chip(const struct board_paint *paint, const struct board_spot *spot)
{
    color body = body_of(paint, spot, BODY_DEFAULT);
    struct rect legs = board_grow(spot->area, -smaller_side(spot) * 0.14F);
    canvas_fill(paint->canvas, (struct rect){spot->area.x, legs.y, spot->area.width, legs.height},
                board_shade(METAL, 150));
    struct rect middle = {legs.x, spot->area.y, legs.width, spot->area.height};
    canvas_fill_round(paint->canvas, middle, 1.5F, body);
    canvas_frame_round(paint->canvas, middle, 1.5F, 1, board_tint(body, 140));
    canvas_circle(paint->canvas, middle.x + fmaxf(3, middle.width * 0.18F),
                  middle.y + fmaxf(3, middle.height * 0.18F), fmaxf(1, smaller_side(spot) * 0.05F),
                  board_tint(body, 450));
}

/* What measures has a window towards the world. */
static void paint_sensor(const struct board_paint *paint, const struct board_spot *spot)
{
    float side = smaller_side(spot);
    paint_chip(paint, spot);
    if (side >= 12) {
        canvas_circle(paint->canvas, board_middle_x(spot), board_middle_y(spot), side * 0.2F,
                      0x8fa4b8ffU);
        canvas_circle(paint->canvas, board_middle_x(spot), board_middle_y(spot), side * 0.14F,
                      0x0c1117ffU);
    }
}

static float turned(const struct board_paint *paint, size_t device)
{
    for (size_t i = 0; i < paint->parts->control_count; i++) {
        const struct view_control *control = &paint->parts->controls[i];
        if (control->device == device && control->kind != VIEW_CONTROL_ONCE) {
            float span = (float)control->usual_maximum - (float)control->usual_minimum;
            float value = (float)control->value - (float)control->usual_minimum;
            return span > 0 ? fminf(1, fmaxf(0, value / span)) : 0;
        }
    }
    return 0;
}

static void paint_knob(const struct board_paint *paint, const struct board_spot *spot)
{
    float radius = smaller_side(spot) / 2;
    float x = board_middle_x(spot);
    float y = board_middle_y(spot);
    float angle = (0.375F + 0.75F * turned(paint, spot->device)) * TURN;
    color body = body_of(paint, spot, 0x2d64a8ffU);
    canvas_fill_round(paint->canvas, spot->area, 2, body);
    canvas_circle(paint->canvas, x, y, radius * 0.78F, board_shade(METAL, 350));
    canvas_circle(paint->canvas, x, y, radius * 0.7F, 0xdfe4e9ffU);
    canvas_line(paint->canvas, x, y, x + cosf(angle) * radius * 0.66F,
                y + sinf(angle) * radius * 0.66F, fmaxf(1.5F, radius * 0.14F), 0x1b2026ffU);
}

static void paint_link(const struct board_paint *paint, const struct board_spot *spot)
{
    bool active = part_of(paint, spot)->active;
    float radius = smaller_side(spot) / 2;
    float x = board_middle_x(spot);
    float y = board_middle_y(spot);
    const color *colors = paint->context->theme->colors;
    color line = active ? colors[THEME_GOOD] : colors[THEME_TEXT_DIM];
    canvas_ring(paint->canvas, x, y, radius * 0.8F, 1.5F, line);
    if (active) {
        canvas_circle(paint->canvas, x, y, radius * 0.36F, line);
    } else {
        canvas_line(paint->canvas, x - radius * 0.3F, y + radius * 0.3F, x + radius * 0.3F,
                    y - radius * 0.3F, 1.5F, line);
    }
}

void board_paint_part(const struct board_paint *paint, const struct board_spot *spot)
{
    switch (part_of(paint, spot)->kind) {
    case VIEW_PART_LIGHT:
        board_paint_light(paint, spot);
        break;
    case VIEW_PART_BUTTON:
        paint_button(paint, spot);
        break;
    case VIEW_PART_TOUCH_KEY:
        paint_touch_key(paint, spot);
        break;
    case VIEW_PART_TOUCH_PANEL:
        paint_touch_panel(paint, spot);
        break;
    case VIEW_PART_DISPLAY:
        paint_display(paint, spot);
        break;
    case VIEW_PART_MOTOR:
        paint_motor(paint, spot);
        break;
    case VIEW_PART_BUZZER:
        paint_buzzer(paint, spot);
        break;
    case VIEW_PART_SENSOR:
        paint_sensor(paint, spot);
        break;
    case VIEW_PART_KNOB:
        paint_knob(paint, spot);
        break;
    case VIEW_PART_LINK:
        paint_link(paint, spot);
        break;
    case VIEW_PART_OTHER:
        paint_chip(paint, spot);
        break;
    }
    if (board_is_latched(paint->holds, spot->device)) {
        paint_lock(paint, spot->area);
    }
}

void board_paint_cell(const struct board_paint *paint, const struct board_spot *spot)
{
    const struct view_part *part = part_of(paint, spot);
    const color *colors = paint->context->theme->colors;
    bool below = spot->area.width > spot->cell.width / 2; /* a large symbol */
    float x = below ? spot->cell.x + 8 : spot->area.x + spot->area.width + 8;
    float y = below ? spot->area.y + spot->area.height + 4 : spot->cell.y + 8;
    float width = spot->cell.x + spot->cell.width - x - 8;
    canvas_fill_round(paint->canvas, spot->cell, 6, colors[THEME_PANE_RAISED]);
    canvas_frame_round(paint->canvas, spot->cell, 6, 1, colors[THEME_BORDER]);
    const char *name = part->label != NULL && part->label[0] != '\0' ? part->label : part->name;
    canvas_text(paint->canvas, CANVAS_SANS, x, y, width, CANVAS_LEFT, colors[THEME_TEXT], name);
    if (!below) {
        y += canvas_line_height(paint->canvas, CANVAS_SANS) + 1;
        canvas_text(paint->canvas, CANVAS_SMALL, x, y, width, CANVAS_LEFT, colors[THEME_TEXT_DIM],
                    part->text[0] != '\0' ? part->text : part->place);
    }
}
