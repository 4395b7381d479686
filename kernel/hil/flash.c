#include "kernel/hil/flash.h"

/* As hil_uart_move. */
int hil_flash_move(const struct hil_flash *flash, uint32_t address, struct dma_buffer *buffer,
                   uint32_t length, bool goes_in, const struct capsule *caller)
{
    const struct hil_flash_ops *ops = flash->ops;
    const struct capsule *owner = flash->owner;
    int status = ops != NULL ? dma_buffer_lend(buffer, 0, length, owner, caller) : K_ENODEVICE;
    if (status == K_OK) {
        status = GUARD_CALL(owner, goes_in ? ops->program : ops->read, flash->self, address, buffer,
                            length);
        if (status != K_OK && owner != NULL) {
            dma_buffer_hand_back(buffer, owner);
        }
    }
    return status;
}
