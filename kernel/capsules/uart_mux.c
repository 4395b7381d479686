#include "kernel/capsules/uart_mux.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/driver.h"

CAPSULE(uart_mux, .needs = {DEFERRED, UART});

static const struct const_slice nothing = {NULL, 0};

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
        if (port->out.length > 0) {
            int status = mux->uart->ops->transmit(mux->uart->self, port->out);
            if (status == K_OK) {
                mux->held = port == mux->turn ? mux->held : 0;
                mux->sender = port;
                return;
            }
            port->out = nothing;
            port->client->transmitted(port->client->self, status);
        }
        port = port->next;
    } while (port != first);
}

static void mux_transmitted(void *self, int status)
{
    struct uart_mux *mux = self;
    struct uart_mux_port *port = mux->sender;
    bool line_ended = slice_get(port->out, port->out.length - 1) == '\n';
    mux->held++;
    if (line_ended || mux->held >= UART_MUX_HOLD) {
        mux->turn = port->next;
        mux->held = 0;
    } else {
        mux->turn = port;
    }
    mux->sender = NULL;
    port->out = nothing;
    port->client->transmitted(port->client->self, status);
    /* Not yet: the client may have put off its next transmission by a deferred call, too. */
    deferred_call_request(&mux->deferred);
}

static void finish_receive(struct uart_mux_port *port, int status)
{
    port->receiving = false;
    port->aborting = false;
    port->client->received(port->client->self, port->received, status);
}

static int listen(struct uart_mux *mux)
{
    if (mux->listening) {
        return K_OK;
    }
    int status = mux->uart->ops->receive(mux->uart->self, SLICE_OF(mux->byte));
    mux->listening = status == K_OK;
    return status;
}

static void deliver(struct uart_mux_port *port, uint32_t count, uint8_t byte, int status)
{
    if (count > 0) {
        (void)slice_put(port->in, port->received, byte);
        port->received++;
    }
    if (status != K_OK) {
        finish_receive(port, status);
    } else if (port->received == port->in.length) {
        finish_receive(port, K_OK);
    }
}

static void mux_received(void *self, uint32_t count, int status)
{
    struct uart_mux *mux = self;
    /* A client that receives again from its callback fills the buffer anew. */
    uint8_t byte = slice_get(slice_as_const(SLICE_OF(mux->byte)), 0);
    bool wanted = false;
    mux->listening = false;
    struct uart_mux_port *port = mux->last;
    do {
        port = port->next;
        if (port->receiving && !port->aborting) {
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

static int port_transmit(void *self, struct const_slice bytes)
{
    struct uart_mux_port *port = self;
    if (port->out.length > 0) {
        return K_EBUSY;
    }
    if (bytes.length == 0) {
        return K_ESIZE;
    }
    port->out = bytes;
    deferred_call_request(&port->mux->deferred);
    return K_OK;
}

static int port_receive(void *self, struct slice buffer)
{
    struct uart_mux_port *port = self;
    if (port->receiving) {
        return K_EBUSY;
    }
    if (buffer.length == 0) {
        return K_ESIZE;
    }
    int status = listen(port->mux);
    if (status == K_OK) {
        port->in = buffer;
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

static const struct hil_uart_ops port_ops = {
    .transmit = port_transmit,
    .receive = port_receive,
    .abort_receive = port_abort_receive,
    .set_client = port_set_client,
};

void uart_mux_init(struct uart_mux *mux, const struct hil_uart *uart)
{
    *mux = (struct uart_mux){
        .uart = uart,
        .client = {mux_transmitted, mux_received, mux},
        .deferred = {.call = mux_deferred, .self = mux, .owner = &this_capsule},
    };
    uart->ops->set_client(uart->self, &mux->client);
}

void uart_mux_add_port(struct uart_mux *mux, struct uart_mux_port *port)
{
    *port = (struct uart_mux_port){.uart = {&port_ops, port}, .mux = mux};
    if (mux->last == NULL) {
        port->next = port;
    } else {
        port->next = mux->last->next;
        mux->last->next = port;
    }
    mux->last = port;
}
