/*
 * uarte.h - a serial port, UARTE0 or UARTE1: 8 data bits, no parity, no flow control, through
 * EasyDMA.
 */
#ifndef KERNEL_CHIPS_NRF52_UARTE_H
#define KERNEL_CHIPS_NRF52_UARTE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/uart.h"

/* BAUDRATE register values: the nearest that the hardware has. */
#define NRF52_UARTE_BAUD_115200 0x01D7E000u

struct nrf52_uarte_config {
    uint32_t base;           /* NRF52_UARTE0_BASE, or UARTE1 where the chip has it */
    uint32_t tx_pin, rx_pin; /* as nrf52_pin.number */
    uint32_t baudrate;       /* register value */
};

struct nrf52_uarte {
    uint32_t base; /* of the registers */
    const struct hil_uart_client *client;
    bool tx_busy, rx_busy, rx_aborted;
    struct dma_buffer *tx_buffer; /* claimed while tx_busy, and so on */
    struct dma_buffer *rx_buffer;
    struct slice tx_rest; /* not yet handed to the DMA */
    struct slice rx_rest;
    uint32_t rx_count;  /* bytes received in earlier pieces of this reception */
    uint8_t bounce[32]; /* for write_now: the DMA does not reach flash */
};

extern const struct hil_uart_ops nrf52_uarte_ops; /* self: struct nrf52_uarte */

/* Takes the pins and switches the port on. */
void nrf52_uarte_init(struct nrf52_uarte *uarte, const struct nrf52_uarte_config *config);

/* Sends by polling, after the piece that is under way; bytes may lie anywhere. A transmission under
 * way through the ops loses what it had not yet sent: for boot and panic. */
void nrf52_uarte_write_now(struct nrf52_uarte *uarte, struct const_slice bytes);

/* The port's interrupt. self: struct nrf52_uarte. */
void nrf52_uarte_serve(void *self);

/* As struct nrf52_interrupt has it. */
void nrf52_uarte_stop_dead(void *self);

#endif
