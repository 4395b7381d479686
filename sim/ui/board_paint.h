/* sim/ui/board_paint.h - how a board and its parts look. Everything is drawn from the frame and the
 * layout; nothing is remembered. */
#ifndef SIM_UI_BOARD_PAINT_H
#define SIM_UI_BOARD_PAINT_H

#include "sim/ui/board_hold.h"
#include "sim/ui/board_layout.h"
#include "sim/ui/canvas.h"
#include "sim/ui/pane.h"

struct board_paint {
    struct canvas *canvas;
    const struct ui_context *context;
    const struct view_parts *parts;
    const struct board_layout *layout;
    const struct board_holds *holds;
    float pixel_scale; /* pixels per point */
    color solder;      /* of the board */
    color silk;        /* of what is printed on it */
};

/* Sets the colours of `paint` from the picture. */
void board_paint_begin(struct board_paint *paint);

/* The board itself with its shadow: board_paint_outline.c. */
void board_paint_outline(const struct board_paint *paint);

/* What is no part of the simulation, by its shape; connectors: board_paint_items.c. */
void board_paint_item(const struct board_paint *paint, const struct board_spot *spot);
void board_paint_contacts(const struct board_paint *paint, const struct board_spot *spot);
/* What is printed beside the parts, where there is room. */
void board_paint_silk(const struct board_paint *paint);

/* A part with its state: board_paint_parts.c. Lights glow later, over everything. */
void board_paint_part(const struct board_paint *paint, const struct board_spot *spot);
/* The card around a part that has no place on the board. */
void board_paint_cell(const struct board_paint *paint, const struct board_spot *spot);

/* board_paint_lights.c: lights of several colours that sit together mix. */
void board_paint_light(const struct board_paint *paint, const struct board_spot *spot);
void board_paint_glow(const struct board_paint *paint);

/* What is said about a spot, beside the mouse or the spot: board_paint_card.c. `contact`: of a
 * connector, or -1. */
void board_paint_card(const struct board_paint *paint, const struct board_spot *spot, int contact,
                      struct rect area);

/* 0xRRGGBB with full opacity, or `otherwise`. */
static inline color board_rgb(uint32_t rgb, color otherwise)
{
    return rgb <= 0xFFFFFFU ? rgb << 8 | 0xffU : otherwise;
}

static inline color board_shade(color value, uint32_t permille)
{
    return color_mix(value, 0x000000ffU, permille);
}

static inline color board_tint(color value, uint32_t permille)
{
    return color_mix(value, 0xffffffffU, permille);
}

static inline struct rect board_grow(struct rect area, float by)
{
    return (struct rect){area.x - by, area.y - by, area.width + 2 * by, area.height + 2 * by};
}

/* "P0.17" */
#define BOARD_PIN_NAME_BYTES 8
const char *board_pin_name(char name[BOARD_PIN_NAME_BYTES], uint32_t pin);

/* The number of the key that presses a button, 1 to 9; 0: none. */
int board_key_of(const struct view_parts *parts, size_t device);
/* The button of such a key, or BOARD_PICTURE_NO_DEVICE. */
size_t board_device_of_key(const struct view_parts *parts, int number);

#endif
