#include "kernel/capsules/uart_mux.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/driver.h"

CAPSULE(uart_mux, .needs = {DEFERRED, UART});

/* The buffer goes back to its owner before that is told. */
static void finish_transmit(struct uart_mux_port *port, int status)
{
    dma_buffer_hand_back(port->out, &this_capsule);
    port->out = NULL;
    hil_uart_client_transmitted(port->client, status);
}

/* Puts the first waiting transmission, from `turn` on, on the wire. Calls clients (of those that
 * the UART refuses), so never from inside a port's ops. */
static void start_next(struct uart_mux *mux)
{
    if (mux->sender != NULL || mux->last == NULL) {
        return;
    }
    struct uart_mux_port *first = mux->turn != NULL ? mux->turn : mux->last->next;
    struct uart_mux_port *port = first;
    do {
        if (port->out != NULL) {
            int status =
                hil_uart_transmit(mux->uart, port->out, port->out_offset, port->out_length);
            if (status == K_OK) {
                mux->held = port == mux->turn ? mux->held : 0;
                mux->sender = port;
                return;
            }
            finish_transmit(port, status);
        }
        port = port->next;
    } while (port != first);
}

static void mux_transmitted(void *self, int status)
{
    struct uart_mux *mux = self;
    struct uart_mux_port *port = mux->sender;
    uint32_t last = port->out_offset + port->out_length - 1;
    bool line_ended = dma_buffer_held_get(port->out, &this_capsule, last) == '\n';
    mux->held++;
    if (line_ended || mux->held >= UART_MUX_HOLD) {
        mux->turn = port->next;
        mux->held = 0;
    } else {
        mux->turn = port;
    }
    mux->sender = NULL;
    finish_transmit(port, status);
    /* Not yet: the client may have put off its next transmission by a deferred call, too. */
    deferred_call_request(&mux->deferred);
}

static void finish_receive(struct uart_mux_port *port, int status)
{
    port->receiving = false;
    port->aborting = false;
    dma_buffer_hand_back(port->in, &this_capsule);
    hil_uart_client_received(port->client, port->received, status);
}

static int listen(struct uart_mux *mux)
{
    if (mux->listening) {
        return K_OK;
    }
    int status = hil_uart_receive(mux->uart, &mux->byte, 0, 1);
    mux->listening = status == K_OK;
    return status;
}

static void deliver(struct uart_mux_port *port, uint32_t count, uint8_t byte, int status)
{
    if (count > 0) {
        (void)dma_buffer_held_put(port->in, &this_capsule, port->in_offset + port->received, byte);
        port->received++;
    }
    if (status != K_OK || port->received == port->in_length) {
        finish_receive(port, status);
    }
}

static void mux_received(void *self, uint32_t count, int status)
{
    struct uart_mux *mux = self;
    /* A client that receives again from its callback fills the buffer anew. */
    uint8_t byte = dma_buffer_get(&mux->byte, 0);
    bool wanted = false;
    mux->listening = false;
    if (mux->taker != NULL && hil_uart_client_is_dead(mux->taker->client)) {
        mux->taker = NULL; /* what a dead capsule has taken is everybody's again */
    }
    struct uart_mux_port *port = mux->last;
    do {
        port = port->next;
        bool is_for_it = mux->taker == NULL || mux->taker == port;
        if (port->receiving && !port->aborting && is_for_it) {
            deliver(port, count, byte, status);
        }
        wanted = wanted || port->receiving;
    } while (port != mux->last);
    if (wanted) {
        (void)listen(mux);
    }
}

static void mux_deferred(void *self)
{
    struct uart_mux *mux = self;
    struct uart_mux_port *port = mux->last;
    do {
        port = port->next;
        if (port->aborting) {
            finish_receive(port, K_ECANCEL);
        }
    } while (port != mux->last);
    start_next(mux);
}

static int port_transmit(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct uart_mux_port *port = self;
    if (port->out != NULL) {
        return K_EBUSY;
    }
    port->out = buffer;
    port->out_offset = offset;
    port->out_length = length;
    deferred_call_request(&port->mux->deferred);
    return K_OK;
}

static int port_receive(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct uart_mux_port *port = self;
    if (port->receiving) {
        return K_EBUSY;
    }
    int status = listen(port->mux);
    if (status == K_OK) {
        port->in = buffer;
        port->in_offset = offset;
        port->in_length = length;
        port->received = 0;
        port->receiving = true;
    }
    return status;
}

static int port_abort_receive(void *self)
{
    struct uart_mux_port *port = self;
    if (!port->receiving) {
        return K_EALREADY;
    }
    port->aborting = true;
    deferred_call_request(&port->mux->deferred);
    return K_OK;
}

static void port_set_client(void *self, const struct hil_uart_client *client)
{
    struct uart_mux_port *port = self;
    port->client = client;
}

static int port_take_input(void *self, bool take)
{
    struct uart_mux_port *port = self;
    struct uart_mux *mux = port->mux;
    if (mux->taker != NULL && mux->taker != port) {
        return K_EBUSY;
    }
    mux->taker = take ? port : NULL;
    return K_OK;
}

static const struct hil_uart_ops port_ops = {
    .transmit = port_transmit,
    .receive = port_receive,
    .abort_receive = port_abort_receive,
    .set_client = port_set_client,
};

static const struct hil_uart_input_ops port_input_ops = {.take = port_take_input};

void uart_mux_init(struct uart_mux *mux, const struct hil_uart *uart)
{
    *mux = (struct uart_mux){
        .uart = uart,
        .client = {mux_transmitted, mux_received, mux, &this_capsule},
        .deferred = {.call = mux_deferred, .self = mux, .owner = &this_capsule},
        .byte = DMA_BUFFER_OF(mux->byte_bytes),
    };
    hil_uart_set_client(uart, &mux->client);
}

void uart_mux_add_port(struct uart_mux *mux, struct uart_mux_port *port)
{
    *port = (struct uart_mux_port){
        .uart = {&port_ops, port, &this_capsule},
        .input = {&port_input_ops, port, &this_capsule},
        .mux = mux,
    };
    if (mux->last == NULL) {
        port->next = port;
    } else {
        port->next = mux->last->next;
        mux->last->next = port;
    }
    mux->last = port;
}
