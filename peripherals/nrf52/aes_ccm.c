#include "peripherals/nrf52/aes_ccm.h"

#include <string.h>

#define FLAGS_MIC     0x49U /* additional data, MIC of 4 bytes, length field of 2 */
#define FLAGS_COUNTER 0x01U

static void fill_block(const struct aes_ccm_key *key, uint8_t flags, uint32_t tail,
                       uint8_t block[AES128_BYTES])
{
    block[0] = flags;
    memcpy(block + 1, key->nonce, AES_CCM_NONCE_BYTES);
    block[14] = (uint8_t)(tail >> 8);
    block[15] = (uint8_t)tail;
}

/* CBC-MAC over the length, the additional data and the clear text; not yet encrypted. */
static void make_tag(const struct aes_ccm_key *key, uint8_t header, const uint8_t *clear,
                     uint32_t count, uint8_t tag[AES128_BYTES])
{
    fill_block(key, FLAGS_MIC, count, tag);
    aes128_encrypt(key->key, tag, tag);
    tag[1] ^= 1; /* the length of the additional data, 2 bytes, most significant first */
    tag[2] ^= header;
    aes128_encrypt(key->key, tag, tag);
    for (uint32_t i = 0; i < count; i++) {
        tag[i % AES128_BYTES] ^= clear[i];
        if (i % AES128_BYTES == AES128_BYTES - 1 || i == count - 1) {
            aes128_encrypt(key->key, tag, tag);
        }
    }
}

/* Counter mode from counter block 1 on; it is its own inverse. */
static void apply_stream(const struct aes_ccm_key *key, const uint8_t *input, uint32_t count,
                         uint8_t *output)
{
    uint8_t stream[AES128_BYTES];
    for (uint32_t i = 0; i < count; i++) {
        if (i % AES128_BYTES == 0) {
            fill_block(key, FLAGS_COUNTER, i / AES128_BYTES + 1U, stream);
            aes128_encrypt(key->key, stream, stream);
        }
        output[i] = input[i] ^ stream[i % AES128_BYTES];
    }
}

static void encrypt_tag(const struct aes_ccm_key *key, const uint8_t tag[AES128_BYTES],
                        uint8_t mic[AES_CCM_MIC_BYTES])
{
    uint8_t stream[AES128_BYTES];
    fill_block(key, FLAGS_COUNTER, 0, stream);
    aes128_encrypt(key->key, stream, stream);
    for (uint32_t i = 0; i < AES_CCM_MIC_BYTES; i++) {
        mic[i] = tag[i] ^ stream[i];
    }
}

void aes_ccm_encrypt(const struct aes_ccm_key *key, uint8_t header, const uint8_t *input,
                     uint32_t count, uint8_t *output, uint8_t mic[AES_CCM_MIC_BYTES])
{
    uint8_t tag[AES128_BYTES];
    make_tag(key, header, input, count, tag);
    apply_stream(key, input, count, output);
    encrypt_tag(key, tag, mic);
}

bool aes_ccm_decrypt(const struct aes_ccm_key *key, uint8_t header, const uint8_t *input,
                     uint32_t count, uint8_t *output, const uint8_t mic[AES_CCM_MIC_BYTES])
{
    uint8_t tag[AES128_BYTES];
    uint8_t expected[AES_CCM_MIC_BYTES];
    apply_stream(key, input, count, output);
    make_tag(key, header, output, count, tag);
    encrypt_tag(key, tag, expected);
    return memcmp(expected, mic, sizeof expected) == 0;
}
