// Makes the buffer anew in NAME_init itself, behind a transfer; and in a second one.
#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/uart.h"

struct evil_part {
    struct dma_buffer tx;
    uint8_t tx_bytes[8];
};

struct evil {
    const struct hil_uart *uart;
    struct evil_part part;
    struct dma_buffer rx;
    uint8_t rx_bytes[8];
};

static void part_init(struct evil_part *part, const struct hil_uart *uart)
{
    *part = (struct evil_part){.tx = DMA_BUFFER_OF(part->tx_bytes)};
    (void)hil_uart_transmit(uart, &part->tx, 0, 8);
}

static void evil_init(struct evil *own, const struct hil_uart *uart)
{
    *own = (struct evil){.uart = uart, .rx = DMA_BUFFER_OF(own->rx_bytes)};
    part_init(&own->part, uart);
    part_init(&own->part, uart); // REFUSED
    *own = (struct evil){.uart = uart}; // REFUSED
}

static void evil_other_init(struct evil *own, struct evil *other)
{
    *own = (struct evil){.uart = other->uart}; // REFUSED
    *other = (struct evil){.uart = own->uart}; // REFUSED
    part_init(&other->part, own->uart); // REFUSED
}
