// Copies or overwrites the struct around the buffer.
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

static uint8_t run(struct evil *own, struct evil *other)
{
    (void)hil_uart_transmit(own->uart, &own->tx, 0, 8);
    *other = *own; // REFUSED
    struct evil all = *own; // REFUSED
    *own = (struct evil){.uart = other->uart}; // REFUSED
    own->tx = (struct dma_buffer){NULL, 0, NULL, false}; // REFUSED
    return dma_buffer_get(&all.tx, 0);
}
