/*
 * entropy.h - true random bytes.
 */
#ifndef KERNEL_HIL_ENTROPY_H
#define KERNEL_HIL_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

/* Whom to call, from the kernel's main loop: the buffer is full and the client's again. May ask
 * again. */
struct hil_entropy_client {
    PRIVATE void (*filled)(void *self, int status);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_entropy_ops {
    PRIVATE int (*fill)(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length);
    PRIVATE void (*set_client)(void *self, const struct hil_entropy_client *client);
};

struct hil_entropy {
    PRIVATE const struct hil_entropy_ops *ops;
    PRIVATE void *self;
};

/* Fills `length` bytes of the buffer from `offset` on; it is lent until `filled`. K_EBUSY while one
 * is being filled or the buffer is lent already, K_ESIZE when there is no such part or it is empty.
 */
static inline int hil_entropy_fill(BORROWED const struct hil_entropy *entropy,
                                   struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    int offered = dma_buffer_offer(buffer, GUARD_CALLER);
    return offered == K_OK ? HIL_CALL(entropy, fill, buffer, offset, length) : offered;
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_entropy_set_client(BORROWED const struct hil_entropy *entropy,
                                          const struct hil_entropy_client *client)
{
    HIL_CALL(entropy, set_client, client);
}

/* For drivers. NULL: nobody is told. */
static inline void hil_entropy_client_filled(BORROWED const struct hil_entropy_client *client,
                                             int status)
{
    GUARD_TELL(client, filled, status);
}

#endif
