#include "peripherals/parts/tests/i2c_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct i2c_pins pins = {.scl = I2C_BENCH_SCL, .sda = I2C_BENCH_SDA};

struct bench *i2c_bench_new(uint32_t address)
{
    struct bench *b = bench_new();
    b->props[0] = (struct bench_prop){"reg", address};
    b->bus_pins[PROPS_I2C_SCL] = I2C_BENCH_SCL + 1;
    b->bus_pins[PROPS_I2C_SDA] = I2C_BENCH_SDA + 1;
    return b;
}

const char *i2c_bench_start(struct bench *bench, const struct device_class *device_class)
{
    return bench_start(bench, device_class, 0);
}

static bool start(struct bench *b, bool read)
{
    return i2c_start(&b->nets.i2c, pins, (uint8_t)b->props[0].value, read);
}

int32_t i2c_bench_write(struct bench *bench, const char *bytes, uint32_t count)
{
    int32_t acknowledged = start(bench, false) ? 0 : -1;
    for (uint32_t i = 0; i < count && acknowledged == (int32_t)i; i++) {
        acknowledged += i2c_write(&bench->nets.i2c, pins, (uint8_t)bytes[i]);
    }
    i2c_stop(&bench->nets.i2c, pins);
    return acknowledged;
}

bool i2c_bench_read(struct bench *bench, uint8_t *bytes, uint32_t count)
{
    bool ack = start(bench, true);
    for (uint32_t i = 0; ack && i < count; i++) {
        bytes[i] = i2c_read(&bench->nets.i2c, pins);
    }
    i2c_stop(&bench->nets.i2c, pins);
    return ack;
}

uint8_t i2c_bench_register(struct bench *bench, uint8_t offset)
{
    assert_true(start(bench, false));
    assert_true(i2c_write(&bench->nets.i2c, pins, offset));
    assert_true(start(bench, true));
    uint8_t byte = i2c_read(&bench->nets.i2c, pins);
    i2c_stop(&bench->nets.i2c, pins);
    return byte;
}

void i2c_bench_set(struct bench *bench, uint8_t offset, uint8_t value)
{
    const char bytes[2] = {(char)offset, (char)value};
    assert_int_equal(i2c_bench_write(bench, bytes, 2), 2);
}

void i2c_bench_wait_ms(struct bench *bench, uint32_t milliseconds)
{
    bench_run_to(bench, clock_now(&bench->clock) + (uint64_t)milliseconds * (BENCH_CPU_HZ / 1000U));
}
