#include "kernel/capsules/sht3x.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/driver.h"

CAPSULE(sht3x, .needs = {I2C, SENSOR});

/* Single shot, high repeatability; the sensor holds the clock until it is done (15 ms at most). */
#define MEASURE_MSB   0x2Cu
#define MEASURE_LSB   0x06u
#define COMMAND_BYTES 2u

#define TEMPERATURE_OFFSET 0u /* in the answer: most significant byte, least, CRC */
#define HUMIDITY_OFFSET    3u
#define CRC_POLYNOMIAL     0x31u
#define CRC_INITIAL        0xFFu
#define FULL_SCALE         65535

#define ANSWER_BYTES 6u

static uint32_t answer_byte(const struct sht3x *sensor, uint32_t index)
{
    return dma_buffer_get(&sensor->answer, index);
}

static uint32_t crc_of_two(const struct sht3x *sensor, uint32_t offset)
{
    uint32_t crc = CRC_INITIAL;
    for (uint32_t i = 0; i < 2; i++) {
        crc ^= answer_byte(sensor, offset + i);
        for (uint32_t bit = 0; bit < 8; bit++) {
            crc = (crc & 0x80u) != 0 ? crc << 1 ^ CRC_POLYNOMIAL : crc << 1;
        }
        crc &= 0xFFu;
    }
    return crc;
}

/* 0 .. 65535, or K_EFAIL when it was damaged on the way. */
static int raw_value(const struct sht3x *sensor, uint32_t offset)
{
    if (crc_of_two(sensor, offset) != answer_byte(sensor, offset + 2u)) {
        return K_EFAIL;
    }
    return (int)(answer_byte(sensor, offset) << 8 | answer_byte(sensor, offset + 1u));
}

static void answer(struct sht3x_value *value, int status, int32_t converted)
{
    if (value->wanted) {
        value->wanted = false;
        hil_sensor_client_measured(value->client, status, status == K_OK ? converted : 0);
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
    int status = hil_i2c_transfer(sensor->i2c, &sensor->command, COMMAND_BYTES, &sensor->answer,
                                  ANSWER_BYTES);
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

static const struct hil_sensor_ops temperature_ops = {temperature_measure, temperature_set_client};
static const struct hil_sensor_ops humidity_ops = {humidity_measure, humidity_set_client};

void sht3x_init(struct sht3x *sensor, const struct hil_i2c *i2c)
{
    *sensor = (struct sht3x){
        .temperature_sensor = {&temperature_ops, sensor, &this_capsule},
        .humidity_sensor = {&humidity_ops, sensor, &this_capsule},
        .i2c = i2c,
        .i2c_client = {sht3x_done, sensor, &this_capsule},
        .command = DMA_BUFFER_OF(sensor->command_bytes),
        .answer = DMA_BUFFER_OF(sensor->answer_bytes),
    };
    (void)dma_buffer_put(&sensor->command, 0, MEASURE_MSB);
    (void)dma_buffer_put(&sensor->command, 1, MEASURE_LSB);
    hil_i2c_set_client(i2c, &sensor->i2c_client);
}
