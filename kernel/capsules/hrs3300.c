#include "kernel/capsules/hrs3300.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/driver.h"

CAPSULE(hrs3300, .needs = {I2C, PULSE});

#define REGISTER_ENABLE  0x01u
#define REGISTER_PDRIVER 0x0Cu
#define REGISTER_DATA    0x08u /* eight, with others between */
#define BYTES_OF_DATA    8u

#define ENABLE_ON   0xE0u /* HEN; a sample every 12.5 ms; with PDRIVER 20 mA for the light */
#define ENABLE_OFF  0x60u
#define PDRIVER_ON  0x68u
#define PDRIVER_OFF 0x48u /* without PON */

/* Where the parts of the two numbers are in what is read: channel 0 of 18 bits, channel 1 of 17. */
#define C1DATAM 0u
#define C0DATAM 1u
#define C0DATAH 2u
#define C1DATAH 5u
#define C1DATAL 6u
#define C0DATAL 7u

static uint32_t data_byte(const struct hrs3300 *sensor, uint32_t index)
{
    return dma_buffer_get(&sensor->in, index);
}

static uint32_t reflected(const struct hrs3300 *sensor)
{
    uint32_t low = data_byte(sensor, C0DATAL);
    return data_byte(sensor, C0DATAM) << 8 | (data_byte(sensor, C0DATAH) & 0xFu) << 4 |
           (low & 0xFu) | (low >> 4 & 3u) << 16;
}

static uint32_t ambient(const struct hrs3300 *sensor)
{
    return (data_byte(sensor, C1DATAH) & 0x3Fu) << 11 | data_byte(sensor, C1DATAM) << 3 |
           (data_byte(sensor, C1DATAL) & 7u);
}

static int hrs3300_start(struct hrs3300 *sensor, enum hrs3300_transfer transfer, uint32_t reg,
                         uint32_t value)
{
    bool reads = transfer == HRS3300_READ;
    (void)dma_buffer_put(&sensor->out, 0, (uint8_t)reg);
    (void)dma_buffer_put(&sensor->out, 1, (uint8_t)value);
    int status = hil_i2c_transfer(sensor->i2c, &sensor->out, reads ? 1u : 2u, &sensor->in,
                                  reads ? BYTES_OF_DATA : 0u);
    sensor->transfer = status == K_OK ? transfer : HRS3300_NONE;
    return status;
}

/* The next transfer that is due, when none is under way. */
static int hrs3300_proceed(struct hrs3300 *sensor)
{
    if (sensor->transfer != HRS3300_NONE) {
        return K_OK;
    }
    if (sensor->wanted_on != sensor->is_on) {
        sensor->sent_on = sensor->wanted_on;
        return hrs3300_start(sensor, HRS3300_ENABLE, REGISTER_ENABLE,
                             sensor->sent_on ? ENABLE_ON : ENABLE_OFF);
    }
    if (!sensor->reading) {
        return K_OK;
    }
    return sensor->is_on ? hrs3300_start(sensor, HRS3300_READ, REGISTER_DATA, 0) : K_EOFF;
}

static void hrs3300_answer(struct hrs3300 *sensor, int status)
{
    bool was_reading = sensor->reading;
    sensor->reading = false;
    if (was_reading) {
        hil_pulse_client_measured(sensor->client, status, status == K_OK ? reflected(sensor) : 0,
                                  status == K_OK ? ambient(sensor) : 0);
    }
}

static void hrs3300_done(void *self, int status)
{
    struct hrs3300 *sensor = self;
    enum hrs3300_transfer ended = sensor->transfer;
    sensor->transfer = HRS3300_NONE;
    if (status == K_OK && ended == HRS3300_ENABLE) {
        status = hrs3300_start(sensor, HRS3300_DRIVER, REGISTER_PDRIVER,
                               sensor->sent_on ? PDRIVER_ON : PDRIVER_OFF);
    } else if (status == K_OK && ended == HRS3300_DRIVER) {
        sensor->is_on = sensor->sent_on;
    }
    if (status != K_OK || ended == HRS3300_READ) {
        hrs3300_answer(sensor, status);
    }
    if (status == K_OK) {
        status = hrs3300_proceed(sensor);
        if (status != K_OK) {
            hrs3300_answer(sensor, status);
        }
    }
}

static int hrs3300_set_power(void *self, bool on)
{
    struct hrs3300 *sensor = self;
    sensor->wanted_on = on;
    return hrs3300_proceed(sensor);
}

static int hrs3300_measure(void *self)
{
    struct hrs3300 *sensor = self;
    if (!sensor->wanted_on) {
        return K_EOFF;
    }
    if (sensor->reading) {
        return K_EBUSY;
    }
    sensor->reading = true;
    int status = hrs3300_proceed(sensor);
    if (status != K_OK) {
        sensor->reading = false;
    }
    return status;
}

static void hrs3300_set_client(void *self, const struct hil_pulse_client *client)
{
    struct hrs3300 *sensor = self;
    sensor->client = client;
}

static const struct hil_pulse_ops hrs3300_ops = {
    .set_power = hrs3300_set_power,
    .measure = hrs3300_measure,
    .set_client = hrs3300_set_client,
};

/* The sensor begins with its light on: told to be off, it saves the battery. */
void hrs3300_init(struct hrs3300 *sensor, const struct hil_i2c *i2c)
{
    *sensor = (struct hrs3300){
        .i2c = i2c,
        .pulse = {.ops = &hrs3300_ops, .self = sensor, .owner = &this_capsule},
        .i2c_client = {.done = hrs3300_done, .self = sensor, .owner = &this_capsule},
        .is_on = true,
        .out = DMA_BUFFER_OF(sensor->out_bytes),
        .in = DMA_BUFFER_OF(sensor->in_bytes),
    };
    hil_i2c_set_client(i2c, &sensor->i2c_client);
    (void)hrs3300_proceed(sensor);
}
