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

#define ST7789_PARAMETERS_MAX  4u
#define ST7789_BYTES_PER_PIXEL 2u

struct st7789_step {
    uint8_t command;
    uint8_t parameter_count;
    uint8_t delay_ms; /* to wait afterwards */
    uint8_t parameters[ST7789_PARAMETERS_MAX];
};

/* How it is wired. */
struct st7789_config {
    const struct hil_spi *spi;
    struct hil_spi_device device;
    struct hil_gpio reset;        /* active low */
    struct hil_gpio data_command; /* low: a command */
    const struct hil_delay *delay;
};

#define ST7789_STEPS_MAX 6u

struct st7789 {
    const struct st7789_config *config; /* borrowed for ever */
    const struct hil_screen_client *client;
    struct hil_delay_client delay_client;
    struct hil_spi_request request;
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
    uint8_t bytes[ST7789_PARAMETERS_MAX]; /* what is under way: flash is out of the DMA's reach */
};

extern const struct hil_screen_ops st7789_ops; /* self: struct st7789 */

/* Resets the display and switches it on, which ends a quarter of a second later. */
void st7789_init(struct st7789 *display, const struct st7789_config *config);

#endif
