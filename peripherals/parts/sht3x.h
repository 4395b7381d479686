/* peripherals/parts/sht3x.h - Sensirion SHT30, SHT31 and SHT35 temperature and humidity sensors on
 * I2C.
 *
 * Reference: data sheet SHT3x-DIS version 7.
 * Devicetree: `sensirion,sht3xd`; reg (0x44 or 0x45).
 * Inputs: "temperature" in centi-degrees Celsius, -4000..12500 (2500 at first), "humidity" in
 * hundredths of a per cent, 0..10000 (5000 at first).
 * Faults: those of i2c_part.h; "stuck": measurements keep giving the same; "out-of-range": they
 * give the largest numbers; "wrong-crc": the checksum of each word is wrong.
 *
 * Single shots with and without clock stretching, periodic measurements of all five rates, with the
 * data sheet's typical times; status, serial number, heater, soft reset. Before data is there a
 * read is not acknowledged. Not modelled: the ALERT pin and its limits, noise, what the heater
 * does, the general call.
 */
#ifndef PERIPHERALS_PARTS_SHT3X_H
#define PERIPHERALS_PARTS_SHT3X_H

#include "peripherals/parts/i2c_part.h"

#define SHT3X_ANSWER_BYTES 6U

/* In part.faults, after those of every I2C part. */
enum sht3x_fault {
    SHT3X_FAULT_STUCK = I2C_FAULT_COUNT,
    SHT3X_FAULT_OUT_OF_RANGE,
    SHT3X_FAULT_WRONG_CRC,
};

struct sht3x {
    struct device_env env;
    struct i2c_part part;
    struct sht3x_state {
        struct i2c_part_state part;
        uint16_t command; /* of the write under way */
        uint16_t status;
        bool stretches;          /* the measurement's command allows it */
        bool pending;            /* a single shot that nobody has fetched */
        uint32_t period_ms;      /* of periodic measurements; 0: none */
        uint32_t duration_us;    /* of one measurement */
        uint64_t started_cycles; /* of the single shot, or of the periodic mode */
        uint64_t fetched_cycles; /* the last periodic measurement fetched; 0: none */
        int32_t centidegrees, centipercent;
        uint16_t last_words[2]; /* what the fault keeps */
        uint8_t answer[SHT3X_ANSWER_BYTES];
        uint32_t answer_bytes;
    } state;
};

extern const struct device_class part_sht3x_class;

#endif
