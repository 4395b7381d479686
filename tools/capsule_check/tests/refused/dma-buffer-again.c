// Makes the buffer anew while the device has it.
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

static void run(struct evil *own)
{
    (void)hil_uart_transmit(own->uart, &own->tx, 0, 8);
    evil_init(own, own->uart); // REFUSED
}

static void again(struct evil *own)
{
    struct dma_buffer fresh = DMA_BUFFER_OF(own->tx_bytes); // REFUSED
    (void)dma_buffer_put(&fresh, 0, 1);
}
