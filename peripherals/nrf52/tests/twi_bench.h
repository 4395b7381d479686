/* peripherals/nrf52/tests/twi_bench.h - a serial box whose ENABLE is TWI or TWIM, on a bus with one
 * target at 0x15 that keeps what is written to it and sends what the test says. */
#ifndef PERIPHERALS_NRF52_TESTS_TWI_BENCH_H
#define PERIPHERALS_NRF52_TESTS_TWI_BENCH_H

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/serial_box.h"

#define TWI_STARTRX   0x000
#define TWI_STARTTX   0x008
#define TWI_STOP      0x014
#define TWI_SUSPEND   0x01C
#define TWI_RESUME    0x020
#define TWI_STOPPED   0x104
#define TWI_ERROR     0x124
#define TWI_SUSPENDED 0x148
#define TWI_ENABLE    0x500
#define TWI_PSEL_SCL  0x508
#define TWI_PSEL_SDA  0x50C
#define TWI_FREQUENCY 0x524
#define TWI_ADDRESS   0x588

#define TWI_BENCH_SCL     7U
#define TWI_BENCH_SDA     6U
#define TWI_BENCH_ADDRESS 0x15U
#define TWI_BENCH_BYTES   16U

struct twi_bench_target {
    struct i2c_target target;
    uint32_t starts, stops, written_count, sent_count;
    uint32_t refuse_byte; /* the n-th byte written is refused; 0: none */
    uint64_t stretch_cycles;
    bool selected, read, holds_scl, holds_sda;
    uint8_t written[TWI_BENCH_BYTES], sends[TWI_BENCH_BYTES];
};

struct twi_bench {
    struct bench *bench;
    struct twi_bench_target target;
};

/* 250 kbps, pins and ADDRESS set, ENABLE = `enable`. */
struct twi_bench *twi_bench_new(uint32_t enable);
void twi_bench_free(struct twi_bench *bench);

/* What the target sends next; 0xEE after that. */
void twi_bench_sends(struct twi_bench *bench, const char *bytes, uint32_t count);

#endif
