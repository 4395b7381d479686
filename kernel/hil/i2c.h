/*
 * i2c.h - an I2C bus as its controller sees it. Requests queue up: everyone who has a device on the
 * bus brings a request of his own. Errors are values of enum k_error.
 */
#ifndef KERNEL_HIL_I2C_H
#define KERNEL_HIL_I2C_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/slice.h"

/* One transfer: start, the bytes to write, then (after a repeated start, when there is both) the
 * bytes to read, stop. From `transfer` until `done` it and the bytes of both slices, which lie in
 * RAM, are the driver's. */
struct hil_i2c_request {
    uint8_t address;          /* 7 bits, not shifted */
    struct const_slice write; /* either may be empty */
    struct slice read;
    /* Called from the kernel's main loop, never from inside `transfer`; may ask again. status:
     * K_OK; K_ENOACK: no device at the address, or it refused a byte; K_EFAIL: the bus failed. */
    void (*done)(void *self, int status);
    void *self;
    struct hil_i2c_request *next; /* the driver's */
    bool pending;                 /* the driver's */
};

struct hil_i2c_ops {
    /* Carries the request out, after those that came before. K_EBUSY: it is under way or waits
     * already; K_ESIZE: nothing to do, or more bytes each way than `max_bytes`; K_EINVAL: the
     * address has more than 7 bits. */
    int (*transfer)(void *self, struct hil_i2c_request *request);
};

struct hil_i2c {
    const struct hil_i2c_ops *ops;
    void *self;
    uint32_t max_bytes; /* that one transfer can write, or read */
};

#endif
