/*
 * qspi.h - nRF52840's QSPI with a serial flash that knows JEDEC's instructions and keeps its quad
 * enable bit in bit 6 of its status register, as Macronix's do. Product specification, QSPI;
 * MX25R6435F data sheet.
 *
 * An operation that does not come to its end within two seconds ends in K_EFAIL.
 */
#ifndef KERNEL_CHIPS_NRF52_QSPI_H
#define KERNEL_CHIPS_NRF52_QSPI_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/chips/nrf52/rtc_delay.h"
#include "kernel/hil/flash.h"

#define NRF52_QSPI_LINES 4u

struct nrf52_qspi_config {
    uint32_t sck_pin, select_pin, io_pins[NRF52_QSPI_LINES]; /* as nrf52_pin.number */
    uint32_t jedec_id; /* manufacturer, type and capacity, the first in the lowest byte */
    uint32_t size_bytes;
    struct nrf52_rtc_delay *delay; /* for the time limit; nobody else's */
};

struct nrf52_qspi {
    const struct nrf52_qspi_config *config;
    const struct hil_flash_client *client;
    struct hil_delay_client delay_client;
    struct dma_buffer *buffer; /* of the operation; NULL: it has none */
    bool present;              /* the flash is the one of the configuration */
    bool busy;
    bool waits; /* the operation has been sent; the flash is at it */
};

extern const struct hil_flash_ops nrf52_qspi_ops; /* self: struct nrf52_qspi */

/* Takes the pins and asks the flash who it is, which waits: up to 20 ms when its quad enable bit is
 * still to be written. A flash that is not that of `config` (borrowed for ever) does not answer:
 * everything is K_ENODEVICE then. */
void nrf52_qspi_init(struct nrf52_qspi *qspi, const struct nrf52_qspi_config *config);

/* Its interrupt. self: struct nrf52_qspi. */
void nrf52_qspi_serve(void *self);

#endif
