/* HMAC with SHA-256, made by the kernel. These wait. */
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

#endif
