/*
 * st7789.h - Sitronix's display controller ST7789V on four-wire SPI (clock, data, chip select,
 * data/command), 16 bits a pixel: red, green, blue as 5, 6, 5 bits, the most significant byte
 * first. No driver of its own.
 *
 * Reference: datasheet ST7789V, 9 (commands), 7.4 and 9.2 (reset and sleep times).
 */
#ifndef KERNEL_CAPSULES_ST7789_H
#define KERNEL_CAPSULES_ST7789_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/delay.h"
#include "kernel/hil/gpio.h"
#include "kernel/hil/screen.h"
#include "kernel/hil/spi.h"

#define ST7789_PARAMETERS_MAX 4u

struct st7789_step {
    uint8_t command;
    uint8_t parameter_count;
    uint8_t delay_ms; /* to wait afterwards */
    uint8_t parameters[ST7789_PARAMETERS_MAX];
};

/* How it is wired. */
struct st7789_config {
    uint16_t width, height;       /* of the picture, in pixels */
    const struct hil_spi *spi;    /* nobody else's */
    struct hil_gpio reset;        /* active low */
    struct hil_gpio data_command; /* low: a command */
    const struct hil_delay *delay;
};

#define ST7789_STEPS_MAX 6u

struct st7789 {
    struct hil_screen screen;
    const struct st7789_config *config; /* borrowed for ever */
    const struct hil_screen_client *client;
    struct hil_delay_client delay_client;
    struct hil_spi_client spi_client;
    enum {
        ST7789_RESETTING, /* reset is low */
        ST7789_WAKING,    /* reset is high, or a step wants to be waited for */
        ST7789_COMMAND,   /* bytes under way */
        ST7789_PARAMETERS,
        ST7789_PIXELS,
        ST7789_IDLE,
    } state;
    uint8_t step_count, step;
    struct st7789_step steps[ST7789_STEPS_MAX];
    struct dma_buffer buffer;  /* command or parameters under way */
    struct dma_buffer *pixels; /* the client's; NULL: none are under way */
    uint8_t bytes[ST7789_PARAMETERS_MAX];
};

/* Resets the display and switches it on, which ends a quarter of a second later. */
void st7789_init(struct st7789 *display, const struct st7789_config *config);

#endif
