/*
 * bma42x.h - Bosch's BMA421, BMA422 and BMA423: an accelerometer on I2C, for the driver of nine
 * degrees of freedom. Up to 4 g. It sleeps but for the 24 ms of a measurement; steps, taps and
 * interrupts are not used. No driver of its own.
 *
 * Reference: BMA423 data sheet BST-BMA423-DS000, register map and power modes.
 */
#ifndef KERNEL_CAPSULES_BMA42X_H
#define KERNEL_CAPSULES_BMA42X_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/accelerometer.h"
#include "kernel/hil/delay.h"
#include "kernel/hil/i2c.h"

#define BMA42X_ADDRESS 0x18u /* with SDO low */

struct bma42x {
    const struct hil_i2c *i2c;              /* borrowed for ever */
    const struct hil_delay *delay;          /* borrowed for ever */
    struct hil_accelerometer accelerometer; /* what it offers */
    const struct hil_accelerometer_client *client;
    struct hil_i2c_client i2c_client;
    struct hil_delay_client delay_client;
    bool busy;
    uint32_t step; /* of the measurement under way */
    struct hil_acceleration acceleration;
    struct dma_buffer out, in;
    uint8_t out_bytes[3];
    uint8_t in_bytes[6];
};

/* Becomes the client of `i2c` and `delay`, which nobody else may use. */
void bma42x_init(struct bma42x *sensor, const struct hil_i2c *i2c, const struct hil_delay *delay);

#endif
