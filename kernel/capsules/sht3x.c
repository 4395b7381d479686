#include "kernel/capsules/sht3x.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/driver.h"

CAPSULE(sht3x, .needs = {I2C, SENSOR});

/* Single shot, high repeatability; the sensor holds the clock until it is done (15 ms at most). */
#define MEASURE_MSB 0x2Cu
#define MEASURE_LSB 0x06u

#define TEMPERATURE_OFFSET 0u /* in the answer: most significant byte, least, CRC */
#define HUMIDITY_OFFSET    3u
#define CRC_POLYNOMIAL     0x31u
#define CRC_INITIAL        0xFFu
#define FULL_SCALE         65535

static uint8_t crc_of_two(struct const_slice bytes)
{
    uint32_t crc = CRC_INITIAL;
    for (uint32_t i = 0; i < 2; i++) {
        crc ^= slice_get(bytes, i);
        for (uint32_t bit = 0; bit < 8; bit++) {
            crc = (crc & 0x80u) != 0 ? crc << 1 ^ CRC_POLYNOMIAL : crc << 1;
        }
        crc &= 0xFFu;
    }
    return (uint8_t)crc;
}

/* 0 .. 65535, or K_EFAIL when it was damaged on the way. */
static int raw_value(struct sht3x *sensor, uint32_t offset)
{
    struct const_slice word = const_slice_part(slice_as_const(SLICE_OF(sensor->answer)), offset, 3);
    if (crc_of_two(word) != slice_get(word, 2)) {
        return K_EFAIL;
    }
    return slice_get(word, 0) << 8 | slice_get(word, 1);
}

static void answer(struct sht3x_value *value, int status, int32_t converted)
{
    if (value->wanted) {
        value->wanted = false;
        value->client->measured(value->client->self, status, status == K_OK ? converted : 0);
    }
}

static void sht3x_done(void *self, int status)
{
    struct sht3x *sensor = self;
    int temperature = status == K_OK ? raw_value(sensor, TEMPERATURE_OFFSET) : status;
    int humidity = status == K_OK ? raw_value(sensor, HUMIDITY_OFFSET) : status;
    /* Datasheet 4.13. */
    answer(&sensor->temperature, temperature < 0 ? temperature : K_OK,
           (int32_t)((int64_t)temperature * 17500 / FULL_SCALE) - 4500);
    answer(&sensor->humidity, humidity < 0 ? humidity : K_OK,
           (int32_t)((int64_t)humidity * 10000 / FULL_SCALE));
}

static int measure(struct sht3x *sensor, struct sht3x_value *value)
{
    if (value->wanted) {
        return K_EBUSY;
    }
    int status = sensor->i2c->ops->transfer(sensor->i2c->self, &sensor->request);
    /* What is under way for the other value serves this one too. */
    value->wanted = status == K_OK || status == K_EBUSY;
    return value->wanted ? K_OK : status;
}

static int temperature_measure(void *self)
{
    struct sht3x *sensor = self;
    return measure(sensor, &sensor->temperature);
}

static int humidity_measure(void *self)
{
    struct sht3x *sensor = self;
    return measure(sensor, &sensor->humidity);
}

static void temperature_set_client(void *self, const struct hil_sensor_client *client)
{
    struct sht3x *sensor = self;
    sensor->temperature.client = client;
}

static void humidity_set_client(void *self, const struct hil_sensor_client *client)
{
    struct sht3x *sensor = self;
    sensor->humidity.client = client;
}

const struct hil_sensor_ops sht3x_temperature_ops = {temperature_measure, temperature_set_client};
const struct hil_sensor_ops sht3x_humidity_ops = {humidity_measure, humidity_set_client};

void sht3x_init(struct sht3x *sensor, const struct hil_i2c *i2c, uint8_t address)
{
    *sensor = (struct sht3x){.i2c = i2c, .command = {MEASURE_MSB, MEASURE_LSB}};
    sensor->request = (struct hil_i2c_request){
        .address = address,
        .write = slice_as_const(SLICE_OF(sensor->command)),
        .read = SLICE_OF(sensor->answer),
        .done = sht3x_done,
        .self = sensor,
    };
}
