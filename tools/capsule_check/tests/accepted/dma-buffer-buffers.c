// Lends buffers, and looks at them through their functions.
#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/uart.h"

struct evil {
    const struct hil_uart *uart;
    struct dma_buffer tx;
    struct dma_buffer rx;
    uint8_t tx_bytes[8];
    uint8_t rx_bytes[8];
};

static void evil_init(struct evil *own, const struct hil_uart *uart)
{
    *own = (struct evil){
        .uart = uart,
        .tx = DMA_BUFFER_OF(own->tx_bytes),
        .rx = DMA_BUFFER_OF(own->rx_bytes),
    };
}

static void outer_init(struct evil *own, const struct hil_uart *uart)
{
    evil_init(own, uart);
}

static uint32_t run(struct evil *own, uint32_t number)
{
    struct dma_buffer *buffer = number > 3 ? &own->tx : &own->rx;
    if (!dma_buffer_is_lent(buffer) && number < sizeof own->tx_bytes) {
        (void)dma_buffer_put(buffer, number, 1);
        (void)hil_uart_transmit(own->uart, buffer, 0, number);
    }
    return dma_buffer_get(&own->rx, 0) + own->rx.length;
}
