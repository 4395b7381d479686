/* sim/machine/board_picture.h - what a board looks like, as far as its devicetree says: outline,
 * and where each part sits. Properties are described in docs/adding-a-board.md. All lengths are
 * micrometres; x goes right and y down from the upper left corner of the outline's box, seen from
 * the side with the parts. */
#ifndef SIM_MACHINE_BOARD_PICTURE_H
#define SIM_MACHINE_BOARD_PICTURE_H

#include "sim/machine/board.h"

#define BOARD_PICTURE_CORNERS_MAX 32
#define BOARD_PICTURE_ITEMS_MAX   96
#define BOARD_PICTURE_LENGTH_MAX  1000000 /* a board is no larger than a metre */
#define BOARD_PICTURE_NO_DEVICE   SIZE_MAX
#define BOARD_PICTURE_NO_COLOR    UINT32_MAX
#define BOARD_PICTURE_PINS_MAX    64
#define BOARD_PICTURE_NO_PIN      UINT32_MAX

struct board_picture_point {
    int32_t x_um, y_um;
};

/* A part, or something else that is drawn (a plug, the chip). */
struct board_picture_item {
    size_t device;     /* index in board->devices, or BOARD_PICTURE_NO_DEVICE */
    const char *name;  /* of the device, else of the node */
    const char *silk;  /* what is printed beside it; NULL: nothing */
    const char *kind;  /* class of the device, else "outline-only" */
    const char *shape; /* what it looks like: "chip", "plug", ...; NULL: nothing is said */
    struct board_picture_point centre;
    int32_t width_um, height_um;
    uint32_t color; /* 0xRRGGBB or BOARD_PICTURE_NO_COLOR */
    /* Of a connector: its contacts row by row, each row along the longer side from the left or the
     * top. */
    struct board_picture_contact {
        uint32_t pin;     /* port * 32 + pin, or BOARD_PICTURE_NO_PIN: ground, supply */
        const char *name; /* what is printed beside it; NULL: nothing */
    } contacts[BOARD_PICTURE_PINS_MAX];
    size_t contact_count, contact_rows; /* rows: 1 or more; they divide the count */
};

struct board_picture {
    struct board_picture_point corners[BOARD_PICTURE_CORNERS_MAX]; /* of the outline, in order */
    size_t corner_count; /* 0: the board says nothing; the parts have no places then */
    int32_t corner_radius_um;
    int32_t width_um, height_um; /* of the box around the outline, which begins at (0, 0) */
    uint32_t color;              /* of the board: 0xRRGGBB or BOARD_PICTURE_NO_COLOR */
    struct board_picture_item items[BOARD_PICTURE_ITEMS_MAX];
    size_t item_count;
};

/* Reads the picture; strings in it live as long as the board. False, with SIM_WRONG_USE, when what
 * the board says cannot be: no polygon, or a place that does not lie on the board. */
bool board_picture_read(const struct board *board, struct board_picture *picture,
                        struct sim_error *error);

/* Whether a point lies inside of the outline or on it (its corners taken as sharp). */
bool board_picture_holds(const struct board_picture *picture, struct board_picture_point point);

#endif
