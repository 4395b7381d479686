/* A board of the size of a development kit: four LEDs of which one is on and one half bright, four
 * buttons of which one is pressed, a touch pad, a light sensor, two headers with all kinds of
 * levels; and an LED of three colours. */
#include "sim/ui/tests/sample_frame.h"

#include <stdio.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define PINS        32

static const struct device_class led = {.name = "led"};
static const struct device_class button = {.name = "button"};
static const struct device_class pad = {.name = "touch-key"};
static const struct device_class light = {.name = "bh1750"};
static const struct device_class chip = {.name = "nrf52-temp"};

static const struct sample_part {
    const struct device_class *device_class;
    const char *name, *label, *silk, *place, *text;
    enum view_part_kind kind;
    int32_t x_um, y_um, width_um, height_um;
    uint32_t color;
    uint16_t brightness;
    bool active;
} samples[] = {
    {&led, "led0", NULL, "LED1", "P0.17", "on", VIEW_PART_LIGHT, 60000, 20000, 2000, 1200, 0x20e040,
     1000, true},
    {&led, "led1", NULL, "LED2", "P0.18", "on 37.5 % of the time", VIEW_PART_LIGHT, 68000, 20000,
     2000, 1200, 0x20e040, 375, false},
    {&led, "led2", NULL, "LED3", "P0.19", "off", VIEW_PART_LIGHT, 60000, 27000, 2000, 1200,
     0x20e040, 0, false},
    {&led, "red", "Red LED", "RGB", "P0.20", "on", VIEW_PART_LIGHT, 67200, 27000, 700, 1400,
     0xff3020, 1000, true},
    {&led, "green", "Green LED", NULL, "P0.22", "off", VIEW_PART_LIGHT, 68000, 27000, 700, 1400,
     0x20e040, 0, false},
    {&led, "blue", "Blue LED", NULL, "P0.23", "on 20.0 % of the time", VIEW_PART_LIGHT, 68800,
     27000, 700, 1400, 0x3060ff, 200, false},
    {&button, "button0", NULL, "Button 1", "P0.13", "released", VIEW_PART_BUTTON, 78000, 18000,
     6000, 6000, BOARD_PICTURE_NO_COLOR, 0, false},
    {&button, "button1", NULL, "Button 2", "P0.14", "pressed", VIEW_PART_BUTTON, 90000, 18000, 6000,
     6000, BOARD_PICTURE_NO_COLOR, 0, true},
    {&button, "button2", NULL, "Button 3", "P0.15", "released", VIEW_PART_BUTTON, 78000, 30000,
     6000, 6000, BOARD_PICTURE_NO_COLOR, 0, false},
    {&pad, "pad0", NULL, "TOUCH", "P0.24", "touched", VIEW_PART_TOUCH_KEY, 84000, 48000, 10000,
     10000, BOARD_PICTURE_NO_COLOR, 0, true},
    {&light, "light", NULL, "LIGHT", "i2c0:0x23", "420 lx", VIEW_PART_SENSOR, 40000, 30000, 3600,
     5000, 0x202020, 0, false},
    {&chip, "temp", NULL, NULL, "0x4000c000", "23.50 °C", VIEW_PART_SENSOR, 0, 0, 0, 0,
     BOARD_PICTURE_NO_COLOR, 0, false},
};

static const struct board_picture_item drawn[] = {
    {.device = BOARD_PICTURE_NO_DEVICE,
     .name = "chip",
     .silk = "chip",
     .shape = "chip",
     .centre = {62000, 42000},
     .width_um = 7000,
     .height_um = 7000,
     .color = 0x202020},
    {.device = BOARD_PICTURE_NO_DEVICE,
     .name = "usb",
     .silk = "USB",
     .shape = "plug",
     .centre = {3000, 14000},
     .width_um = 6000,
     .height_um = 8000,
     .color = BOARD_PICTURE_NO_COLOR},
    {.device = BOARD_PICTURE_NO_DEVICE,
     .name = "antenna",
     .silk = "ANT",
     .shape = "antenna",
     .centre = {96000, 57000},
     .width_um = 8000,
     .height_um = 6000,
     .color = BOARD_PICTURE_NO_COLOR},
    {.device = BOARD_PICTURE_NO_DEVICE,
     .name = "p3",
     .silk = "P3",
     .shape = "header",
     .centre = {50000, 3000},
     .width_um = 20300,
     .height_um = 2500,
     .color = BOARD_PICTURE_NO_COLOR,
     .contact_rows = 1,
     .contact_count = 8,
     .contacts = {{24, "D7"},
                  {13, "D6"},
                  {14, "D5"},
                  {15, "D4"},
                  {4, "D3"},
                  {5, "D2"},
                  {BOARD_PICTURE_NO_PIN, "GND"},
                  {BOARD_PICTURE_NO_PIN, "VDD"}}},
};

static void add_item(struct board_picture *picture, const struct sample_part *sample, size_t index)
{
    struct board_picture_item *item = &picture->items[picture->item_count++];
    *item = (struct board_picture_item){.device = index,
                                        .name = sample->name,
                                        .silk = sample->silk,
                                        .kind = sample->device_class->name,
                                        .centre = {sample->x_um, sample->y_um},
                                        .width_um = sample->width_um,
                                        .height_um = sample->height_um,
                                        .color = sample->color,
                                        .contact_rows = 1};
}

static void add_parts(struct view_parts *parts, struct board *board, struct board_picture *picture)
{
    for (size_t i = 0; i < COUNT(samples); i++) {
        const struct sample_part *sample = &samples[i];
        board->devices[i].device_class = sample->device_class;
        snprintf(board->devices[i].name, sizeof board->devices[i].name, "%s", sample->name);
        parts->parts[i] = (struct view_part){.name = sample->name,
                                             .label = sample->label,
                                             .place = sample->place,
                                             .kind = sample->kind,
                                             .on_chip = sample->device_class == &chip,
                                             .active = sample->active,
                                             .brightness = sample->brightness,
                                             .color = sample->color};
        snprintf(parts->parts[i].text, sizeof parts->parts[i].text, "%s", sample->text);
        if (sample->width_um != 0) {
            add_item(picture, sample, i);
        }
    }
    parts->part_count = board->device_count = COUNT(samples);
}

static void add_pins(struct view_parts *parts)
{
    parts->pin_count = PINS;
    for (size_t i = 0; i < PINS; i++) {
        parts->pins[i] = (struct view_pin){.users = "", .level = VIEW_LEVEL_FLOATING};
    }
    parts->pins[13] = (struct view_pin){.users = "button0",
                                        .level = VIEW_LEVEL_HIGH,
                                        .driver = VIEW_DRIVEN_BY_PULL,
                                        .millivolts = 3000};
    parts->pins[14] = (struct view_pin){
        .users = "button1", .driver = VIEW_DRIVEN_BY_PART, .toggled = true, .millivolts = 0};
    parts->pins[24] = (struct view_pin){.users = "pad0",
                                        .level = VIEW_LEVEL_HIGH,
                                        .driver = VIEW_DRIVEN_BY_PART,
                                        .millivolts = 3000};
    parts->supply_millivolts = 3000;
    parts->pins[4] = (struct view_pin){
        .users = "", .driver = VIEW_DRIVEN_BY_PART, .analog = true, .millivolts = 1250};
    parts->pins[15] = (struct view_pin){.users = "button2", .driver = VIEW_DRIVEN_BY_CHIP};
}

static void add_controls(struct view_parts *parts)
{
    static const struct view_control controls[] = {
        {.device = 10,
         .input = "light",
         .label = "light",
         .unit = "lx",
         .maximum = 200000,
         .value = 420,
         .usual_maximum = 2000},
        {.device = 11,
         .input = "temperature",
         .label = "temperature",
         .unit = "°C",
         .decimals = 2,
         .minimum = -4000,
         .maximum = 8500,
         .value = 2350,
         .usual_minimum = -2000,
         .usual_maximum = 6000},
    };
    memcpy(parts->controls, controls, sizeof controls);
    parts->control_count = COUNT(controls);
}

void sample_board(struct view_frame *frame)
{
    static struct board board;
    static struct board_picture picture;
    struct view_parts *parts = &frame->parts;
    picture = (struct board_picture){
        .corners = {{0, 0}, {101600, 0}, {101600, 63500}, {0, 63500}},
        .corner_count = 4,
        .corner_radius_um = 2000,
        .width_um = 101600,
        .height_um = 63500,
        .color = 0x0a5a8c,
        .item_count = COUNT(drawn),
    };
    memcpy(picture.items, drawn, sizeof drawn);
    board.model = "Sample board";
    parts->board = &board;
    parts->picture = &picture;
    add_parts(parts, &board, &picture);
    add_pins(parts);
    add_controls(parts);
}
