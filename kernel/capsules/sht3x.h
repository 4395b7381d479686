/*
 * sht3x.h - Sensirion's SHT3x (SHT30, SHT31, SHT35): a thermometer and a hygrometer on I2C, for the
 * drivers temperature and humidity. One measurement serves both. No driver of its own.
 *
 * Reference: datasheet SHT3x-DIS, 4.3 (single shot, clock stretching) and 4.12 to 4.13.
 */
#ifndef KERNEL_CAPSULES_SHT3X_H
#define KERNEL_CAPSULES_SHT3X_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/i2c.h"
#include "kernel/hil/sensor.h"

#define SHT3X_ADDRESS 0x44u /* with ADDR low */

struct sht3x_value {
    const struct hil_sensor_client *client;
    bool wanted;
};

struct sht3x {
    struct hil_sensor temperature_sensor; /* in hundredths of a degree Celsius */
    struct hil_sensor humidity_sensor;    /* in hundredths of a percent */
    const struct hil_i2c *i2c;            /* borrowed for ever */
    struct hil_i2c_client i2c_client;
    struct sht3x_value temperature, humidity;
    struct dma_buffer command, answer;
    uint8_t command_bytes[2];
    uint8_t answer_bytes[6];
};

/* Becomes the client of `i2c`, which nobody else may use. */
void sht3x_init(struct sht3x *sensor, const struct hil_i2c *i2c);

#endif
