/* peripherals/nrf52/aes128.h - the AES block cipher with a key of 128 bits, encryption only: what
 * the chip's AES core does for ECB, CCM and AAR.
 *
 * Reference: FIPS 197. For the models only: it takes no care against side channels.
 */
#ifndef PERIPHERALS_NRF52_AES128_H
#define PERIPHERALS_NRF52_AES128_H

#include <stdint.h>

#define AES128_BYTES 16U /* of key and block */

/* Encrypts one block, most significant byte first as in the standard. `output` may be `input`. */
void aes128_encrypt(const uint8_t key[AES128_BYTES], const uint8_t input[AES128_BYTES],
                    uint8_t output[AES128_BYTES]);

#endif
