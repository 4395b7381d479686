/*
 * i2c.h - one device on an I2C bus: who holds the handle speaks to that device and no other, unless
 * the board lets him choose the address. Its transfers take turns with those of the bus's other
 * devices. Errors are values of enum k_error.
 */
#ifndef KERNEL_HIL_I2C_H
#define KERNEL_HIL_I2C_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

/* Whom to call, from the kernel's main loop, never from inside a call of the ops: the transfer is
 * over and its buffers are the client's again. May ask for the next one. status: K_OK; K_ENOACK: no
 * device at the address, or it refused a byte; K_EFAIL: the bus failed. */
struct hil_i2c_client {
    PRIVATE void (*done)(void *self, int status);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_i2c_ops {
    PRIVATE int (*transfer)(void *self, struct dma_buffer *write, uint32_t write_length,
                            struct dma_buffer *read, uint32_t read_length);
    PRIVATE int (*set_address)(void *self, uint32_t address);
    PRIVATE void (*set_client)(void *self, const struct hil_i2c_client *client);
};

struct hil_i2c {
    PRIVATE const struct hil_i2c_ops *ops;
    PRIVATE void *self;
};

/*
 * One transfer: start, the bytes to write, then (after a repeated start, when there is both) the
 * bytes to read, stop; `done` follows. Bytes lie at the start of the buffers. Either may be missing
 * (NULL, 0), both may be the same one: what is read takes the place of what was written. They are
 * lent until `done`. K_EBUSY: a transfer of this device is under way or waits, or a buffer is lent
 * already; K_ESIZE: nothing to do, a length greater than its buffer's, or more than this controller
 * can do.
 */
static inline int hil_i2c_transfer(BORROWED const struct hil_i2c *i2c, struct dma_buffer *write,
                                   uint32_t write_length, struct dma_buffer *read,
                                   uint32_t read_length)
{
    int offered = dma_buffer_offer_both(write, read, GUARD_CALLER);
    return offered == K_OK ? HIL_CALL(i2c, transfer, write, write_length, read, read_length)
                           : offered;
}

/* Speaks to that device (7 bits, not shifted) from the next transfer on. K_ENOSUPPORT: the board
 * has fixed the address; K_EINVAL: it has more than 7 bits; K_EBUSY: a transfer is under way or
 * waits. */
static inline int hil_i2c_set_address(BORROWED const struct hil_i2c *i2c, uint32_t address)
{
    return HIL_CALL(i2c, set_address, address);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_i2c_set_client(BORROWED const struct hil_i2c *i2c,
                                      const struct hil_i2c_client *client)
{
    HIL_CALL(i2c, set_client, client);
}

/* For drivers. NULL: nobody is told. */
static inline void hil_i2c_client_done(BORROWED const struct hil_i2c_client *client, int status)
{
    GUARD_TELL(client, done, status);
}

#endif
