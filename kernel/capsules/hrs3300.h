/*
 * hrs3300.h - TYHX's HRS3300, an optical heart-rate sensor on I2C, for the driver heart rate. It
 * takes a sample every 12.5 ms while its light is on. No driver of its own.
 *
 * Reference: HRS3300 data sheet, registers ENABLE, PDRIVER and the two data channels.
 */
#ifndef KERNEL_CAPSULES_HRS3300_H
#define KERNEL_CAPSULES_HRS3300_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/i2c.h"
#include "kernel/hil/pulse.h"

#define HRS3300_ADDRESS 0x44u

enum hrs3300_transfer { HRS3300_NONE, HRS3300_ENABLE, HRS3300_DRIVER, HRS3300_READ };

struct hrs3300 {
    const struct hil_i2c *i2c; /* borrowed for ever */
    struct hil_pulse pulse;    /* what it offers */
    const struct hil_pulse_client *client;
    struct hil_i2c_client i2c_client;
    enum hrs3300_transfer transfer; /* under way */
    bool wanted_on;
    bool sent_on; /* what the transfer under way says */
    bool is_on;   /* the sensor knows */
    bool reading; /* the client waits */
    struct dma_buffer out, in;
    uint8_t out_bytes[2];
    uint8_t in_bytes[8];
};

/* Becomes the client of `i2c`, which nobody else may use. */
void hrs3300_init(struct hrs3300 *sensor, const struct hil_i2c *i2c);

#endif
