/* peripherals/nrf52/uart_line.h - the outside of the serial port: who sends to it, flow control on
 * the pins, and what goes wrong on the line.
 *
 * What comes in waits in a queue and takes its bit times at the port's own rate. With CONFIG.HWFC
 * the sender heeds RTS before each frame, and the port CTS. RTS is inactive (high) while the
 * receiver is off, and from when its FIFO has room for four bytes only. CTS is what a part drives
 * on the pin; where none does, the input "cts" says (active at first, as a floating pin counts as
 * low).
 */
#ifndef PERIPHERALS_NRF52_UART_LINE_H
#define PERIPHERALS_NRF52_UART_LINE_H

#include "peripherals/iface/device.h"

#define UART_LINE_BYTES 4096U /* frames from outside that wait for their turn on the line */

enum uart_fault {
    UART_FAULT_RX_DROP,
    UART_FAULT_RX_CORRUPT,
    UART_FAULT_RX_PARITY,
    UART_FAULT_RX_FRAMING,
    UART_FAULT_RX_BREAK,
    UART_FAULT_RX_OVERRUN,
    UART_FAULT_TX_DROP,
    UART_FAULT_TX_CORRUPT,
    UART_FAULTS,
};

/* Part of the port's state. No reset of the chip clears it. */
struct uart_outside {
    uint8_t line[UART_LINE_BYTES], errors[UART_LINE_BYTES]; /* enum serial_error */
    uint32_t first, count;
    uint32_t holds_back;  /* 1: CTS is inactive where no part drives its pin */
    uint32_t rts_claimed; /* number of the pin that RTS drives, plus 1; 0: none */
    int32_t faults[UART_FAULTS];
    uint32_t counts[UART_FAULTS]; /* frames since the fault last happened */
    uint64_t random;
};

struct uart_shared;

extern const struct device_fault uart_fault_list[];

/* Joins the lines of the board. */
void uart_line_init(struct uart_shared *uart);

/* "byte", "break", "cts" or a fault. */
bool uart_line_input(struct uart_shared *uart, const struct device_input *input);

/* Takes the frame whose stop bit ended at `end_cycles` off the line and starts the next. False: it
 * got lost on the way. *errors: bits of ERRORSRC. */
bool uart_line_take(struct uart_shared *uart, uint64_t end_cycles, uint8_t *byte, uint32_t *errors);

/* Hands a byte that has been sent to the outside. */
void uart_line_send(struct uart_shared *uart, uint8_t byte);

/* Flow control follows from the state: drives RTS, lets a sender that waited for it go on, takes
 * over CTS with its events and shortcuts. After whatever changes the state. */
void uart_line_update(struct uart_shared *uart);

/* Whether CTS lets the port send; true without flow control. */
bool uart_line_may_send(const struct uart_shared *uart);

bool uart_outside_is_sane(const struct uart_outside *outside);

#endif
