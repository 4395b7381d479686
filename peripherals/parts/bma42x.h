/* peripherals/parts/bma42x.h - Bosch BMA421, BMA422 and BMA423 accelerometers on I2C.
 *
 * Reference: BMA423 data sheet BST-BMA423-DS000 (the three share their register map) and the public
 * drivers of Bosch, Zephyr, InfiniTime and wasp-os.
 * Devicetree: `bosch,bma421`, `bosch,bma423`, `bosch,bma4xx` (BMA422, as the Zephyr driver
 * expects); reg (0x18 or 0x19); `int1-gpios` and `int2-gpios`, or `int-gpios` with
 * INT1 and INT2; optional.
 * Inputs: "x", "y", "z": acceleration in mg, -100000..100000 (default 0, 0, 1000; what is beyond
 * the range that is set reads as its end); "steps": so many steps are walked, up to 65535; "tap",
 * "double-tap", "wrist": the gesture is made; "temperature" in centi-degrees, -10400..15000, which
 * is what the register holds. Faults: those of i2c_part.h; "stuck": the axes keep their values;
 * "out-of-range": the axes read the largest number.
 *
 * Axes are sampled at the output data rate of ACC_CONF, with the range of ACC_RANGE, 12 bits.
 * Features (steps, taps, wrist) work once the configuration of 6,144 bytes has come in order
 * through FEATURES_IN and INIT_CTRL has been set: INTERNAL_STATUS is 1 after 140 ms, else 2. What
 * the configuration holds does not matter. Then FEATURES_IN is the page of feature settings, laid
 * out as Bosch's BMA423 driver has it.
 * Not modelled: FIFO (empty), filters, any-motion and no-motion, activity, self-test, offsets, the
 * auxiliary interface, SPI.
 */
#ifndef PERIPHERALS_PARTS_BMA42X_H
#define PERIPHERALS_PARTS_BMA42X_H

#include "peripherals/parts/i2c_part.h"

#define BMA42X_MG_MAX        100000 /* a watch that is dropped */
#define BMA42X_AXES          3U
#define BMA42X_INT_PINS      2U
#define BMA42X_REGISTERS     128U
#define BMA42X_FEATURE_BYTES 70U
#define BMA42X_CONFIG_BYTES  6144U

enum bma42x_register {
    BMA42X_CHIP_ID = 0x00,
    BMA42X_STATUS = 0x03,
    BMA42X_ACC_X_LSB = 0x12,    /* six */
    BMA42X_SENSORTIME_0 = 0x18, /* three */
    BMA42X_EVENT = 0x1B,
    BMA42X_INT_STATUS_0 = 0x1C,
    BMA42X_INT_STATUS_1 = 0x1D,
    BMA42X_STEP_COUNTER_0 = 0x1E, /* four */
    BMA42X_TEMPERATURE = 0x22,
    BMA42X_FIFO_DATA = 0x26,
    BMA42X_INTERNAL_STATUS = 0x2A,
    BMA42X_ACC_CONF = 0x40,
    BMA42X_ACC_RANGE = 0x41,
    BMA42X_INT1_IO_CTRL = 0x53,
    BMA42X_INT_LATCH = 0x55,
    BMA42X_INT1_MAP = 0x56,
    BMA42X_INT_MAP_DATA = 0x58,
    BMA42X_INIT_CTRL = 0x59,
    BMA42X_ADDRESS_LOW = 0x5B, /* 4 bits of a word address; "reserved" in the data sheet */
    BMA42X_ADDRESS_HIGH = 0x5C,
    BMA42X_FEATURES_IN = 0x5E,
    BMA42X_PWR_CONF = 0x7C,
    BMA42X_PWR_CTRL = 0x7D,
    BMA42X_CMD = 0x7E,
};

/* In part.faults, after those of every I2C part. */
enum bma42x_fault {
    BMA42X_FAULT_STUCK = I2C_FAULT_COUNT,
    BMA42X_FAULT_OUT_OF_RANGE,
};

struct bma42x {
    struct device_env env;
    struct i2c_part part;
    uint8_t chip_id;
    struct pin *int_pins[BMA42X_INT_PINS]; /* NULL: not wired */
    struct bma42x_state {
        struct i2c_part_state part;
        uint8_t registers[BMA42X_REGISTERS]; /* those that keep what is written */
        uint8_t features[BMA42X_FEATURE_BYTES];
        uint8_t pointer;
        bool loading;          /* INIT_CTRL is 0: FEATURES_IN takes the configuration */
        bool loaded;           /* INIT_CTRL was set after that, at init_cycles */
        bool in_order;         /* of the configuration so far */
        bool data_read;        /* of the sample at read_cycles */
        uint32_t config_bytes; /* how many have come */
        uint64_t init_cycles;
        int32_t mg[BMA42X_AXES];      /* what is there now, since changed_cycles */
        int32_t held_mg[BMA42X_AXES]; /* what was sampled before that */
        int32_t centidegrees;
        uint64_t changed_cycles, enabled_cycles, read_cycles;
        uint32_t steps, steps_to_watermark;
        uint8_t int_status[2];
    } state;
    struct event sample;  /* while a data-ready interrupt is mapped */
    struct event unlatch; /* ends the feature interrupts that are not latched */
};

extern const struct device_class part_bma42x_class; /* BMA422 */
extern const struct device_class part_bma421_class;
extern const struct device_class part_bma423_class;

#endif
