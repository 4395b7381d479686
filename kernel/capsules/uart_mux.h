/*
 * uart_mux.h - one UART for several users. Each gets a port, which is a `struct hil_uart` like the
 * UART itself: console, kernel output and process console do not know of each other.
 *
 * Out: one transmission at a time, ports in turn. A port whose transmission did not end in a
 * newline keeps its turn for the next one, if that follows at once, up to UART_MUX_HOLD of them:
 * lines stay whole where that starves nobody.
 * Bytes out go to the UART from the user's own buffer, which the port holds meanwhile.
 * In: every port that is receiving gets a copy of every byte; what comes while none is, is lost. A
 * port may take the input: it alone gets it until it gives it back, or its user's capsule is dead.
 */
#ifndef KERNEL_CAPSULES_UART_MUX_H
#define KERNEL_CAPSULES_UART_MUX_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/deferred.h"
#include "kernel/hil/uart.h"

#define UART_MUX_HOLD 4u /* transmissions in a row that one port may have for one line */

struct uart_mux;

/* The user sees `uart` only, or `input` besides. */
struct uart_mux_port {
    struct hil_uart uart;
    bool receiving;
    bool aborting;               /* receiving, and to be told K_ECANCEL */
    struct hil_uart_input input; /* for one that wants it all */
    struct uart_mux *mux;
    struct uart_mux_port *next; /* in the ring of all ports */
    const struct hil_uart_client *client;
    struct dma_buffer *out; /* of what is to be sent, or is being sent; NULL: nothing is */
    uint32_t out_offset, out_length;
    struct dma_buffer *in; /* meaningful while `receiving` */
    uint32_t in_offset, in_length;
    uint32_t received; /* bytes from in_offset on */
};

struct uart_mux {
    const struct hil_uart *uart;  /* borrowed for ever */
    struct uart_mux_port *last;   /* a ring: last->next is the first; NULL: no ports */
    struct uart_mux_port *sender; /* whose bytes are on the wire, NULL: idle */
    struct uart_mux_port *turn;   /* whose turn it is to be asked first, NULL: the first's */
    uint32_t held;                /* transmissions that `turn` had in a row for one line */
    struct uart_mux_port *taker;  /* who alone gets what comes in, NULL: nobody does */
    bool listening;               /* a reception is under way */
    struct hil_uart_client client;
    struct deferred_call deferred;
    struct dma_buffer byte;
    uint8_t byte_bytes[1];
};

/* Becomes the client of `uart`, which nobody else may use (but for a panic's last words). */
void uart_mux_init(struct uart_mux *mux, const struct hil_uart *uart);

/* Adds a port, for ever. At start only, before anything is sent. */
void uart_mux_add_port(struct uart_mux *mux, struct uart_mux_port *port);

#endif
