#include "kernel/hil/aes.h"

/* As hil_uart_move. */
int hil_aes_encrypt_by(const struct hil_aes *aes, struct dma_buffer *request,
                       const struct capsule *caller)
{
    const struct hil_aes_ops *ops = aes->ops;
    const struct capsule *owner = aes->owner;
    int status = ops != NULL ? dma_buffer_lend(request, 0, HIL_AES_REQUEST_BYTES, owner, caller)
                             : K_ENODEVICE;
    if (status == K_OK) {
        status = GUARD_CALL(owner, ops->encrypt, aes->self, request);
        if (status != K_OK && owner != NULL) {
            dma_buffer_hand_back(request, owner);
        }
    }
    return status;
}
