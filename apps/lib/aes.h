/* AES with a key of 128 bits, made by the kernel. One request at a time: while one that was begun
 * without waiting has not had its upcall, others are K_EBUSY. Source and result may be the same. */
#ifndef APPS_LIB_AES_H
#define APPS_LIB_AES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

#define AES128_BYTES 16 /* of a key, a block, an initial value */

struct aes128 {
    enum abi_aes_algorithm algorithm; /* CTR, CBC or ECB */
    bool decrypts;
    const uint8_t *key; /* AES128_BYTES each */
    const uint8_t *iv;  /* CTR: the first counter; ECB: NULL */
};

/* A whole message; waits. CBC and ECB want whole blocks (K_ESIZE). */
int aes128(const struct aes128 *aes, const void *source, size_t count, void *result);

/* In parts: the first, and each of the others. These wait, too. In CTR a part may have any length.
 * The kernel keeps key and state until the end. */
int aes128_begin(const struct aes128 *aes, const void *source, size_t count, void *result);
int aes128_next(const void *source, size_t count, void *result);
int aes128_end(void);

/* Both without waiting: the upcall gets (status, bytes, 0). Key, initial value, source and result
 * are lent until then. aes128_next and aes128_end, or another part without waiting, may follow
 * that. */
int aes128_begin_async(const struct aes128 *aes, const void *source, size_t count, void *result,
                       syscall_upcall upcall, void *userdata);
int aes128_next_async(const void *source, size_t count, void *result, syscall_upcall upcall,
                      void *userdata);

/* CCM. A packet is `data_count` bytes that are authenticated, the message, which is encrypted, too,
 * and, once it is encrypted, a MIC of `mic_count` bytes. */
struct aes128_ccm {
    const uint8_t *key;
    const uint8_t *nonce; /* never twice with a key */
    size_t nonce_count;   /* 7 to 13 */
    size_t data_count;
    size_t mic_count; /* 4, 6, ... 16 */
};

/* `packet` has data and message, `count` bytes; `result` gets those and the MIC. Waits. */
int aes128_ccm_encrypt(const struct aes128_ccm *ccm, const void *packet, size_t count,
                       void *result);
/* `packet` has the MIC, too; `result` gets mic_count bytes less. 1: it is as it was encrypted. 0:
 * it is not; the message in `result` is zeros. Waits. */
int aes128_ccm_decrypt(const struct aes128_ccm *ccm, const void *packet, size_t count,
                       void *result);

#endif
