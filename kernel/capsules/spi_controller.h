/*
 * spi_controller.h - driver 0x20001: one device on an SPI bus, for one process at a time.
 * ABI: docs/syscalls/20001_spi_controller.md.
 */
#ifndef KERNEL_CAPSULES_SPI_CONTROLLER_H
#define KERNEL_CAPSULES_SPI_CONTROLLER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/driver.h"
#include "kernel/hil/spi.h"

/* A transfer goes in pieces of so many bytes, with the chip select active all the while. */
#define SPI_CONTROLLER_PIECE_BYTES 64u

struct spi_controller_driver {
    const struct hil_spi *spi; /* borrowed for ever */
    struct hil_spi_mode mode;  /* as the owner set it */
    struct process_id owner;   /* the first that used it, until it ends */
    uint32_t command;          /* the transfer that is under way; 0: none */
    bool reads;                /* it has a buffer for what comes in */
    uint32_t wanted, done;     /* bytes of it */
    uint32_t piece;            /* bytes under way */
    struct hil_spi_client client;
    struct dma_buffer out, in;
    uint8_t out_bytes[SPI_CONTROLLER_PIECE_BYTES];
    uint8_t in_bytes[SPI_CONTROLLER_PIECE_BYTES];
};

extern const struct driver_ops spi_controller_driver_ops;

/* Becomes the client of `spi`, which nobody else may use. */
void spi_controller_init(struct spi_controller_driver *driver, const struct hil_spi *spi);

#endif
