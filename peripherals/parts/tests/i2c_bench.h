/* peripherals/parts/tests/i2c_bench.h - one I2C part on a bus (SCL 7, SDA 6), spoken to as a
 * controller does, without a controller. */
#ifndef PERIPHERALS_PARTS_TESTS_I2C_BENCH_H
#define PERIPHERALS_PARTS_TESTS_I2C_BENCH_H

#include "peripherals/iface/tests/io_bench.h"

#define I2C_BENCH_SCL 7U
#define I2C_BENCH_SDA 6U

/* The bench with its bus; gpios and further props can be set before i2c_bench_start. */
struct bench *i2c_bench_new(uint32_t address);
/* What init says. */
const char *i2c_bench_start(struct bench *bench, const struct device_class *device_class);

/* START, bytes, STOP. How many bytes were acknowledged; -1: not even the address. */
int32_t i2c_bench_write(struct bench *bench, const char *bytes, uint32_t count);
/* START, bytes, STOP. False: the address was not acknowledged. */
bool i2c_bench_read(struct bench *bench, uint8_t *bytes, uint32_t count);

/* A register's byte, by its pointer and a repeated START; fails the test when there is no answer.
 */
uint8_t i2c_bench_register(struct bench *bench, uint8_t offset);
void i2c_bench_set(struct bench *bench, uint8_t offset, uint8_t value);

/* Milliseconds from now pass. */
void i2c_bench_wait_ms(struct bench *bench, uint32_t milliseconds);

#endif
