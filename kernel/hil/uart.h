/*
 * uart.h - bytes out and in, one transfer each way at a time. Errors are values of enum k_error.
 */
#ifndef KERNEL_HIL_UART_H
#define KERNEL_HIL_UART_H

#include <stdint.h>

#include "kernel/hil/slice.h"

/* Whom to call, from the kernel's main loop, never from inside a call of the ops. Each may start
 * the next transfer. */
struct hil_uart_client {
    /* The transmission is over and the bytes are the client's again. status: K_OK. */
    void (*transmitted)(void *self, int status);
    /* The reception is over: so many bytes lie at the start of the buffer, which is the client's
     * again. status: K_OK (the buffer is full), K_ECANCEL (aborted), K_EFAIL (line error; the bytes
     * before it are good). */
    void (*received)(void *self, uint32_t count, int status);
    void *self;
};

struct hil_uart_ops {
    /* Sends all bytes. They lie in RAM and stay in place and unchanged until `transmitted`.
     * K_EBUSY while a transmission is under way, K_ESIZE when there are none to send. */
    int (*transmit)(void *self, struct const_slice bytes);
    /* Fills the whole buffer, which is the driver's until `received`.
     * K_EBUSY while a reception is under way, K_ESIZE for an empty buffer. */
    int (*receive)(void *self, struct slice buffer);
    /* Ends the reception early: `received` follows with K_ECANCEL. K_EALREADY when there is none.
     */
    int (*abort_receive)(void *self);
    /* `client` (borrowed for ever) gets the calls from now on. */
    void (*set_client)(void *self, const struct hil_uart_client *client);
};

struct hil_uart {
    const struct hil_uart_ops *ops;
    void *self;
};

#endif
