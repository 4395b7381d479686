/* sim/view/view_parts.h - the parts and pins of the board, as a person would see them. Nothing here
 * knows a board: what a part is follows from its device class. */
#ifndef SIM_VIEW_VIEW_PARTS_H
#define SIM_VIEW_VIEW_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/machine/board_picture.h"

#define VIEW_PARTS_MAX         BOARD_DEVICES_MAX
#define VIEW_CONTROLS_MAX      64
#define VIEW_DISPLAYS_MAX      2
#define VIEW_DISPLAY_BYTES_MAX (320U * 320U * 3U)
#define VIEW_FULL              1000 /* of brightness: all of the time */

enum view_part_kind {
    VIEW_PART_OTHER, /* drawn, does nothing visible */
    VIEW_PART_LIGHT,
    VIEW_PART_BUTTON,    /* takes "press" and "release" */
    VIEW_PART_TOUCH_KEY, /* takes "touch" and "release", at no place */
    VIEW_PART_TOUCH_PANEL,
    VIEW_PART_DISPLAY,
    VIEW_PART_MOTOR,
    VIEW_PART_BUZZER,
};

/* One device of the board; the index is that of board->devices. */
struct view_part {
    const char *name; /* the board's */
    enum view_part_kind kind;
    bool active;         /* lit, pressed, touched, turning at this moment */
    uint16_t brightness; /* of lights: share of the time lit since the frame before */
    uint32_t touch_width, touch_height; /* of a touch panel: places */
    char text[48];                      /* its state in words: "on", "2,300 Hz", "21.5 C" */
};

enum view_level { VIEW_LEVEL_LOW, VIEW_LEVEL_HIGH, VIEW_LEVEL_FLOATING };
enum view_driver { VIEW_DRIVEN_BY_NOBODY, VIEW_DRIVEN_BY_CHIP, VIEW_DRIVEN_BY_PART };

struct view_pin {
    enum view_level level;
    enum view_driver driver;
    bool toggled; /* since the frame before */
};

/* A value that somebody may set while the machine runs: temperature, millivolts, lux. */
struct view_control {
    size_t device;
    const char *input; /* name of the input, for a view_command */
    const char *label; /* "temperature" */
    const char *unit;  /* "mC", "mV"; "" where the class says none */
    int32_t minimum, maximum, value;
};

struct view_display {
    size_t device;
    uint32_t width, height, changes;
    uint8_t rgb[VIEW_DISPLAY_BYTES_MAX]; /* rows from above, 3 bytes a pixel */
};

struct view_parts {
    const struct board *board;           /* constant while the machine lives */
    const struct board_picture *picture; /* likewise */
    struct view_part parts[VIEW_PARTS_MAX];
    size_t part_count;
    struct view_pin pins[BOARD_PINS_MAX];
    size_t pin_count;
    struct view_control controls[VIEW_CONTROLS_MAX];
    size_t control_count;
    struct view_display displays[VIEW_DISPLAYS_MAX];
    size_t display_count;
};

#endif
