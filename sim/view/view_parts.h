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
#define VIEW_PART_TEXT_BYTES   64
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
    VIEW_PART_SENSOR, /* somebody sets what it measures: a view_control */
    VIEW_PART_KNOB,   /* likewise, by turning it */
    VIEW_PART_LINK,   /* stands for something elsewhere: a computer, another radio */
};

/* One device of the board; the index is that of board->devices. */
struct view_part {
    const char *name;  /* the board's */
    const char *label; /* what the devicetree calls it: "Red LED"; NULL: nothing */
    const char *place; /* its pin, its bus and address there, or its own address */
    enum view_part_kind kind;
    bool on_chip;        /* a peripheral of the chip */
    bool active;         /* lit, pressed, touched, turning at this moment */
    uint16_t brightness; /* of lights and motors: share of the time lit since the frame before */
    uint32_t color;      /* of a light: 0xRRGGBB or BOARD_PICTURE_NO_COLOR */
    uint32_t touch_width, touch_height; /* of a touch panel: places */
    uint32_t touch_x, touch_y;          /* while it is touched: where */
    char text[VIEW_PART_TEXT_BYTES];    /* its state in words: "on", "2300 Hz", "21.50 °C" */
};

enum view_level { VIEW_LEVEL_LOW, VIEW_LEVEL_HIGH, VIEW_LEVEL_FLOATING };
enum view_driver {
    VIEW_DRIVEN_BY_NOBODY,
    VIEW_DRIVEN_BY_CHIP,
    VIEW_DRIVEN_BY_PART,
    VIEW_DRIVEN_BY_PULL, /* a resistor, on the board or inside the chip, holds it */
};

struct view_pin {
    const char *users; /* what it is wired for, as the devicetree says: "i2c0 SDA"; "": nothing */
    enum view_level level;
    enum view_driver driver;
    bool toggled;       /* since the frame before */
    bool analog;        /* a part sets a voltage: */
    int32_t millivolts; /* against ground, of any pin */
};

enum view_control_kind {
    VIEW_CONTROL_VALUE, /* it has `value`; the input sets it */
    VIEW_CONTROL_TURN,  /* it has `value`; the input is added to it */
    VIEW_CONTROL_ONCE,  /* the input makes something happen, and there is no value between */
};

/* What somebody may set or do while the machine runs: temperature, millivolts, a tap. */
struct view_control {
    size_t device;
    enum view_control_kind kind;
    const char *input; /* name of the input, for a view_command */
    const char *label; /* "temperature" */
    const char *unit;  /* "°C", "mV"; "" where the class says none */
    uint32_t decimals; /* value 2150 with 2 of them is 21.50 */
    int32_t minimum, maximum, value;
    int32_t usual_minimum, usual_maximum; /* what a slider spans */
};

#define VIEW_VALUE_TEXT_BYTES 32

/* The value with decimals and unit: "21.50 °C", "-12 mg". Returns text. */
const char *view_value_text(char text[VIEW_VALUE_TEXT_BYTES], int32_t value, uint32_t decimals,
                            const char *unit);

/* Of a display whose picture is larger than VIEW_DISPLAY_BYTES_MAX, every second row and column,
 * or every third, and so on. */
struct view_display {
    size_t device;
    uint32_t width, height;
    uint32_t changes;                    /* another number: `rgb` has changed */
    uint8_t rgb[VIEW_DISPLAY_BYTES_MAX]; /* rows from above, 3 bytes a pixel */
};

struct view_parts {
    const struct board *board;           /* constant while the machine lives */
    const struct board_picture *picture; /* likewise */
    struct view_part parts[VIEW_PARTS_MAX];
    size_t part_count;
    struct view_pin pins[BOARD_PINS_MAX];
    size_t pin_count;
    int32_t supply_millivolts; /* of the chip */
    struct view_control controls[VIEW_CONTROLS_MAX];
    size_t control_count;
    struct view_display displays[VIEW_DISPLAYS_MAX];
    size_t display_count;
};

#endif
