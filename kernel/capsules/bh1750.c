#include "kernel/capsules/bh1750.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/driver.h"

CAPSULE(bh1750, .needs = {I2C, SENSOR});

#define CONTINUOUS_HIGH_RESOLUTION 0x10u

static int begin(struct bh1750 *sensor, struct hil_i2c_request *request)
{
    return sensor->i2c->ops->transfer(sensor->i2c->self, request);
}

static void answer(struct bh1750 *sensor, int status, int32_t lux)
{
    if (sensor->wanted) {
        sensor->wanted = false;
        sensor->client->measured(sensor->client->self, status, lux);
    }
}

static void bh1750_started(void *self, int status)
{
    struct bh1750 *sensor = self;
    sensor->running = status == K_OK;
    if (status == K_OK && sensor->wanted) {
        status = begin(sensor, &sensor->fetch);
    }
    if (status != K_OK) {
        answer(sensor, status, 0);
    }
}

static void bh1750_fetched(void *self, int status)
{
    struct bh1750 *sensor = self;
    struct const_slice bytes = slice_as_const(SLICE_OF(sensor->answer));
    uint32_t counts = (uint32_t)slice_get(bytes, 0) << 8 | slice_get(bytes, 1);
    if (status != K_OK) {
        /* It may have lost its supply: start it anew with the next measurement. */
        sensor->running = false;
        counts = 0;
    }
    answer(sensor, status, (int32_t)(counts * 5u / 6u)); /* 1.2 counts per lux */
}

static int bh1750_measure(void *self)
{
    struct bh1750 *sensor = self;
    if (sensor->wanted) {
        return K_EBUSY;
    }
    int status = begin(sensor, sensor->running ? &sensor->fetch : &sensor->start);
    /* When it is just being started, the value is fetched after that. */
    sensor->wanted = status == K_OK || status == K_EBUSY;
    return sensor->wanted ? K_OK : status;
}

static void bh1750_set_client(void *self, const struct hil_sensor_client *client)
{
    struct bh1750 *sensor = self;
    sensor->client = client;
}

const struct hil_sensor_ops bh1750_ops = {bh1750_measure, bh1750_set_client};

void bh1750_init(struct bh1750 *sensor, const struct hil_i2c *i2c, uint8_t address)
{
    *sensor = (struct bh1750){.i2c = i2c, .command = {CONTINUOUS_HIGH_RESOLUTION}};
    sensor->start = (struct hil_i2c_request){
        .address = address,
        .write = slice_as_const(SLICE_OF(sensor->command)),
        .done = bh1750_started,
        .self = sensor,
    };
    sensor->fetch = (struct hil_i2c_request){
        .address = address,
        .read = SLICE_OF(sensor->answer),
        .done = bh1750_fetched,
        .self = sensor,
    };
    (void)begin(sensor, &sensor->start);
}
