/* peripherals/nrf52/uart_shared.h - what the two serial ports at one address have in common: the
 * registers, the events, the serial line with its bit times.
 *
 * Reference: nRF52832 product specification 1.4, "UARTE" and "UART": both at 0x40002000, and
 * ENABLE says which one works (8 UARTE, 4 UART). uarte.c owns the window and the EasyDMA half,
 * uart.c the half with the RXD and TXD registers; both see this struct.
 *
 * A bit takes floor(2^32 / BAUDRATE) periods of 16 MHz: that gives all of the actual rates that the
 * vendor's description lists. A frame is a start bit, 8 data bits, the parity bit of CONFIG.PARITY
 * and 1 or 2 stop bits (CONFIG.STOP).
 */
#ifndef PERIPHERALS_NRF52_UART_SHARED_H
#define PERIPHERALS_NRF52_UART_SHARED_H

#include "peripherals/iface/device.h"
#include "peripherals/nrf52/nrf_common.h"
#include "peripherals/nrf52/uart_line.h"

enum uart_register {
    UART_TASKS_STARTRX = 0x000,
    UART_TASKS_STOPRX = 0x004,
    UART_TASKS_STARTTX = 0x008,
    UART_TASKS_STOPTX = 0x00C,
    UART_TASKS_SUSPEND = 0x01C,  /* UART only */
    UARTE_TASKS_FLUSHRX = 0x02C, /* UARTE only */
    UART_EVENTS_CTS = 0x100,
    UART_EVENTS_NCTS = 0x104,
    UART_EVENTS_RXDRDY = 0x108,
    UARTE_EVENTS_ENDRX = 0x110,
    UART_EVENTS_TXDRDY = 0x11C,
    UARTE_EVENTS_ENDTX = 0x120,
    UART_EVENTS_ERROR = 0x124,
    UART_EVENTS_RXTO = 0x144,
    UARTE_EVENTS_RXSTARTED = 0x14C,
    UARTE_EVENTS_TXSTARTED = 0x150,
    UARTE_EVENTS_TXSTOPPED = 0x158,
    UART_SHORTS = 0x200,
    UARTE_INTEN = 0x300,
    UART_ERRORSRC = 0x480,
    UART_ENABLE = 0x500,
    UART_PSEL_RTS = 0x508, /* reset value 0xFFFFFFFF, as the next three */
    UART_PSEL_TXD = 0x50C,
    UART_PSEL_CTS = 0x510,
    UART_PSEL_RXD = 0x514,
    UART_RXD = 0x518,      /* UART only */
    UART_TXD = 0x51C,      /* UART only */
    UART_BAUDRATE = 0x524, /* reset value 0x04000000 */
    UARTE_RXD_PTR = 0x534,
    UARTE_RXD_MAXCNT = 0x538,
    UARTE_RXD_AMOUNT = 0x53C,
    UARTE_TXD_PTR = 0x544,
    UARTE_TXD_MAXCNT = 0x548,
    UARTE_TXD_AMOUNT = 0x54C,
    UART_CONFIG = 0x56C,
};

#define UART_ENABLE_UART      4U
#define UART_ENABLE_UARTE     8U
#define UART_ERRORSRC_OVERRUN (1U << 0)

#define UART_PINS        64U
#define UART_FIFO_BYTES  6U /* of UART */
#define UARTE_FIFO_BYTES 5U

enum uart_rx_phase {
    UART_RX_OFF,
    UART_RX_ON,
    UART_RX_STOPPING, /* after STOPRX: takes bytes into the FIFO until RXTO */
};

struct uart_shared {
    struct device_env env;
    uint32_t maxcnt_mask;
    bool dma_only; /* there is no UART at this address */
    struct uart_state {
        struct nrf_events events;
        uint32_t shorts;
        uint32_t errorsrc;
        uint32_t enable;
        uint32_t psel[4]; /* RTS, TXD, CTS, RXD */
        uint32_t baudrate;
        uint32_t config;
        /* UARTE */
        uint32_t rxd_ptr, rxd_maxcnt, rxd_amount;
        uint32_t txd_ptr, txd_maxcnt, txd_amount;
        uint32_t rx_next, rx_left, rx_done; /* the buffer being filled: next address, bytes */
        uint32_t tx_next, tx_left, tx_done; /* the buffer being sent */
        bool rx_armed;                      /* there is a buffer to fill */
        /* UART */
        uint32_t rxd;
        bool rxd_full;
        /* both */
        enum uart_rx_phase rx_phase;
        uint8_t fifo[UART_FIFO_BYTES];
        uint32_t fifo_count;
        bool tx_started;  /* UART: STARTTX without STOPTX; UARTE: a transfer is under way */
        bool tx_stopping; /* UARTE: STOPTX came within a transfer */
        bool tx_busy;     /* a frame is on the line */
        uint8_t tx_byte;
        bool tx_held;      /* it waits for CTS */
        bool cts_inactive; /* as the last event of CTS said */
        /* The outside sender: it has its own buffer and knows the right rate. */
        struct uart_outside outside; /* last: no reset of the chip clears it */
    } state;
    struct serial_end end;
    struct wire_listener listeners[UART_PINS];
    struct event tx_end;     /* the stop bit of the frame that is sent */
    struct event rx_end;     /* the stop bit of the frame that arrives */
    struct event rx_timeout; /* the receiver comes to its stop */
};

/* True when a PSEL register names a pin. */
bool uart_is_connected(const struct uart_shared *uart, enum uart_register psel);

/* Puts a byte on the line from `start_cycles` on: now, or, for the next of several bytes, the end
 * of the byte before. tx_end fires when its stop bit ends. Reports a BAUDRATE of 0, and then sends
 * nothing. */
void uart_send_frame(struct uart_shared *uart, uint8_t byte, uint64_t start_cycles);

/* The stop bit of the frame has ended: hands the byte to the outside. */
void uart_frame_sent(struct uart_shared *uart);

/* Cycles that a frame from outside takes: also where BAUDRATE is 0. */
uint64_t uart_receive_cycles(const struct uart_shared *uart);

bool uart_has_parity(const struct uart_shared *uart);

/* Tells the observer that a byte from outside was not received. */
void uart_note_lost(struct uart_shared *uart, uint8_t byte);

/* Adds to ERRORSRC and raises ERROR, if there are any. */
void uart_note_errors(struct uart_shared *uart, uint32_t errors);

/* Adds a byte to the receiver's FIFO of `depth` bytes, or raises ERROR for an overrun (false). */
bool uart_push_fifo(struct uart_shared *uart, uint8_t byte, uint32_t depth);
uint8_t uart_pop_fifo(struct uart_shared *uart); /* not to be called when it is empty */

/* STOPRX: rx_timeout fires when the line has had the time for what the other side could not hold
 * back any more. */
void uart_stop_receiver(struct uart_shared *uart);

/* Forgets all transfers and what was received: ENABLE changed, or a reset. */
void uart_abort(struct uart_shared *uart);

#endif
