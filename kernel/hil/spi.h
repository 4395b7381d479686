/*
 * spi.h - one device on an SPI bus: who holds the handle speaks to that device and no other. Its
 * transfers take turns with those of the bus's other devices. Errors are values of enum k_error.
 */
#ifndef KERNEL_HIL_SPI_H
#define KERNEL_HIL_SPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

/* How the device wants to be spoken to. */
struct hil_spi_mode {
    uint32_t frequency_hz; /* at most; the driver takes the nearest below that it has */
    bool idle_high;        /* clock polarity (CPOL) */
    bool sample_trailing;  /* clock phase (CPHA) */
};

/* Whom to call, from the kernel's main loop, never from inside a call of the ops: the transfer is
 * over and its buffers are the client's again. May ask for the next one. */
struct hil_spi_client {
    PRIVATE void (*done)(void *self);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_spi_ops {
    PRIVATE int (*transfer)(void *self, struct dma_buffer *write, uint32_t write_length,
                            struct dma_buffer *read, uint32_t read_length);
    PRIVATE struct hil_spi_mode (*get_mode)(void *self);
    PRIVATE void (*set_mode)(void *self, struct hil_spi_mode mode);
    PRIVATE void (*set_client)(void *self, const struct hil_spi_client *client);
    PRIVATE void (*hold)(void *self, bool holds);
};

struct hil_spi {
    PRIVATE const struct hil_spi_ops *ops;
    PRIVATE void *self;
};

/*
 * One transfer under one chip select: bytes go out and come in at the same time, each from the
 * start of its buffer; `done` follows. The shorter side is filled up: 0xFF goes out, what comes in
 * is dropped. Either buffer may be missing (NULL, 0), both may be the same one; they are lent until
 * `done`. K_EBUSY: one of this device is under way or waits, or a buffer is lent already; K_ESIZE:
 * nothing to do, a length greater than its buffer's, or one that this controller cannot do.
 */
static inline int hil_spi_transfer(BORROWED const struct hil_spi *spi, struct dma_buffer *write,
                                   uint32_t write_length, struct dma_buffer *read,
                                   uint32_t read_length)
{
    int offered = dma_buffer_offer_both(write, read, GUARD_CALLER);
    return offered == K_OK ? HIL_CALL(spi, transfer, write, write_length, read, read_length)
                           : offered;
}

/* The board says which it has at first. */
static inline struct hil_spi_mode hil_spi_get_mode(BORROWED const struct hil_spi *spi)
{
    return spi->ops->get_mode(spi->self);
}

/* From the next transfer on that makes the chip select active. */
static inline void hil_spi_set_mode(BORROWED const struct hil_spi *spi, struct hil_spi_mode mode)
{
    HIL_CALL(spi, set_mode, mode);
}

/* Whether the chip select stays active when a transfer has ended, so that the next one goes on with
 * it; the bus's other devices wait as long. False, also between two transfers, lets go. */
static inline void hil_spi_hold(BORROWED const struct hil_spi *spi, bool holds)
{
    HIL_CALL(spi, hold, holds);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_spi_set_client(BORROWED const struct hil_spi *spi,
                                      const struct hil_spi_client *client)
{
    HIL_CALL(spi, set_client, client);
}

/* For drivers. NULL: nobody is told. */
static inline void hil_spi_client_done(BORROWED const struct hil_spi_client *client)
{
    GUARD_TELL(client, done);
}

#endif
