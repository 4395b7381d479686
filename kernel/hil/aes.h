/*
 * aes.h - the AES block cipher with a key of 128 bits, one block at a time, encryption only. Each
 * request brings its key along: nothing of it stays in the hardware for the next one.
 */
#ifndef KERNEL_HIL_AES_H
#define KERNEL_HIL_AES_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

#define HIL_AES_BYTES 16u /* of a key and of a block */

/* A request is a buffer with these three, HIL_AES_BYTES each, at its start. */
#define HIL_AES_KEY           0u
#define HIL_AES_CLEAR         16u
#define HIL_AES_CIPHER        32u
#define HIL_AES_REQUEST_BYTES 48u

/* Whom to call, from the kernel's main loop, never from inside a call of the ops. May ask for the
 * next block. */
struct hil_aes_client {
    /* The buffer is the client's again. K_OK: the cipher text is in it; K_EFAIL: the hardware could
     * not do it. */
    PRIVATE void (*done)(void *self, int status);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_aes_ops {
    PRIVATE int (*encrypt)(void *self, struct dma_buffer *request);
    PRIVATE void (*set_client)(void *self, const struct hil_aes_client *client);
};

struct hil_aes {
    PRIVATE const struct hil_aes_ops *ops;
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule of who offers it; NULL: trusted code */
};

/* --- For the user of a handle. K_ENODEVICE from each: the capsule that offers it is dead --- */

/* The one below for `caller`. */
PRIVATE NOT_NULL int hil_aes_encrypt_by(BORROWED const struct hil_aes *aes,
                                        struct dma_buffer *request,
                                        BORROWED const struct capsule *caller);

/* Makes the cipher text of the clear text; `done` follows, and the buffer is lent until then.
 * K_EBUSY: a block is under way, or the buffer is lent. K_ESIZE: it has not HIL_AES_REQUEST_BYTES.
 */
static inline int hil_aes_encrypt(BORROWED const struct hil_aes *aes, struct dma_buffer *request)
{
    return hil_aes_encrypt_by(aes, request, GUARD_CALLER);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_aes_set_client(BORROWED const struct hil_aes *aes,
                                      const struct hil_aes_client *client)
{
    GUARD_OP_VOID(aes, set_client, client);
}

/* For who offers one, who has handed the buffer back. NULL: nobody is told. */
static inline void hil_aes_client_done(BORROWED const struct hil_aes_client *client, int status)
{
    GUARD_TELL(client, done, status);
}

#endif
