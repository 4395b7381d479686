/* peripherals/parts/hrs3300.h - HRS3300 optical heart-rate sensor on I2C (TYHX).
 *
 * Reference: the vendor's data sheet and the public drivers of Zephyr, InfiniTime and wasp-os.
 * Devicetree: `tyhx,hrs3300`; reg (0x44).
 * Inputs: "heart-rate" in beats per minute (0: no finger, 300 at most; 0 at first); "ambient": the
 * light that the second channel sees, 0..131071.
 * Faults: those of i2c_part.h; "stuck": both channels keep their values; "out-of-range": they read
 * their largest number.
 *
 * While ENABLE.HEN and PDRIVER's power bit are set, a sample is taken every ENABLE.HWT. The pulse
 * is a table of 32 steps of a typical wave on a constant level: no floats, the same on every host.
 * Not modelled: the effect of drive current, gain and resolution; the interrupt pin.
 */
#ifndef PERIPHERALS_PARTS_HRS3300_H
#define PERIPHERALS_PARTS_HRS3300_H

#include "peripherals/parts/i2c_part.h"

#define HRS3300_REGISTERS 128U

/* In part.faults, after those of every I2C part. */
enum hrs3300_fault {
    HRS3300_FAULT_STUCK = I2C_FAULT_COUNT,
    HRS3300_FAULT_OUT_OF_RANGE,
};

struct hrs3300 {
    struct device_env env;
    struct i2c_part part;
    struct hrs3300_state {
        struct i2c_part_state part;
        uint8_t registers[HRS3300_REGISTERS];
        uint8_t pointer;
        uint32_t beats_per_minute, ambient;
        uint64_t beat_cycles;    /* the beats are counted from here */
        uint64_t enabled_cycles; /* and the samples from here */
        uint32_t stuck_hrs;      /* what the fault keeps */
        uint32_t stuck_als;
    } state;
};

extern const struct device_class part_hrs3300_class;

#endif
