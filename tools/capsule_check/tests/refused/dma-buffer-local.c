// Lays a buffer over a local array.
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
    uint8_t local[8] = {0};
    struct dma_buffer tx = DMA_BUFFER_OF(local); // REFUSED
    own->uart = uart;
    (void)dma_buffer_put(&tx, 0, 1);
}
