// Hands a device a buffer that lies on the stack.
#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/uart.h"

struct evil {
    const struct hil_uart *uart;
    struct dma_buffer tx;
    struct dma_buffer rx;
    uint8_t tx_bytes[8];
    uint8_t rx_bytes[8];
};

static void run_init(struct evil *own, uint32_t number)
{
    struct dma_buffer tx = {NULL, 0, NULL, NULL, false};
    if (number > 3) {
        (void)hil_uart_transmit(own->uart, &tx, 0, 8); // REFUSED
    }
}
