/* peripherals/nrf52/uarte_dma.h - the newer half of the serial port: buffers in RAM, moved by
 * EasyDMA. Works while ENABLE is 8.
 *
 * Reference: nRF52832 product specification 1.4, "UARTE". The window and its registers belong to
 * uarte.c, which calls these. A buffer outside RAM is reported and not transferred. RXTO comes five
 * frames after STOPRX (approximate).
 */
#ifndef PERIPHERALS_NRF52_UARTE_DMA_H
#define PERIPHERALS_NRF52_UARTE_DMA_H

#include "peripherals/nrf52/uart_shared.h"

/* A task register was triggered. False: UARTE has no such task. */
bool uarte_run_task(struct uart_shared *uart, uint32_t offset);

/* What the line and the clock say. `end_cycles`: when the stop bit ended. */
void uarte_byte_sent(struct uart_shared *uart, uint64_t end_cycles);
void uarte_byte_received(struct uart_shared *uart, uint8_t byte);
void uarte_receiver_stopped(struct uart_shared *uart);

#endif
