/* peripherals/nrf52/uart.h - the older half of the serial port: one byte at a time through TXD and
 * RXD. Works while ENABLE is 4.
 *
 * Reference: nRF52832 product specification 1.4, "UART". The window and its registers belong to
 * uarte.c, which calls these.
 */
#ifndef PERIPHERALS_NRF52_UART_H
#define PERIPHERALS_NRF52_UART_H

#include "peripherals/nrf52/uart_shared.h"

/* A task register was triggered. False: UART has no such task. */
bool uart_run_task(struct uart_shared *uart, uint32_t offset);

/* The guest wrote TXD, or has read RXD. */
void uart_write_txd(struct uart_shared *uart, uint8_t byte);
void uart_rxd_was_read(struct uart_shared *uart);

/* What the line and the clock say. */
void uart_byte_sent(struct uart_shared *uart);
void uart_byte_received(struct uart_shared *uart, uint8_t byte);
void uart_receiver_stopped(struct uart_shared *uart);

#endif
