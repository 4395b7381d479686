/* SHA-256, made by the kernel. One request at a time: while one that was begun without waiting has
 * not had its upcall, others are K_EBUSY. */
#ifndef APPS_LIB_SHA_H
#define APPS_LIB_SHA_H

#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"

#define SHA256_BYTES 32

/* Puts the digest into `digest`, and waits for it. */
int sha256(const void *bytes, size_t count, uint8_t digest[SHA256_BYTES]);
/* Without waiting: the upcall gets (status, 0, 0). Both buffers are lent until then. */
int sha256_async(const void *bytes, size_t count, uint8_t digest[SHA256_BYTES],
                 syscall_upcall upcall, void *userdata);
/* 1: the bytes have that digest, 0: they have not. Waits. */
int sha256_verify(const void *bytes, size_t count, const uint8_t digest[SHA256_BYTES]);
/* Without waiting: the upcall gets (status, 1 or 0, 0). Both buffers are lent until then. */
int sha256_verify_async(const void *bytes, size_t count, const uint8_t digest[SHA256_BYTES],
                        syscall_upcall upcall, void *userdata);

#endif
