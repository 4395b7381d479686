// Lays two buffers over one array, by one line that runs twice.
#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/uart.h"

struct evil {
    const struct hil_uart *uart;
    struct dma_buffer tx[2];
    uint8_t tx_bytes[8];
};

static void evil_init(struct evil *own)
{
    for (uint32_t i = 0; i < 2; i++) {
        own->tx[i] = (struct dma_buffer)DMA_BUFFER_OF(own->tx_bytes); // REFUSED
    }
}
