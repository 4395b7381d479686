#include <math.h>
#include <string.h>

#include "sim/ui/board_paint.h"
#include "sim/ui/panes.h"

#define ZOOM_STEP  1.2F
#define FOCUS_AWAY 4.0F
#define PLACE_NONE (-1)

struct board_state {
    struct board_camera camera;
    struct board_layout layout; /* of the last drawing */
    float pixel_scale;
    struct board_holds holds;
    size_t focused; /* device + 1 that the keyboard chose; 0: none */
    size_t pressed; /* device + 1 that the mouse holds; 0: none */
    int32_t place;  /* of a touch panel, where it was told last */
    bool panning;
    float pan_from_x, pan_from_y;
};

int board_key_of(const struct view_parts *parts, size_t device)
{
    int number = 0;
    if (parts->parts[device].kind != VIEW_PART_BUTTON) {
        return 0;
    }
    for (size_t i = 0; i <= device; i++) {
        number += parts->parts[i].kind == VIEW_PART_BUTTON;
    }
    return number <= BOARD_DIGIT_KEYS ? number : 0;
}

size_t board_device_of_key(const struct view_parts *parts, int number)
{
    for (size_t i = 0; i < parts->part_count; i++) {
        if (board_key_of(parts, i) == number) {
            return i;
        }
    }
    return BOARD_PICTURE_NO_DEVICE;
}

/* ---- drawing ---- */

static int focused_spot(const struct board_state *board)
{
    return board->focused == 0 ? BOARD_NO_SPOT
                               : board_layout_find_device(&board->layout, board->focused - 1);
}

/* The contact of a connector under the mouse, or -1. */
static int contact_at(const struct board_spot *spot, float x, float y)
{
    for (size_t i = 0; spot->item != NULL && i < spot->item->contact_count; i++) {
        struct board_contact_place place = board_layout_contact(spot, i);
        if (fabsf(place.x - x) <= place.pitch / 2 && fabsf(place.y - y) <= place.pitch / 2 + 2) {
            return (int)i;
        }
    }
    return -1;
}

/* On a board, whatever its colour, a bright line on a dark one shows. */
static void draw_focus(const struct board_state *board, const struct board_paint *paint)
{
    int index = focused_spot(board);
    if (index == BOARD_NO_SPOT || !paint->context->focused) {
        return;
    }
    const struct board_spot *spot = &board->layout.spots[index];
    bool on_board = spot->item != NULL;
    struct rect area = on_board ? board_grow(spot->area, FOCUS_AWAY) : spot->cell;
    const struct theme *theme = on_board ? theme_get(THEME_DARK) : paint->context->theme;
    if (on_board) {
        canvas_frame_round(paint->canvas, board_grow(area, 1), 6, 4, 0x10151cc0U);
    }
    canvas_frame_round(paint->canvas, area, 5, 2, theme->colors[THEME_ACCENT]);
}

static void draw_card(const struct board_state *board, const struct board_paint *paint,
                      struct rect area)
{
    float x = paint->context->mouse_x;
    float y = paint->context->mouse_y;
    if (board->pressed != 0 || board->panning) {
        return; /* nothing in front of what happens */
    }
    if (rect_holds(area, x, y)) {
        int spot = board_layout_find(&board->layout, paint->parts, x, y);
        if (spot != BOARD_NO_SPOT) {
            const struct board_spot *found = &board->layout.spots[spot];
            board_paint_card(paint, found, contact_at(found, x, y), area);
        }
    } else if (focused_spot(board) != BOARD_NO_SPOT && paint->context->focused) {
        board_paint_card(paint, &board->layout.spots[focused_spot(board)], -1, area);
    }
}

static void draw_spots(const struct board_state *board, const struct board_paint *paint)
{
    for (size_t i = 0; i < board->layout.count; i++) {
        const struct board_spot *spot = &board->layout.spots[i];
        if (spot->device >= paint->parts->part_count) {
            board_paint_item(paint, spot);
        } else {
            if (spot->item == NULL) {
                board_paint_cell(paint, spot);
            }
            board_paint_part(paint, spot);
        }
        if (spot->item != NULL) {
            board_paint_contacts(paint, spot);
        }
    }
}

static void draw_nothing(struct canvas *canvas, struct rect area, const struct ui_context *context)
{
    canvas_text(canvas, CANVAS_SANS, area.x + area.width / 2, area.y + area.height / 2 - 8,
                area.width, CANVAS_CENTRE, context->theme->colors[THEME_TEXT_DIM],
                "The devicetree has no parts beside the chip");
}

static void draw(void *state, struct canvas *canvas, struct rect area,
                 const struct ui_context *context)
{
    struct board_state *board = state;
    const struct view_parts *parts = &context->frame->parts;
    if (parts->picture == NULL) {
        return;
    }
    board->camera.zoom = fmaxf(1, board->camera.zoom);
    board->pixel_scale = canvas_scale(canvas);
    board_layout_make(&board->layout, parts, &board->camera, area,
                      canvas_line_height(canvas, CANVAS_SANS));
    struct board_paint paint = {.canvas = canvas,
                                .context = context,
                                .parts = parts,
                                .layout = &board->layout,
                                .holds = &board->holds,
                                .pixel_scale = board->pixel_scale};
    board_paint_begin(&paint);
    if (board->layout.has_outline) {
        board_paint_outline(&paint);
    }
    draw_spots(board, &paint);
    if (board->layout.has_outline) {
        board_paint_silk(&paint);
    }
    board_paint_glow(&paint);
    if (board->layout.count == 0) {
        draw_nothing(canvas, area, context);
    }
    draw_focus(board, &paint);
    draw_card(board, &paint, area);
}

/* ---- acting ---- */

/* Which place of a touch panel lies under a point; the nearest when it is beside it. */
static int32_t place_at(const struct board_state *board, const struct view_parts *parts, int spot,
                        float x, float y)
{
    const struct view_part *part = &parts->parts[board->layout.spots[spot].device];
    struct rect places =
        board_layout_touch_area(&board->layout, parts, spot, fmaxf(board->pixel_scale, 0.1F));
    if (part->touch_width == 0 || part->touch_height == 0 || !(places.width > 0) ||
        !(places.height > 0)) {
        return 0;
    }
    float across = fminf(1, fmaxf(0, (x - places.x) / places.width));
    float down = fminf(1, fmaxf(0, (y - places.y) / places.height));
    uint32_t column = (uint32_t)(across * (float)part->touch_width);
    uint32_t row = (uint32_t)(down * (float)part->touch_height);
    column = column < part->touch_width ? column : part->touch_width - 1;
    row = row < part->touch_height ? row : part->touch_height - 1;
    return (int32_t)(column + row * DEVICE_TOUCH_PLACES);
}

static int32_t middle_place(const struct view_parts *parts, size_t device)
{
    const struct view_part *part = &parts->parts[device];
    return (int32_t)(part->touch_width / 2 + part->touch_height / 2 * DEVICE_TOUCH_PLACES);
}

static bool is_known(const struct view_parts *parts, size_t device)
{
    return device < parts->part_count && board_kind_is_pressed(parts->parts[device].kind);
}

static bool mouse_down(struct board_state *board, const struct ui_event *event,
                       const struct ui_context *context)
{
    const struct view_parts *parts = &context->frame->parts;
    int spot = board_layout_find(&board->layout, parts, event->x, event->y);
    size_t device =
        spot == BOARD_NO_SPOT ? BOARD_PICTURE_NO_DEVICE : board->layout.spots[spot].device;
    if (device < parts->part_count) {
        board->focused = device + 1;
    }
    if (event->button == 2 || !is_known(parts, device)) {
        board->panning = event->button != 3;
        board->pan_from_x = event->x;
        board->pan_from_y = event->y;
        return true;
    }
    board->place = place_at(board, parts, spot, event->x, event->y);
    if (event->button == 3 || (event->modifiers & UI_SHIFT) != 0) {
        board_toggle_latch(&board->holds, device, board->place, context);
    } else {
        board_hold(&board->holds, device, BOARD_HELD_BY_MOUSE, board->place, context);
        board->pressed = device + 1;
    }
    return true;
}

static bool mouse_move(struct board_state *board, const struct ui_event *event,
                       const struct ui_context *context)
{
    const struct view_parts *parts = &context->frame->parts;
    if (board->panning) {
        board->camera.pan_x += event->x - board->pan_from_x;
        board->camera.pan_y += event->y - board->pan_from_y;
        board->pan_from_x = event->x;
        board->pan_from_y = event->y;
        return true;
    }
    size_t device = board->pressed - 1;
    if (board->pressed == 0 || !is_known(parts, device) ||
        parts->parts[device].kind != VIEW_PART_TOUCH_PANEL) {
        return board->pressed != 0;
    }
    int spot = board_layout_find_device(&board->layout, device);
    int32_t place =
        spot == BOARD_NO_SPOT ? board->place : place_at(board, parts, spot, event->x, event->y);
    if (place != board->place) {
        board->place = place;
        board_hold(&board->holds, device, BOARD_HELD_BY_MOUSE, place, context);
    }
    return true;
}

static void mouse_up(struct board_state *board, const struct ui_context *context)
{
    board->panning = false;
    board->pressed = 0;
    board_let_go_all(&board->holds, BOARD_HELD_BY_MOUSE, context);
}

/* What lies under the point stays there. */
static void zoom(struct board_state *board, struct rect area, float x, float y, float factor)
{
    float before = fmaxf(1, board->camera.zoom);
    float after = fminf(BOARD_ZOOM_MAX, fmaxf(1, before * factor));
    float from_x = x - area.x - area.width / 2 - board->camera.pan_x;
    float from_y = y - area.y - area.height / 2 - board->camera.pan_y;
    board->camera.zoom = after;
    board->camera.pan_x -= from_x * (after / before - 1);
    board->camera.pan_y -= from_y * (after / before - 1);
    if (after <= 1) {
        board->camera = (struct board_camera){.zoom = 1};
    }
}

static void hold_by_key(struct board_state *board, size_t device, enum board_holder holder,
                        const struct ui_event *event, const struct ui_context *context)
{
    int32_t place = middle_place(&context->frame->parts, device);
    if ((event->modifiers & UI_SHIFT) != 0) {
        board_toggle_latch(&board->holds, device, place, context);
    } else {
        board_hold(&board->holds, device, holder, place, context);
    }
}

/* The touch key or panel that T means: the chosen one, else the first. */
static size_t touch_device(const struct board_state *board, const struct view_parts *parts)
{
    size_t found = BOARD_PICTURE_NO_DEVICE;
    for (size_t i = parts->part_count; i > 0; i--) {
        enum view_part_kind kind = parts->parts[i - 1].kind;
        if ((kind == VIEW_PART_TOUCH_KEY || kind == VIEW_PART_TOUCH_PANEL) &&
            (found == BOARD_PICTURE_NO_DEVICE || board->focused != found + 1)) {
            found = i - 1;
        }
    }
    return found;
}

/* By how much [at, at + length] has to move to lie within [from, from + room]. */
static float way_into(float at, float length, float from, float room)
{
    if (at < from) {
        return from - at;
    }
    return at + length > from + room ? fmaxf(from - at, from + room - at - length) : 0;
}

static void move_focus(struct board_state *board, struct rect area, int dx, int dy)
{
    int next = board_layout_next(&board->layout, focused_spot(board), dx, dy);
    if (next == BOARD_NO_SPOT) {
        return;
    }
    const struct board_spot *spot = &board->layout.spots[next];
    struct rect seen = board_grow(spot->item != NULL ? spot->area : spot->cell, 2 * FOCUS_AWAY);
    board->focused = spot->device + 1;
    if (spot->item != NULL || !board->layout.has_outline) { /* else it does not move */
        board->camera.pan_x += way_into(seen.x, seen.width, area.x, area.width);
        board->camera.pan_y += way_into(seen.y, seen.height, area.y, area.height);
    }
}

/* Keys that mean something only while the pane has the focus. */
static bool own_key(struct board_state *board, struct rect area, const struct ui_event *event,
                    const struct ui_context *context)
{
    float x = area.x + area.width / 2;
    float y = area.y + area.height / 2;
    switch (event->key) {
    case UI_KEY_LEFT:
        move_focus(board, area, -1, 0);
        return true;
    case UI_KEY_RIGHT:
        move_focus(board, area, 1, 0);
        return true;
    case UI_KEY_UP_ARROW:
        move_focus(board, area, 0, -1);
        return true;
    case UI_KEY_DOWN_ARROW:
        move_focus(board, area, 0, 1);
        return true;
    case '+':
    case '=':
        zoom(board, area, x, y, ZOOM_STEP);
        return true;
    case '-':
        zoom(board, area, x, y, 1 / ZOOM_STEP);
        return true;
    case '0':
        board->camera = (struct board_camera){.zoom = 1};
        return true;
    case UI_KEY_ENTER:
        if (board->focused != 0 && is_known(&context->frame->parts, board->focused - 1)) {
            hold_by_key(board, board->focused - 1, BOARD_HELD_BY_ENTER, event, context);
            return true;
        }
        return false;
    default:
        return false;
    }
}

static bool key_down(struct board_state *board, struct rect area, const struct ui_event *event,
                     const struct ui_context *context)
{
    const struct view_parts *parts = &context->frame->parts;
    bool digit = event->key >= '1' && event->key <= '9';
    size_t device = digit               ? board_device_of_key(parts, event->key - '0')
                    : event->key == 't' ? touch_device(board, parts)
                                        : BOARD_PICTURE_NO_DEVICE;
    if ((event->modifiers & (UI_CTRL | UI_ALT)) != 0) {
        return false;
    }
    bool repeated = event->repeated;
    if (is_known(parts, device)) {
        if (!repeated) {
            hold_by_key(board, device, digit ? BOARD_HELD_BY_DIGIT : BOARD_HELD_BY_LETTER, event,
                        context);
        }
        return true;
    }
    if (!context->focused || (repeated && event->key == UI_KEY_ENTER)) {
        return false;
    }
    return own_key(board, area, event, context);
}

/* Whatever modifiers there are by now. */
static bool key_up(struct board_state *board, const struct ui_event *event,
                   const struct ui_context *context)
{
    const struct view_parts *parts = &context->frame->parts;
    if (event->key >= '1' && event->key <= '9') {
        size_t device = board_device_of_key(parts, event->key - '0');
        if (is_known(parts, device)) {
            board_let_go(&board->holds, device, BOARD_HELD_BY_DIGIT, context);
        }
    } else if (event->key == 't') {
        board_let_go_all(&board->holds, BOARD_HELD_BY_LETTER, context);
    } else if (event->key == UI_KEY_ENTER) {
        board_let_go_all(&board->holds, BOARD_HELD_BY_ENTER, context);
    }
    return false;
}

static void let_go(struct board_state *board, const struct ui_context *context)
{
    mouse_up(board, context);
    board_let_go_all(&board->holds, BOARD_HELD_BY_DIGIT, context);
    board_let_go_all(&board->holds, BOARD_HELD_BY_LETTER, context);
    board_let_go_all(&board->holds, BOARD_HELD_BY_ENTER, context);
}

static bool event(void *state, struct rect area, const struct ui_event *event,
                  const struct ui_context *context)
{
    struct board_state *board = state;
    switch (event->kind) {
    case UI_MOUSE_DOWN:
        return rect_holds(area, event->x, event->y) && mouse_down(board, event, context);
    case UI_MOUSE_UP:
        mouse_up(board, context);
        return true;
    case UI_MOUSE_MOVE:
        return mouse_move(board, event, context);
    case UI_WHEEL:
        if (rect_holds(area, event->x, event->y) && event->delta_y != 0) {
            zoom(board, area, event->x, event->y,
                 powf(ZOOM_STEP, fminf(4, fmaxf(-4, event->delta_y))));
            return true;
        }
        return false;
    case UI_KEY_DOWN:
        return key_down(board, area, event, context);
    case UI_KEY_UP:
        return key_up(board, event, context);
    case UI_LET_GO:
        let_go(board, context);
        return false;
    case UI_TEXT:
        break;
    }
    return false;
}

static void tell_places(const void *state, struct rect area, const struct ui_context *context,
                        const struct ui_places *places)
{
    const struct board_state *board = state;
    const struct view_parts *parts = &context->frame->parts;
    (void)area;
    for (size_t i = 0; i < board->layout.count; i++) {
        const struct board_spot *spot = &board->layout.spots[i];
        if (spot->device < parts->part_count) {
            places->tell(places->context, parts->parts[spot->device].name, spot->area);
        }
    }
}

static const struct pane_key keys[] = {
    {"1-9", "press button 1-9 while it is held; with Shift: latch"},
    {"T", "touch the pad or the panel; with Shift: latch"},
    {"arrows", "go to the next part"},
    {"Enter", "press or touch the part; with Shift: latch"},
    {"+ - 0", "zoom in, out, fit (also the wheel; drag to move)"},
    {NULL, NULL},
};

const struct pane_class pane_board = {
    .name = "board",
    .title = "Board",
    .minimum_width = 240,
    .minimum_height = 160,
    .state_bytes = sizeof(struct board_state),
    .draw = draw,
    .event = event,
    .places = tell_places,
    .keys = keys,
};
