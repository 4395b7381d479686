#include "kernel/capsules/bh1750.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/driver.h"

CAPSULE(bh1750, .needs = {I2C, SENSOR});

#define CONTINUOUS_HIGH_RESOLUTION 0x10u
#define ANSWER_BYTES               2u

static int start(struct bh1750 *sensor)
{
    int status = hil_i2c_transfer(sensor->i2c, &sensor->command, 1, NULL, 0);
    if (status == K_OK) {
        sensor->fetches = false;
    }
    return status;
}

static int fetch(struct bh1750 *sensor)
{
    int status = hil_i2c_transfer(sensor->i2c, NULL, 0, &sensor->answer, ANSWER_BYTES);
    if (status == K_OK) {
        sensor->fetches = true;
    }
    return status;
}

static void answer(struct bh1750 *sensor, int status, int32_t lux)
{
    if (sensor->wanted) {
        sensor->wanted = false;
        hil_sensor_client_measured(sensor->client, status, lux);
    }
}

static void started(struct bh1750 *sensor, int status)
{
    sensor->running = status == K_OK;
    if (status == K_OK && sensor->wanted) {
        status = fetch(sensor);
    }
    if (status != K_OK) {
        answer(sensor, status, 0);
    }
}

static void fetched(struct bh1750 *sensor, int status)
{
    uint32_t counts =
        (uint32_t)dma_buffer_get(&sensor->answer, 0) << 8 | dma_buffer_get(&sensor->answer, 1);
    if (status != K_OK) {
        /* It may have lost its supply: start it anew with the next measurement. */
        sensor->running = false;
        counts = 0;
    }
    answer(sensor, status, (int32_t)(counts * 5u / 6u)); /* 1.2 counts per lux */
}

static void bh1750_done(void *self, int status)
{
    struct bh1750 *sensor = self;
    if (sensor->fetches) {
        fetched(sensor, status);
    } else {
        started(sensor, status);
    }
}

static int bh1750_measure(void *self)
{
    struct bh1750 *sensor = self;
    if (sensor->wanted) {
        return K_EBUSY;
    }
    int status = sensor->running ? fetch(sensor) : start(sensor);
    /* When it is just being started, the value is fetched after that. */
    sensor->wanted = status == K_OK || status == K_EBUSY;
    return sensor->wanted ? K_OK : status;
}

static void bh1750_set_client(void *self, const struct hil_sensor_client *client)
{
    struct bh1750 *sensor = self;
    sensor->client = client;
}

static const struct hil_sensor_ops bh1750_ops = {bh1750_measure, bh1750_set_client};

void bh1750_init(struct bh1750 *sensor, const struct hil_i2c *i2c)
{
    *sensor = (struct bh1750){
        .light_sensor = {&bh1750_ops, sensor, &this_capsule},
        .i2c = i2c,
        .i2c_client = {bh1750_done, sensor, &this_capsule},
        .command = DMA_BUFFER_OF(sensor->command_bytes),
        .answer = DMA_BUFFER_OF(sensor->answer_bytes),
    };
    (void)dma_buffer_put(&sensor->command, 0, CONTINUOUS_HIGH_RESOLUTION);
    hil_i2c_set_client(i2c, &sensor->i2c_client);
    (void)start(sensor);
}
