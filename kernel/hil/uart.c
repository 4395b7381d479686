#include "kernel/hil/uart.h"

/* A capsule that offers the UART holds the buffer from now on; a chip's driver claims it by itself.
 * Nobody offers a handle that is zero. */
int hil_uart_move(const struct hil_uart *uart, struct dma_buffer *buffer, uint32_t offset,
                  uint32_t length, bool comes_in, const struct capsule *caller)
{
    const struct hil_uart_ops *ops = uart->ops;
    const struct capsule *owner = uart->owner;
    int status = ops != NULL ? dma_buffer_lend(buffer, offset, length, owner, caller) : K_ENODEVICE;
    if (status == K_OK) {
        status = GUARD_CALL(owner, comes_in ? ops->receive : ops->transmit, uart->self, buffer,
                            offset, length);
        if (status != K_OK && owner != NULL) {
            dma_buffer_hand_back(buffer, owner);
        }
    }
    return status;
}
