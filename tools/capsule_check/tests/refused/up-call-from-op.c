// Calls back from inside an op: the caller is not ready, and may call again.
#include "kernel/capsule/manifest.h"
#include "kernel/hil/uart.h"

CAPSULE(up, .needs = {UART});

struct port {
    const struct hil_uart_client *client;
    struct hil_uart uart;
};

static void tell(struct port *port)
{
    hil_uart_client_transmitted(port->client, K_OK); // REFUSED
}

static int port_transmit(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct port *port = self;
    (void)buffer;
    tell(port);
    return offset + length > 0 ? K_OK : K_ESIZE;
}

static const struct hil_uart_ops ops = {.transmit = port_transmit}; // REFUSED by pair

static void start(struct port *port)
{
    port->uart = (struct hil_uart){&ops, port, &this_capsule};
}
