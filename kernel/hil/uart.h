/*
 * uart.h - bytes out and in, one transfer each way at a time. Errors are values of enum k_error.
 *
 * A handle (struct hil_uart) comes from a chip's driver, or from a capsule that shares one out. Its
 * user calls the hil_uart_ functions, and is called back as a struct hil_uart_client says; who
 * offers a handle fills in the ops and calls the hil_uart_client_ functions.
 */
#ifndef KERNEL_HIL_UART_H
#define KERNEL_HIL_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

/* Whom to call, from the kernel's main loop, never from inside a call of the ops. Each may start
 * the next transfer. */
struct hil_uart_client {
    /* The transmission is over and the buffer is the client's again. status: K_OK. */
    PRIVATE void (*transmitted)(void *self, int status);
    /* The reception is over: so many bytes lie at the start of the part, and the buffer is the
     * client's again. status: K_OK (the part is full), K_ECANCEL (aborted), K_EFAIL (line error;
     * the bytes before it are good). */
    PRIVATE void (*received)(void *self, uint32_t count, int status);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

/* A buffer that an op has answered K_OK to is the provider's until just before the callback: a
 * chip's driver claims and releases it, a capsule has it lent by the functions below and hands it
 * back. With any other answer nothing has changed. */
struct hil_uart_ops {
    PRIVATE int (*transmit)(void *self, struct dma_buffer *buffer, uint32_t offset,
                            uint32_t length);
    PRIVATE int (*receive)(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length);
    PRIVATE int (*abort_receive)(void *self);
    PRIVATE void (*set_client)(void *self, const struct hil_uart_client *client);
};

struct hil_uart {
    PRIVATE const struct hil_uart_ops *ops;
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule of who offers it; NULL: trusted code */
};

/* --- For the user of a handle. K_ENODEVICE from each: the capsule that offers it is dead --- */

/* A reception (`comes_in`) or a transmission for `caller`. */
PRIVATE NOT_NULL int hil_uart_move(BORROWED const struct hil_uart *uart, struct dma_buffer *buffer,
                                   uint32_t offset, uint32_t length, bool comes_in,
                                   BORROWED const struct capsule *caller);

/* Sends `length` bytes of the buffer from `offset` on; the client is told when they are out.
 * K_EBUSY while a transmission is under way or the buffer is lent, K_ESIZE when there is no such
 * part or nothing to send. */
static inline int hil_uart_transmit(BORROWED const struct hil_uart *uart, struct dma_buffer *buffer,
                                    uint32_t offset, uint32_t length)
{
    return hil_uart_move(uart, buffer, offset, length, false, GUARD_CALLER);
}

/* Fills `length` bytes of the buffer from `offset` on; the client is told when they are there.
 * K_EBUSY while a reception is under way or the buffer is lent, K_ESIZE when there is no such part
 * or it is empty. */
static inline int hil_uart_receive(BORROWED const struct hil_uart *uart, struct dma_buffer *buffer,
                                   uint32_t offset, uint32_t length)
{
    return hil_uart_move(uart, buffer, offset, length, true, GUARD_CALLER);
}

/* Ends the reception early: `received` follows with K_ECANCEL. K_EALREADY when there is none. */
static inline int hil_uart_abort_receive(BORROWED const struct hil_uart *uart)
{
    return GUARD_OP(uart, abort_receive);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_uart_set_client(BORROWED const struct hil_uart *uart,
                                       const struct hil_uart_client *client)
{
    GUARD_OP_VOID(uart, set_client, client);
}

/* --- Of a UART that several users share: who gets what comes in --- */

struct hil_uart_input_ops {
    PRIVATE int (*take)(void *self, bool take);
};

struct hil_uart_input {
    PRIVATE const struct hil_uart_input_ops *ops;
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* as of struct hil_uart */
};

/* This user alone gets it from now on, or (false) all do again. K_EBUSY: another one has it. */
static inline int hil_uart_input_take(BORROWED const struct hil_uart_input *input, bool take)
{
    return GUARD_OP(input, take, take);
}

/* --- For who offers a handle. NULL: nobody is told --- */

static inline void hil_uart_client_transmitted(BORROWED const struct hil_uart_client *client,
                                               int status)
{
    if (client != NULL) {
        GUARD_CALL_VOID(client->owner, client->transmitted, client->self, status);
    }
}

/* Nothing reaches a client whose capsule has trapped. */
static inline bool hil_uart_client_is_dead(BORROWED const struct hil_uart_client *client)
{
    return client != NULL && guard_is_dead(client->owner);
}

static inline void hil_uart_client_received(BORROWED const struct hil_uart_client *client,
                                            uint32_t count, int status)
{
    if (client != NULL) {
        GUARD_CALL_VOID(client->owner, client->received, client->self, count, status);
    }
}

#endif
