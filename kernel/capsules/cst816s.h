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
    const struct hil_i2c *i2c;
    uint8_t address;
    struct hil_gpio interrupt; /* active low */
    struct hil_gpio reset;     /* active low */
    const struct hil_delay *delay;
};

struct cst816s {
    const struct cst816s_config *config; /* borrowed for ever */
    const struct hil_touch_panel_client *client;
    struct hil_gpio_client interrupt_client;
    struct hil_delay_client delay_client;
    struct hil_i2c_request request;
    bool again;   /* an interrupt came while its registers were being read */
    bool pressed; /* as far as the client knows */
    uint16_t x, y;
    uint8_t first[1];
    uint8_t registers[6];
};

extern const struct hil_touch_panel_ops cst816s_ops; /* self: struct cst816s */

/* Resets the controller, which takes 10 ms. */
void cst816s_init(struct cst816s *panel, const struct cst816s_config *config);

#endif
