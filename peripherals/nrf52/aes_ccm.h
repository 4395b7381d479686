/* peripherals/nrf52/aes_ccm.h - the authenticated encryption of Bluetooth LE packets.
 *
 * Reference: RFC 3610 (CCM) as the Bluetooth Core specification uses it (volume 6, part E): 13
 * bytes of nonce, a length field of 2 bytes, one byte of additional data, a MIC of 4 bytes.
 */
#ifndef PERIPHERALS_NRF52_AES_CCM_H
#define PERIPHERALS_NRF52_AES_CCM_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/nrf52/aes128.h"

#define AES_CCM_NONCE_BYTES 13U
#define AES_CCM_MIC_BYTES   4U

struct aes_ccm_key {
    uint8_t key[AES128_BYTES]; /* most significant byte first */
    uint8_t nonce[AES_CCM_NONCE_BYTES];
};

/* Encrypts `count` bytes (at most 65,535) and makes their MIC; `header` is the additional data. */
void aes_ccm_encrypt(const struct aes_ccm_key *key, uint8_t header, const uint8_t *input,
                     uint32_t count, uint8_t *output, uint8_t mic[AES_CCM_MIC_BYTES]);

/* Decrypts `count` bytes and says whether the MIC that came with them is right. */
bool aes_ccm_decrypt(const struct aes_ccm_key *key, uint8_t header, const uint8_t *input,
                     uint32_t count, uint8_t *output, const uint8_t mic[AES_CCM_MIC_BYTES]);

#endif
