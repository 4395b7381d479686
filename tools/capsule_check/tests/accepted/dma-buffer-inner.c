// Makes an instance in an instance, each by its own NAME_init.
#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/uart.h"

struct good_part {
    struct dma_buffer tx;
    uint8_t tx_bytes[8];
};

struct good {
    const struct hil_uart *uart;
    struct good_part left;
    struct good_part right;
    struct dma_buffer rx;
    uint8_t rx_bytes[8];
};

static void good_part_init(struct good_part *part, const struct hil_uart *uart)
{
    *part = (struct good_part){.tx = DMA_BUFFER_OF(part->tx_bytes)};
    (void)hil_uart_transmit(uart, &part->tx, 0, 8);
}

static void good_init(struct good *own, const struct hil_uart *uart)
{
    *own = (struct good){.uart = uart, .rx = DMA_BUFFER_OF(own->rx_bytes)};
    good_part_init(&own->left, uart);
    good_part_init(&own->right, uart);
}
