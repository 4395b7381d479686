/*
 * spi_nor.h - a serial flash on SPI that knows JEDEC's instructions, as most do: 256-byte pages,
 * 4 kB sectors, 3-byte addresses. A hil_flash; no driver of its own.
 *
 * It asks the flash who it is before the first operation, and again after one that failed; a flash
 * that is another, or does not answer, is K_ENODEVICE. Reference: JEDEC JESD216.
 */
#ifndef KERNEL_CAPSULES_SPI_NOR_H
#define KERNEL_CAPSULES_SPI_NOR_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/delay.h"
#include "kernel/hil/flash.h"
#include "kernel/hil/spi.h"

#define SPI_NOR_HEADER_BYTES 4u /* instruction and address */
#define SPI_NOR_BUFFER_BYTES (SPI_NOR_HEADER_BYTES + HIL_FLASH_PAGE_BYTES)

struct spi_nor_config {
    const struct hil_spi *spi;
    const struct hil_delay *delay;
    uint32_t size_bytes;
    uint32_t jedec_id; /* manufacturer, type and capacity, the first in the lowest byte */
};

/* What is asked for, and what is under way of it. */
enum spi_nor_operation { SPI_NOR_READ, SPI_NOR_PROGRAM, SPI_NOR_ERASE };
enum spi_nor_step {
    SPI_NOR_IDLE,
    SPI_NOR_IDENTIFY,
    SPI_NOR_ENABLE_WRITES,
    SPI_NOR_CHECK_WRITES,
    SPI_NOR_RUN,
    SPI_NOR_POLL,
};

struct spi_nor {
    const struct spi_nor_config *config; /* borrowed for ever */
    struct hil_flash flash;              /* what it offers */
    const struct hil_flash_client *client;
    struct hil_spi_client spi_client;
    struct hil_delay_client delay_client;
    enum spi_nor_operation operation;
    enum spi_nor_step step;
    bool identified;
    uint32_t address, length, polls;
    struct dma_buffer *buffer; /* the client's, held while a read or a program is under way */
    struct dma_buffer out, in;
    uint8_t out_bytes[SPI_NOR_BUFFER_BYTES];
    uint8_t in_bytes[SPI_NOR_BUFFER_BYTES];
};

/* Becomes the client of the configuration's bus and delay, which nobody else may use. */
void spi_nor_init(struct spi_nor *nor, const struct spi_nor_config *config);

#endif
