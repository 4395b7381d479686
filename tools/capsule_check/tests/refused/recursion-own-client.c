// Makes itself its own client, and calls back from its callback.
#include "kernel/capsule/manifest.h"
#include "kernel/hil/uart.h"

CAPSULE(evil, .needs = {UART});

struct evil {
    struct hil_uart uart;
    const struct hil_uart *lower;
    const struct hil_uart_client *client;
    struct hil_uart_client own_client;
    struct dma_buffer *buffer;
};

static int transmit(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct evil *own = self;
    return hil_uart_transmit(own->lower, buffer, offset, length);
}

static int receive(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct evil *own = self;
    return own->buffer == buffer && offset < length;
}

static int abort_receive(void *self)
{
    struct evil *own = self;
    return own->buffer != NULL;
}

static void set_client(void *self, const struct hil_uart_client *client)
{
    struct evil *own = self;
    own->client = client;
}

static void transmitted(void *self, int status)
{
    struct evil *own = self;
    hil_uart_client_transmitted(own->client, status); // REFUSED
}

static void received(void *self, uint32_t count, int status)
{
    struct evil *own = self;
    own->buffer = count > 0 && status == 0 ? own->buffer : NULL;
}

static const struct hil_uart_ops ops = {transmit, receive, abort_receive, set_client};

static void evil_init(struct evil *own, const struct hil_uart *lower)
{
    *own = (struct evil){.lower = lower, .uart = {&ops, own, &this_capsule}};
    own->own_client = (struct hil_uart_client){transmitted, received, own, &this_capsule};
    own->client = &own->own_client;
}
