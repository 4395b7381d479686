#include "sim/machine/board_picture.h"

#include <libfdt.h>

#include "sim/machine/board_tree.h"

#define DEFAULT_SIZE_UM 2000

static bool read_length(const struct board *board, int node, const char *name, uint32_t index,
                        int32_t *length)
{
    uint32_t value = 0;
    if (!tree_cell(board->blob, node, name, index, &value) || value > BOARD_PICTURE_LENGTH_MAX) {
        return false;
    }
    *length = (int32_t)value;
    return true;
}

static uint32_t read_color(const struct board *board, int node)
{
    uint32_t color = 0;
    return tree_cell(board->blob, node, "sandglass,color", 0, &color) && color <= 0xFFFFFF
               ? color
               : BOARD_PICTURE_NO_COLOR;
}

static bool read_outline(const struct board *board, struct board_picture *picture,
                         struct sim_error *error)
{
    const char *name = "sandglass,outline-um";
    uint32_t cells = tree_cell_count(board->blob, 0, name);
    if (!tree_has(board->blob, 0, name)) {
        return true;
    }
    if (cells < 6 || cells % 2 != 0 || cells / 2 > BOARD_PICTURE_CORNERS_MAX) {
        return board_refuse(board, 0, error, "`%s` is 3 to %d corners <X Y>", name,
                            BOARD_PICTURE_CORNERS_MAX);
    }
    for (uint32_t i = 0; i < cells / 2; i++) {
        struct board_picture_point *corner = &picture->corners[i];
        if (!read_length(board, 0, name, 2 * i, &corner->x_um) ||
            !read_length(board, 0, name, 2 * i + 1, &corner->y_um)) {
            return board_refuse(board, 0, error, "`%s`: corner %u lies more than a metre off", name,
                                i);
        }
        picture->width_um = corner->x_um > picture->width_um ? corner->x_um : picture->width_um;
        picture->height_um = corner->y_um > picture->height_um ? corner->y_um : picture->height_um;
    }
    picture->corner_count = cells / 2;
    read_length(board, 0, "sandglass,corner-radius-um", 0, &picture->corner_radius_um);
    return true;
}

/* Even-odd rule along a ray to the right; an edge that ends on the ray counts at its lower end. */
bool board_picture_holds(const struct board_picture *picture, struct board_picture_point point)
{
    bool inside = false;
    for (size_t i = 0; i < picture->corner_count; i++) {
        struct board_picture_point a = picture->corners[i];
        struct board_picture_point b = picture->corners[(i + 1) % picture->corner_count];
        /* Which side of the edge the point lies on; below 2^42, so 64 bits do. */
        int64_t side = (int64_t)(b.x_um - a.x_um) * (point.y_um - a.y_um) -
                       (int64_t)(b.y_um - a.y_um) * (point.x_um - a.x_um);
        bool between_x = (a.x_um <= point.x_um) != (b.x_um <= point.x_um) || a.x_um == point.x_um ||
                         b.x_um == point.x_um;
        bool between_y = (a.y_um <= point.y_um) != (b.y_um <= point.y_um) || a.y_um == point.y_um ||
                         b.y_um == point.y_um;
        if (side == 0 && between_x && between_y) {
            return true;
        }
        if ((a.y_um > point.y_um) != (b.y_um > point.y_um)) {
            inside = inside != ((b.y_um > a.y_um) == (side > 0));
        }
    }
    return inside;
}

static bool read_contacts(const struct board *board, int node, struct board_picture_item *item,
                          struct sim_error *error)
{
    const char *pins = "sandglass,pins";
    const char *names = "sandglass,pin-names";
    uint32_t count = tree_cell_count(board->blob, node, pins);
    uint32_t rows = 1;
    tree_cell(board->blob, node, "sandglass,pin-rows", 0, &rows);
    if (count > BOARD_PICTURE_PINS_MAX || (count == 0 && tree_has(board->blob, node, pins))) {
        return board_refuse(board, node, error, "`%s` is a list of 1 to %d pins", pins,
                            BOARD_PICTURE_PINS_MAX);
    }
    if (rows == 0 || rows > BOARD_PICTURE_PINS_MAX || count % rows != 0) {
        return board_refuse(board, node, error, "`sandglass,pin-rows` does not divide the pins");
    }
    item->contact_count = count;
    item->contact_rows = rows;
    for (uint32_t i = 0; i < count; i++) {
        struct board_picture_contact *contact = &item->contacts[i];
        int length = 0;
        tree_cell(board->blob, node, pins, i, &contact->pin);
        if (contact->pin != BOARD_PICTURE_NO_PIN && contact->pin >= board->pin_count) {
            return board_refuse(board, node, error,
                                "`%s` names pin %u, which the chip does not have", pins,
                                contact->pin);
        }
        contact->name = fdt_stringlist_get(board->blob, node, names, (int)i, &length);
        contact->name = contact->name != NULL && length > 0 ? contact->name : NULL;
    }
    return true;
}

static bool add_item(const struct board *board, int node, struct board_picture_item item,
                     struct board_picture *picture, struct sim_error *error)
{
    if (!tree_has(board->blob, node, "sandglass,at-um")) {
        return true;
    }
    item.silk = tree_string(board->blob, node, "sandglass,silk");
    item.shape = tree_string(board->blob, node, "sandglass,shape");
    item.color = read_color(board, node);
    item.width_um = DEFAULT_SIZE_UM;
    item.height_um = DEFAULT_SIZE_UM;
    read_length(board, node, "sandglass,size-um", 0, &item.width_um);
    read_length(board, node, "sandglass,size-um", 1, &item.height_um);
    if (!read_length(board, node, "sandglass,at-um", 0, &item.centre.x_um) ||
        !read_length(board, node, "sandglass,at-um", 1, &item.centre.y_um)) {
        return board_refuse(board, node, error, "`sandglass,at-um` is no <X Y>");
    }
    if (!board_picture_holds(picture, item.centre)) {
        return board_refuse(board, node, error,
                            "`sandglass,at-um` <%d %d> lies outside of the board's "
                            "sandglass,outline-um",
                            item.centre.x_um, item.centre.y_um);
    }
    if (picture->item_count == BOARD_PICTURE_ITEMS_MAX) {
        return board_refuse(board, node, error, "one thing too many to draw: up to %d have places",
                            BOARD_PICTURE_ITEMS_MAX);
    }
    picture->items[picture->item_count] = item;
    picture->item_count++;
    return read_contacts(board, node, &picture->items[picture->item_count - 1], error);
}

static bool add_devices(const struct board *board, struct board_picture *picture,
                        struct sim_error *error)
{
    for (size_t i = 0; i < board->device_count; i++) {
        const struct board_device *device = &board->devices[i];
        const struct board_picture_item item = {
            .device = i, .name = device->name, .kind = device->device_class->name};
        if (!add_item(board, device->node, item, picture, error)) {
            return false;
        }
    }
    return true;
}

/* What is no device: the children of /picture. */
static bool add_others(const struct board *board, struct board_picture *picture,
                       struct sim_error *error)
{
    int others = fdt_path_offset(board->blob, "/picture");
    int node = 0;
    if (others < 0) {
        return true;
    }
    fdt_for_each_subnode(node, board->blob, others)
    {
        const struct board_picture_item item = {.device = BOARD_PICTURE_NO_DEVICE,
                                                .name = fdt_get_name(board->blob, node, NULL),
                                                .kind = "outline-only"};
        if (!add_item(board, node, item, picture, error)) {
            return false;
        }
    }
    return true;
}

bool board_picture_read(const struct board *board, struct board_picture *picture,
                        struct sim_error *error)
{
    *picture = (struct board_picture){.color = read_color(board, 0)};
    return read_outline(board, picture, error) && add_others(board, picture, error) &&
           add_devices(board, picture, error);
}
