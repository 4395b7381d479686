/* sim/ui/board_layout.h - where everything of a board lies in its pane: to scale where the
 * devicetree has places, in a grid where it has none. Knows no canvas. */
#ifndef SIM_UI_BOARD_LAYOUT_H
#define SIM_UI_BOARD_LAYOUT_H

#include "sim/ui/canvas.h"
#include "sim/view/view_parts.h"

#define BOARD_SPOTS_MAX  (BOARD_PICTURE_ITEMS_MAX + VIEW_PARTS_MAX)
#define BOARD_ZOOM_MAX   8.0F
#define BOARD_NO_SPOT    (-1)
#define BOARD_DIGIT_KEYS 9

/* How the pane looks at the board: 1 and nothing moved fits. */
struct board_camera {
    float zoom; /* 1 to BOARD_ZOOM_MAX */
    float pan_x, pan_y;
};

struct board_spot {
    struct rect area;
    size_t device;                         /* BOARD_PICTURE_NO_DEVICE: something only drawn */
    const struct board_picture_item *item; /* NULL: a part without a place, in `cell` */
    struct rect cell; /* the card that such a part has, with `area` at its left */
};

static inline float board_middle_x(const struct board_spot *spot)
{
    return spot->area.x + spot->area.width / 2;
}

static inline float board_middle_y(const struct board_spot *spot)
{
    return spot->area.y + spot->area.height / 2;
}

struct board_layout {
    bool has_outline;
    float scale; /* points per micrometre */
    float x, y;  /* of the board's upper left corner */
    struct rect outline;
    struct board_spot spots[BOARD_SPOTS_MAX]; /* what lies above comes later */
    size_t count;
};

/* `line`: height of a line of text, which cards go by. */
void board_layout_make(struct board_layout *layout, const struct view_parts *parts,
                       const struct board_camera *camera, struct rect area, float line);

/* What is nearest under a point: a spot that can be acted on before one that cannot, the smallest
 * first. Its index, or BOARD_NO_SPOT. */
int board_layout_find(const struct board_layout *layout, const struct view_parts *parts, float x,
                      float y);

/* The spot of a device, or BOARD_NO_SPOT. */
int board_layout_find_device(const struct board_layout *layout, size_t device);

/* The spot next to one in a direction (dx, dy: -1, 0, 1); from BOARD_NO_SPOT the first. Only parts,
 * not what is only drawn. */
int board_layout_next(const struct board_layout *layout, int from, int dx, int dy);

/* Whether a person acts on a part of this kind. */
bool board_kind_is_pressed(enum view_part_kind kind);

/* Contact `index` of a connector: its middle, and the distance to the next. */
struct board_contact_place {
    float x, y, pitch;
};
struct board_contact_place board_layout_contact(const struct board_spot *spot, size_t index);

/* Where in a display's area its picture of width x height lies: as many whole pixels of the screen
 * for each of its own as fit, unless that wastes too much. */
struct rect board_layout_picture(struct rect area, uint32_t width, uint32_t height,
                                 float pixel_scale);

/* The places of a touch panel lie on the picture of the display that it covers; without one on the
 * panel itself. */
struct rect board_layout_touch_area(const struct board_layout *layout,
                                    const struct view_parts *parts, int panel, float pixel_scale);

#endif
