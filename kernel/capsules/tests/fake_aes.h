/*
 * fake_aes.h - the AES peripheral as capsules see it, for tests, and OpenSSL's AES beside it: the
 * cipher of the one, and what comes out of whole messages for comparison.
 */
#ifndef KERNEL_CAPSULES_TESTS_FAKE_AES_H
#define KERNEL_CAPSULES_TESTS_FAKE_AES_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/aes.h"

struct fake_aes {
    struct hil_aes aes;
    const struct hil_aes_client *client;
    struct dma_buffer *request; /* under way; NULL: none */
    struct slice bytes;
    uint32_t blocks; /* ended so far */
    int refuse;      /* what the next request is answered, once; 0: it is taken */
    int fail;        /* what the next block ends with, once */
};

void fake_aes_init(struct fake_aes *fake);
/* Ends the block under way. False when there is none. */
bool fake_aes_step(struct fake_aes *fake);
/* Runs deferred calls and ends blocks until all is quiet. */
void fake_aes_run(struct fake_aes *fake);

/* `cipher` is a name of OpenSSL's, "AES-128-CTR" for one; `iv` NULL: none. No padding. */
void openssl_aes(const char *cipher, bool encrypts, const uint8_t *key, const uint8_t *iv,
                 const uint8_t *source, uint32_t length, uint8_t *result);

struct openssl_ccm {
    const uint8_t *key, *nonce, *data, *message;
    uint32_t nonce_length, data_length, message_length, mic_length;
};
/* Cipher text, and the MIC behind it. */
void openssl_aes_ccm(const struct openssl_ccm *ccm, uint8_t *result);

#endif
