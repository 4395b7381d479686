#include "kernel/capsules/bma42x.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/driver.h"

CAPSULE(bma42x, .needs = {ACCELEROMETER, DELAY, I2C});

#define ACC_X_LSB 0x12u /* six: X, Y, Z, the least significant byte first */
#define ACC_CONF  0x40u /* ACC_RANGE follows */
#define PWR_CONF  0x7Cu
#define PWR_CTRL  0x7Du

#define ACC_CONF_100_HZ 0xA8u /* 100 samples a second, each the mean of four */
#define ACC_RANGE_4G    0x01u
#define PWR_CONF_SAVE   0x03u /* its reset value: sleep whenever that can be */
#define PWR_CONF_STAY   0x00u
#define PWR_CTRL_ACC_EN 0x04u
#define PWR_CTRL_OFF    0x00u
#define FULL_SCALE_MG   4000
#define FULL_SCALE      32768 /* 12 bits, at the upper end of 16 */
#define BYTES_OF_AXES   6u
/* While it sleeps a register needs 450 us; the vendor's driver waits a millisecond. */
#define WAKE_UP_US         1000u
#define FIRST_SAMPLE_US    22000u /* two periods: the first may be from before it was there */
#define BYTES_OF_STEP_MOST 3u

struct bma42x_step {
    uint8_t bytes[BYTES_OF_STEP_MOST]; /* to write */
    uint8_t length;
    uint8_t read;
    uint32_t delay_us; /* after it; 0: none */
};

/* A measurement. */
static const struct bma42x_step steps[] = {
    {{PWR_CONF, PWR_CONF_STAY, 0}, 2, 0, WAKE_UP_US},
    {{ACC_CONF, ACC_CONF_100_HZ, ACC_RANGE_4G}, 3, 0, 0},
    {{PWR_CTRL, PWR_CTRL_ACC_EN, 0}, 2, 0, FIRST_SAMPLE_US},
    {{ACC_X_LSB, 0, 0}, 1, BYTES_OF_AXES, 0},
    {{PWR_CTRL, PWR_CTRL_OFF, 0}, 2, 0, 0},
    {{PWR_CONF, PWR_CONF_SAVE, 0}, 2, 0, 0},
};
#define STEPS (sizeof(steps) / sizeof(steps[0]))

static int take_step(struct bma42x *sensor)
{
    uint32_t length = steps[sensor->step].length;
    for (uint32_t i = 0; i < length; i++) {
        (void)dma_buffer_put(&sensor->out, i, steps[sensor->step].bytes[i]);
    }
    return hil_i2c_transfer(sensor->i2c, &sensor->out, length, &sensor->in,
                            steps[sensor->step].read);
}

static int16_t axis_mg(const struct bma42x *sensor, uint32_t axis)
{
    uint32_t low = dma_buffer_get(&sensor->in, 2u * axis);
    uint32_t high = dma_buffer_get(&sensor->in, 2u * axis + 1u);
    int32_t raw = (int16_t)(uint16_t)(high << 8 | low);
    return (int16_t)(raw * FULL_SCALE_MG / FULL_SCALE);
}

static void bma42x_finish(struct bma42x *sensor, int status)
{
    struct hil_acceleration acceleration = {0, 0, 0};
    if (status == K_OK) {
        acceleration = sensor->acceleration;
    }
    sensor->busy = false;
    hil_accelerometer_client_measured(sensor->client, status, acceleration);
}

static void bma42x_next(struct bma42x *sensor)
{
    int status = K_OK;
    sensor->step++;
    if (sensor->step < STEPS) {
        status = take_step(sensor);
    }
    if (sensor->step == STEPS || status != K_OK) {
        bma42x_finish(sensor, status);
    }
}

static void bma42x_done(void *self, int status)
{
    struct bma42x *sensor = self;
    if (status != K_OK) {
        bma42x_finish(sensor, status);
        return;
    }
    if (steps[sensor->step].read > 0) {
        sensor->acceleration =
            (struct hil_acceleration){axis_mg(sensor, 0), axis_mg(sensor, 1), axis_mg(sensor, 2)};
    }
    if (steps[sensor->step].delay_us > 0) {
        hil_delay_start(sensor->delay, steps[sensor->step].delay_us);
    } else {
        bma42x_next(sensor);
    }
}

static void bma42x_elapsed(void *self)
{
    struct bma42x *sensor = self;
    bma42x_next(sensor);
}

static int bma42x_measure(void *self)
{
    struct bma42x *sensor = self;
    if (sensor->busy) {
        return K_EBUSY;
    }
    sensor->step = 0;
    int status = take_step(sensor);
    sensor->busy = status == K_OK;
    return status;
}

static void bma42x_set_client(void *self, const struct hil_accelerometer_client *client)
{
    struct bma42x *sensor = self;
    sensor->client = client;
}

static const struct hil_accelerometer_ops bma42x_ops = {
    .measure = bma42x_measure,
    .set_client = bma42x_set_client,
};

void bma42x_init(struct bma42x *sensor, const struct hil_i2c *i2c, const struct hil_delay *delay)
{
    *sensor = (struct bma42x){
        .i2c = i2c,
        .delay = delay,
        .accelerometer = {.ops = &bma42x_ops, .self = sensor, .owner = &this_capsule},
        .i2c_client = {.done = bma42x_done, .self = sensor, .owner = &this_capsule},
        .delay_client = {.elapsed = bma42x_elapsed, .self = sensor, .owner = &this_capsule},
        .out = DMA_BUFFER_OF(sensor->out_bytes),
        .in = DMA_BUFFER_OF(sensor->in_bytes),
    };
    hil_i2c_set_client(i2c, &sensor->i2c_client);
    hil_delay_set_client(delay, &sensor->delay_client);
}
