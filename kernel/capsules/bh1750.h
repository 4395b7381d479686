/*
 * bh1750.h - Rohm's BH1750FVI: a light meter on I2C, for the driver ambient light. It measures all
 * the time, every 120 ms; the first value is there 180 ms after the start. No driver of its own.
 *
 * Reference: datasheet BH1750FVI, instruction set and measurement sequence.
 */
#ifndef KERNEL_CAPSULES_BH1750_H
#define KERNEL_CAPSULES_BH1750_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/i2c.h"
#include "kernel/hil/sensor.h"

#define BH1750_ADDRESS 0x23u /* with ADDR low */

struct bh1750 {
    struct hil_sensor light_sensor; /* in lux */
    const struct hil_i2c *i2c;      /* borrowed for ever */
    struct hil_i2c_client i2c_client;
    const struct hil_sensor_client *client;
    bool fetches; /* the transfer under way is for a value; else the command to measure */
    bool running; /* it has taken that command */
    bool wanted;
    struct dma_buffer command, answer;
    uint8_t command_bytes[1];
    uint8_t answer_bytes[2];
};

/* Becomes the client of `i2c`, which nobody else may use. Tells the sensor to measure, once
 * interrupts are served. */
void bh1750_init(struct bh1750 *sensor, const struct hil_i2c *i2c);

#endif
