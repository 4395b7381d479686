#include "sim/ui/board_layout.h"

#include <math.h>
#include <string.h>

#define MARGIN       24.0F
#define CELL_LINES   11.5F /* width of a card, in heights of a line of text */
#define CELL_GAP     8.0F
#define CELL_PADDING 8.0F
#define PANEL_SIDE   176.0F /* of a display or a touch panel without a place */
#define SMALLEST     9.0F   /* of a part that is drawn */
#define NEAR         4.0F   /* how far beside a part a click still means it */
#define WHOLE_ENOUGH 0.8F   /* of a display's area, to be used by whole pixels */

bool board_kind_is_pressed(enum view_part_kind kind)
{
    return kind == VIEW_PART_BUTTON || kind == VIEW_PART_TOUCH_KEY || kind == VIEW_PART_TOUCH_PANEL;
}

static bool is_panel(enum view_part_kind kind)
{
    return kind == VIEW_PART_DISPLAY || kind == VIEW_PART_TOUCH_PANEL;
}

static bool has_place(const struct view_parts *parts, size_t device)
{
    for (size_t i = 0; i < parts->picture->item_count; i++) {
        if (parts->picture->items[i].device == device) {
            return parts->picture->corner_count > 0;
        }
    }
    return false;
}

static void add_spot(struct board_layout *layout, struct board_spot spot)
{
    if (layout->count < BOARD_SPOTS_MAX) {
        layout->spots[layout->count] = spot;
        layout->count++;
    }
}

/* ---- parts without a place: cards in rows ---- */

struct card_row {
    struct board_layout *layout;
    struct rect area;
    float x, y; /* of the next card */
    float line;
    float row_height;
};

static void add_card(struct card_row *row, const struct view_parts *parts, size_t device)
{
    bool large = is_panel(parts->parts[device].kind);
    float width = large ? PANEL_SIDE : row->line * CELL_LINES;
    float height = large ? PANEL_SIDE + row->line : 2 * row->line + 2 * CELL_PADDING;
    if (row->x > row->area.x && row->x + width > row->area.x + row->area.width) {
        row->x = row->area.x;
        row->y += row->row_height + CELL_GAP;
        row->row_height = 0;
    }
    struct board_spot spot = {.device = device, .cell = {row->x, row->y, width, height}};
    float side = large ? width - 2 * CELL_PADDING : height - 2 * CELL_PADDING;
    spot.area = (struct rect){row->x + CELL_PADDING, row->y + CELL_PADDING, side, side};
    add_spot(row->layout, spot);
    row->x += width + CELL_GAP;
    row->row_height = fmaxf(row->row_height, height);
}

/* Returns the height that they take. */
static float add_cards(struct board_layout *layout, const struct view_parts *parts,
                       struct rect area, float line)
{
    struct card_row row = {.layout = layout, .area = area, .x = area.x, .y = area.y, .line = line};
    for (unsigned large = 0; large <= 1; large++) {
        for (size_t i = 0; i < parts->part_count; i++) {
            const struct view_part *part = &parts->parts[i];
            if (!part->on_chip && !has_place(parts, i) && is_panel(part->kind) == (large == 0)) {
                add_card(&row, parts, i);
            }
        }
    }
    return row.row_height == 0 ? 0 : row.y + row.row_height - area.y;
}

static void move_cards(struct board_layout *layout, float dx, float dy)
{
    for (size_t i = 0; i < layout->count; i++) {
        struct board_spot *spot = &layout->spots[i];
        spot->area.x += dx;
        spot->area.y += dy;
        spot->cell.x += dx;
        spot->cell.y += dy;
    }
}

/* ---- parts with a place ---- */

static struct rect place_item(const struct board_layout *layout,
                              const struct board_picture_item *item)
{
    float width = fmaxf((float)item->width_um * layout->scale, SMALLEST);
    float height = fmaxf((float)item->height_um * layout->scale, SMALLEST);
    /* What is long stays long. */
    if (item->width_um > 2 * item->height_um) {
        height = fmaxf((float)item->height_um * layout->scale, SMALLEST / 2);
    } else if (item->height_um > 2 * item->width_um) {
        width = fmaxf((float)item->width_um * layout->scale, SMALLEST / 2);
    }
    float x = layout->x + (float)item->centre.x_um * layout->scale;
    float y = layout->y + (float)item->centre.y_um * layout->scale;
    return (struct rect){x - width / 2, y - height / 2, width, height};
}

/* Displays lie above what is only drawn, touch panels above displays, other parts above both. */
static int depth_of(const struct view_parts *parts, const struct board_picture_item *item)
{
    if (item->device == BOARD_PICTURE_NO_DEVICE || item->device >= parts->part_count) {
        return 0;
    }
    enum view_part_kind kind = parts->parts[item->device].kind;
    return kind == VIEW_PART_DISPLAY ? 1 : kind == VIEW_PART_TOUCH_PANEL ? 2 : 3;
}

static void add_items(struct board_layout *layout, const struct view_parts *parts)
{
    const struct board_picture *picture = parts->picture;
    for (int depth = 0; depth <= 3; depth++) {
        for (size_t i = 0; i < picture->item_count; i++) {
            const struct board_picture_item *item = &picture->items[i];
            if (depth_of(parts, item) == depth) {
                add_spot(layout, (struct board_spot){.area = place_item(layout, item),
                                                     .device = item->device,
                                                     .item = item});
            }
        }
    }
}

static void place_outline(struct board_layout *layout, const struct board_picture *picture,
                          const struct board_camera *camera, struct rect area)
{
    float width = fmaxf((float)picture->width_um, 1);
    float height = fmaxf((float)picture->height_um, 1);
    float margin = fminf(MARGIN, fminf(area.width, area.height) / 24);
    float room_x = fmaxf(area.width - 2 * margin, 16);
    float room_y = fmaxf(area.height - 2 * margin, 16);
    layout->has_outline = true;
    layout->scale = fminf(room_x / width, room_y / height) * camera->zoom;
    layout->x = area.x + area.width / 2 + camera->pan_x - width * layout->scale / 2;
    layout->y = area.y + area.height / 2 + camera->pan_y - height * layout->scale / 2;
    layout->outline =
        (struct rect){layout->x, layout->y, width * layout->scale, height * layout->scale};
}

void board_layout_make(struct board_layout *layout, const struct view_parts *parts,
                       const struct board_camera *camera, struct rect area, float line)
{
    layout->count = 0;
    layout->has_outline = false;
    layout->scale = 0;
    struct rect room = {area.x + CELL_GAP, area.y + CELL_GAP, area.width - 2 * CELL_GAP,
                        area.height - 2 * CELL_GAP};
    float cards = add_cards(layout, parts, room, line);
    if (parts->picture->corner_count == 0) {
        float spare = fmaxf(0, (room.height - cards) / 2);
        move_cards(layout, camera->pan_x, camera->pan_y + spare);
        return;
    }
    float below = cards > 0 ? cards + CELL_GAP : 0;
    move_cards(layout, 0, room.height - cards);
    place_outline(layout, parts->picture, camera,
                  (struct rect){area.x, area.y, area.width, area.height - below});
    add_items(layout, parts);
}

/* ---- finding ---- */

static bool holds(struct rect area, float x, float y, float beside)
{
    return x >= area.x - beside && y >= area.y - beside && x <= area.x + area.width + beside &&
           y <= area.y + area.height + beside;
}

static bool is_acted_on(const struct view_parts *parts, const struct board_spot *spot)
{
    return spot->device < parts->part_count &&
           board_kind_is_pressed(parts->parts[spot->device].kind);
}

int board_layout_find(const struct board_layout *layout, const struct view_parts *parts, float x,
                      float y)
{
    int best = BOARD_NO_SPOT;
    float best_rank = 0;
    for (size_t i = 0; i < layout->count; i++) {
        const struct board_spot *spot = &layout->spots[i];
        struct rect area = spot->item == NULL ? spot->cell : spot->area;
        if (!holds(area, x, y, NEAR)) {
            continue;
        }
        /* A point, a part, what is only drawn: each kind far from the next. */
        float rank = area.width * area.height;
        rank += spot->device == BOARD_PICTURE_NO_DEVICE ? 1.0e9F : 0;
        rank += is_acted_on(parts, spot) ? 0 : 1.0e8F;
        rank += holds(area, x, y, 0) ? 0 : 1.0e7F;
        if (best == BOARD_NO_SPOT || rank < best_rank) {
            best = (int)i;
            best_rank = rank;
        }
    }
    return best;
}

int board_layout_find_device(const struct board_layout *layout, size_t device)
{
    for (size_t i = 0; i < layout->count; i++) {
        if (layout->spots[i].device == device) {
            return (int)i;
        }
    }
    return BOARD_NO_SPOT;
}

/* How far `to` lies in the direction, and what is beside it counts double. Negative: not there. */
static float distance(const struct board_spot *from, const struct board_spot *to, int dx, int dy)
{
    float along = (board_middle_x(to) - board_middle_x(from)) * (float)dx +
                  (board_middle_y(to) - board_middle_y(from)) * (float)dy;
    float beside = fabsf((board_middle_x(to) - board_middle_x(from)) * (float)dy) +
                   fabsf((board_middle_y(to) - board_middle_y(from)) * (float)dx);
    return along > 0.5F ? along + 2 * beside : -1;
}

int board_layout_next(const struct board_layout *layout, int from, int dx, int dy)
{
    int best = BOARD_NO_SPOT;
    float best_distance = 0;
    for (size_t i = 0; i < layout->count; i++) {
        const struct board_spot *spot = &layout->spots[i];
        if (spot->device == BOARD_PICTURE_NO_DEVICE || (int)i == from) {
            continue;
        }
        float far = from == BOARD_NO_SPOT ? board_middle_x(spot) + board_middle_y(spot) * 2
                                          : distance(&layout->spots[from], spot, dx, dy);
        if ((far >= 0 || from == BOARD_NO_SPOT) && (best == BOARD_NO_SPOT || far < best_distance)) {
            best = (int)i;
            best_distance = far;
        }
    }
    return best == BOARD_NO_SPOT ? from : best;
}

/* ---- inside of a spot ---- */

struct board_contact_place board_layout_contact(const struct board_spot *spot, size_t index)
{
    const struct board_picture_item *item = spot->item;
    size_t columns = item->contact_count / item->contact_rows;
    size_t column = index % columns;
    size_t row = index / columns;
    bool across = spot->area.width >= spot->area.height;
    float length = across ? spot->area.width : spot->area.height;
    float depth = across ? spot->area.height : spot->area.width;
    float along = length * ((float)column + 0.5F) / (float)columns;
    float down = depth * ((float)row + 0.5F) / (float)item->contact_rows;
    float pitch = fminf(length / (float)columns, depth / (float)item->contact_rows * 1.5F);
    return (struct board_contact_place){.x = spot->area.x + (across ? along : down),
                                        .y = spot->area.y + (across ? down : along),
                                        .pitch = pitch};
}

struct rect board_layout_picture(struct rect area, uint32_t width, uint32_t height,
                                 float pixel_scale)
{
    float fitting = fminf(area.width / (float)width, area.height / (float)height) * pixel_scale;
    float whole = floorf(fitting);
    float used = whole >= 1 && whole >= fitting * WHOLE_ENOUGH ? whole : fitting;
    float across = (float)width * used / pixel_scale;
    float down = (float)height * used / pixel_scale;
    /* On whole pixels, too. */
    float x = roundf((area.x + (area.width - across) / 2) * pixel_scale) / pixel_scale;
    float y = roundf((area.y + (area.height - down) / 2) * pixel_scale) / pixel_scale;
    return (struct rect){x, y, across, down};
}

static bool covers(struct rect above, struct rect below)
{
    float x = below.x + below.width / 2;
    float y = below.y + below.height / 2;
    return holds(above, x, y, 0) && above.width >= below.width * 0.7F;
}

struct rect board_layout_touch_area(const struct board_layout *layout,
                                    const struct view_parts *parts, int panel, float pixel_scale)
{
    struct rect area = layout->spots[panel].area;
    for (size_t i = 0; i < parts->display_count; i++) {
        const struct view_display *display = &parts->displays[i];
        int spot = board_layout_find_device(layout, display->device);
        if (spot != BOARD_NO_SPOT && display->width > 0 && covers(area, layout->spots[spot].area)) {
            return board_layout_picture(layout->spots[spot].area, display->width, display->height,
                                        pixel_scale);
        }
    }
    return area;
}
