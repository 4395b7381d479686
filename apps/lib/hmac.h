/* HMAC with SHA-256, made by the kernel. One request at a time: while one that was begun without
 * waiting has not had its upcall, others are K_EBUSY. */
#ifndef APPS_LIB_HMAC_H
#define APPS_LIB_HMAC_H

#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"

#define HMAC_BYTES 32

/* Puts the code into `code`. K_ERESERVE: the key is empty. */
int hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count,
                uint8_t code[HMAC_BYTES]);
/* 1: it is their code, 0: it is not. */
int hmac_sha256_verify(const void *key, size_t key_count, const void *bytes, size_t count,
                       const uint8_t code[HMAC_BYTES]);

/* The same for data in parts. The key counts at the first update after a finish. */
int hmac_sha256_update(const void *key, size_t key_count, const void *bytes, size_t count);
int hmac_sha256_finish(uint8_t code[HMAC_BYTES]);

/* Without waiting: what the functions above are given, and an upcall. Key, bytes and code are lent
 * until then; the struct itself is not. The upcall gets (status, .., 0), that of a verification
 * (status, 1 or 0, 0). */
struct hmac_work {
    const void *key, *bytes;
    size_t key_count, count;
};
int hmac_sha256_async(const struct hmac_work *work, uint8_t code[HMAC_BYTES], syscall_upcall upcall,
                      void *userdata);
int hmac_sha256_verify_async(const struct hmac_work *work, const uint8_t code[HMAC_BYTES],
                             syscall_upcall upcall, void *userdata);
int hmac_sha256_update_async(const struct hmac_work *work, syscall_upcall upcall, void *userdata);
int hmac_sha256_finish_async(uint8_t code[HMAC_BYTES], syscall_upcall upcall, void *userdata);

#endif
