/*
 * console.h - driver 0x1: text from and to the apps, over one UART (or one port of a uart_mux).
 *
 * A write of any length is sent in pieces through a small buffer and ends in one upcall. Processes
 * take turns by lines: a piece ends after a newline where it can, and the next process has its turn
 * there, or after CONSOLE_HOLD pieces of one endless line. One process reads at a time.
 * ABI: docs/syscalls/00001_console.md.
 */
#ifndef KERNEL_CAPSULES_CONSOLE_H
#define KERNEL_CAPSULES_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/hil/uart.h"

#define CONSOLE_TX_BYTES 64u
#define CONSOLE_HOLD     4u

struct console_driver {
    const struct hil_uart *uart; /* borrowed for ever */
    struct process_id writer;    /* whose piece is on the wire, or whose turn it is */
    struct process_id reader;    /* who gets what is received, or none */
    uint32_t tickets;            /* given out so far: the oldest of the waiting writes goes first */
    uint32_t piece_bytes;        /* on the wire; 0: nothing is */
    uint32_t held;               /* pieces in a row of one line */
    bool read_stale;   /* the reception under way was begun for a process that has ended */
    bool read_aborted; /* the reader gave up while read_stale */
    struct hil_uart_client client;
    struct deferred_call deferred;
    struct dma_buffer tx;
    struct dma_buffer rx;
    uint8_t tx_bytes[CONSOLE_TX_BYTES];
    uint8_t rx_bytes[ABI_CONSOLE_READ_MAX];
};

extern const struct driver_ops console_driver_ops;

/* Becomes the client of `uart`, which nobody else may use. */
void console_init(struct console_driver *console, const struct hil_uart *uart);

#endif
