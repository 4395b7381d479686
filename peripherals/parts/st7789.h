/* peripherals/parts/st7789.h - Sitronix ST7789V, a controller for colour displays of up to 240 x
 * 320 pixels, on four wires: SPI and D/C.
 *
 * Reference: Sitronix ST7789V datasheet 1.4, chapters 8 and 9.
 * Devicetree (`sitronix,st7789v`), a child of a SPI bus with `cmd-data-gpios`, or of a
 * `zephyr,mipi-dbi-spi` node with `dc-gpios`; `reset-gpios` of either; `width`, `height`,
 * `x-offset`, `y-offset` (of the glass within the memory); `inversion-off`: the glass shows true
 * colours without inversion, else with it.
 * Tells the observer "frame" (value: how many so far) when a window of the memory has been filled,
 * "on" and "off".
 *
 * Not modelled: reading (MISO floats), partial and idle mode, tearing effect line, gamma, voltages,
 * frame rate; commands for these are accepted. MADCTL's ML and MH.
 */
#ifndef PERIPHERALS_PARTS_ST7789_H
#define PERIPHERALS_PARTS_ST7789_H

#include "peripherals/iface/device.h"

#define ST7789_COLUMNS       240U
#define ST7789_ROWS          320U
#define ST7789_PIXEL_BYTES   4U /* in the part_memory: red, green, blue, nothing */
#define ST7789_MEMORY_BYTES  (ST7789_COLUMNS * ST7789_ROWS * ST7789_PIXEL_BYTES)
#define ST7789_PARAMETER_MAX 16U

struct st7789 {
    struct device_env env;
    struct spi_target target;
    struct spi_pins pins;
    struct wire_listener dc_listener, reset_listener;
    bool reset_active_high;
    bool inversion_off;
    uint32_t width, height, x_offset, y_offset; /* of the glass */
    struct st7789_state {
        bool selected;
        bool is_data; /* D/C is high */
        bool in_reset;
        bool awake, on, inverted;
        uint8_t command;
        uint8_t madctl, colmod;
        uint8_t parameters[ST7789_PARAMETER_MAX];
        uint32_t parameter_count;
        uint16_t column_first, column_last; /* CASET */
        uint16_t row_first, row_last;       /* RASET */
        uint16_t column, row;               /* where the next pixel goes */
        uint8_t pixel[3];                   /* bytes of it that have come */
        uint8_t pixel_count;
        uint16_t scroll_top, scroll_rows, scroll_start; /* VSCRDEF, VSCSAD */
        uint32_t frames;
        uint32_t pixels;       /* that were written so far, to tell one picture from another */
        uint64_t ready_cycles; /* after a reset or a change of sleep */
        int32_t no_answer;     /* the fault */
    } state;
};

extern const struct device_class part_st7789_class;

#endif
