/*
 * i2c_master.h - driver 0x20003: transfers on an I2C bus, whatever is on it. One at a time, for
 * whoever comes first; the bus's other users have their turn between them.
 * ABI: docs/syscalls/20003_i2c_master.md.
 */
#ifndef KERNEL_CAPSULES_I2C_MASTER_H
#define KERNEL_CAPSULES_I2C_MASTER_H

#include <stdint.h>

#include "kernel/capsule/driver.h"
#include "kernel/hil/i2c.h"

struct i2c_master_driver {
    const struct hil_i2c *i2c; /* borrowed for ever */
    struct hil_i2c_client client;
    struct process_id user; /* whose transfer is under way; none: nobody's */
    uint32_t read_length;   /* of it */
    struct dma_buffer buffer;
    uint8_t bytes[ABI_I2C_MASTER_MAX];
};

extern const struct driver_ops i2c_master_driver_ops;

/* Becomes the client of `i2c`, whose address it chooses, and which nobody else may use. */
void i2c_master_init(struct i2c_master_driver *driver, const struct hil_i2c *i2c);

#endif
