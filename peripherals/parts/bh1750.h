/* peripherals/parts/bh1750.h - Rohm BH1750FVI ambient light sensor on I2C.
 *
 * Reference: data sheet BH1750FVI, "Instruction set architecture" and "Measurement mode".
 * Devicetree: `rohm,bh1750`; reg (0x23 or 0x5C).
 * Inputs: "light" in lux, 0..200000 (100 at first).
 * Faults: those of i2c_part.h; "stuck": measurements keep giving the same; "out-of-range": they
 * give 65535.
 *
 * Continuous and single measurements of the three resolutions with their typical times, scaled with
 * the measurement time register; power down, power on, reset. Until a measurement is done a read
 * gives the one before.
 * Not modelled: spectrum, noise, the DVI pin.
 */
#ifndef PERIPHERALS_PARTS_BH1750_H
#define PERIPHERALS_PARTS_BH1750_H

#include "peripherals/parts/i2c_part.h"

#define BH1750_LUX_MAX 200000 /* full sun and more: twice what it is specified for */

/* In part.faults, after those of every I2C part. */
enum bh1750_fault {
    BH1750_FAULT_STUCK = I2C_FAULT_COUNT,
    BH1750_FAULT_OUT_OF_RANGE,
};

struct bh1750 {
    struct device_env env;
    struct i2c_part part;
    struct bh1750_state {
        struct i2c_part_state part;
        bool powered;
        uint8_t mode; /* the command that measures; 0: none */
        uint8_t measurement_time;
        uint16_t data;
        uint32_t lux;
        uint64_t started_cycles;
    } state;
};

extern const struct device_class part_bh1750_class;

#endif
