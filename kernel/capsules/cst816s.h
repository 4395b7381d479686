/*
 * cst816s.h - Hynitron's touch controller CST816S on I2C. It sleeps, and does not answer, until it
 * pulls its interrupt low. No driver of its own.
 *
 * Reference: register description CST816S, 0x01 (gesture) to 0x06 (y).
 */
#ifndef KERNEL_CAPSULES_CST816S_H
#define KERNEL_CAPSULES_CST816S_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/delay.h"
#include "kernel/hil/gpio.h"
#include "kernel/hil/i2c.h"
#include "kernel/hil/touch_panel.h"

#define CST816S_ADDRESS 0x15u

/* How it is wired. */
struct cst816s_config {
    const struct hil_i2c *i2c; /* nobody else's */
    struct hil_gpio interrupt; /* active low */
    struct hil_gpio reset;     /* active low */
    const struct hil_delay *delay;
};

struct cst816s {
    struct hil_touch_panel panel;
    const struct cst816s_config *config; /* borrowed for ever */
    const struct hil_touch_panel_client *client;
    struct hil_gpio_client interrupt_client;
    struct hil_delay_client delay_client;
    struct hil_i2c_client i2c_client;
    bool again;      /* an interrupt came while its registers were being read */
    bool pressed;    /* as far as the client knows */
    uint8_t gesture; /* enum hil_touch_gesture, told of this touch */
    uint16_t x, y;
    struct dma_buffer first, registers;
    uint8_t first_bytes[1];
    uint8_t register_bytes[6];
};

/* Resets the controller, which takes 10 ms. */
void cst816s_init(struct cst816s *panel, const struct cst816s_config *config);

#endif
