// Lays two buffers over one array.
#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/uart.h"

struct evil {
    const struct hil_uart *uart;
    struct dma_buffer tx;
    struct dma_buffer rx;
    uint8_t tx_bytes[8];
    uint8_t rx_bytes[8];
};

static void evil_init(struct evil *own)
{
    *own = (struct evil){
        .tx = DMA_BUFFER_OF(own->tx_bytes),
        .rx = DMA_BUFFER_OF(own->tx_bytes), // REFUSED
    };
}
