/* peripherals/parts/i2c_part.h - what every part on an I2C bus has in common: its pins and address
 * from the devicetree, being selected by START, and the faults of a bus.
 *
 * Devicetree: the part is a child of its bus's node, whose pinctrl-0 names SCL and SDA; `reg` is
 * the 7-bit address. Two parts with one address on one bus are refused.
 *
 * Faults: those of I2C_PART_FAULTS. A part that holds a line low does so at the chip's pin as well,
 * where GPIO reads it; falling edges that GPIO drives on SCL count as clocks, as bus recovery makes
 * them.
 */
#ifndef PERIPHERALS_PARTS_I2C_PART_H
#define PERIPHERALS_PARTS_I2C_PART_H

#include "peripherals/iface/device.h"

/* The first rows of each part's `faults`, and their places in i2c_part_state.faults. What only one
 * part has follows from I2C_FAULT_COUNT on. */
/* clang-format off */
#define I2C_PART_FAULTS                                                                            \
    {"nack", "its address is not acknowledged: VALUE times, or with -1 until 0", -1, 1000000},     \
    {"data-nack", "the VALUE-th byte of each write is not acknowledged, until 0", 1, 65535},       \
    {"sda-low", "holds SDA low until VALUE clocks on SCL, or until 0", 1, 1000000},                \
    {"scl-low", "holds SCL low, until 0", 1, 1},                                                   \
    {"stretch", "holds SCL low for VALUE us before each byte, until 0", 1, 1000000}
/* clang-format on */
enum i2c_part_fault {
    I2C_FAULT_NACK,
    I2C_FAULT_DATA_NACK,
    I2C_FAULT_SDA_LOW,
    I2C_FAULT_SCL_LOW,
    I2C_FAULT_STRETCH,
    I2C_FAULT_COUNT
};
#define I2C_PART_FAULTS_MAX (I2C_FAULT_COUNT + 3)

/* How the part behaves; `self` is the part. */
struct i2c_part_ops {
    /* Whether it answers to its address now; NULL: always. */
    bool (*answers)(void *self, bool read);
    /* Byte `index` (from 0) since START: ACK? */
    bool (*write)(void *self, uint8_t byte, uint32_t index);
    uint8_t (*read)(void *self, uint32_t index);
    /* A transfer that had selected it is over (STOP or repeated START); NULL: nothing to do. */
    void (*ended)(void *self);
    /* Cycles for which it stretches the clock before the next byte; NULL: none. */
    uint64_t (*stretch)(const void *self);
    const struct device_fault *faults; /* of its class, at most I2C_PART_FAULTS_MAX */
};

struct i2c_part_state {
    uint32_t index;                      /* of the next byte */
    int32_t faults[I2C_PART_FAULTS_MAX]; /* what is left of each; 0: none */
    bool selected, reading;
};

/* A member of the part, which sets nothing in it. */
struct i2c_part {
    const struct device_env *env; /* the part's own copy */
    struct i2c_part_state *state; /* lies in the part's state */
    const struct i2c_part_ops *ops;
    void *self;
    struct i2c_target target;
    struct pin *scl, *sda;
    struct wire_listener scl_listener;
    char message[160]; /* what i2c_part_init returned, when that names another part */
};

/* Puts the part on its bus. NULL when fine, else a message for the user that lives as long as
 * *part. */
const char *i2c_part_init(struct i2c_part *part, void *self, const struct device_env *env,
                          const struct i2c_part_ops *ops, struct i2c_part_state *state);

/* The supply was away: no transfer is under way. Faults stay. */
void i2c_part_power_on(struct i2c_part *part);

/* One of the part's faults. False: it is none, or its value is not one of it. */
bool i2c_part_input(struct i2c_part *part, const struct device_input *input);

bool i2c_part_state_is_sane(const struct i2c_part_state *state, const struct device_fault *faults);

#endif
