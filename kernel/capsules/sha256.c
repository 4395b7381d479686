#include "kernel/capsules/sha256.h"

#include "kernel/capsule/manifest.h"

CAPSULE(sha256);

#define ROUNDS       64u
#define LENGTH_BYTES 8u

/* The fractions of the square roots of the first 8 primes, 32 bits each. */
static const struct sha256_chain start = {{
    0x6A09E667,
    0xBB67AE85,
    0x3C6EF372,
    0xA54FF53A,
    0x510E527F,
    0x9B05688C,
    0x1F83D9AB,
    0x5BE0CD19,
}};

/* Those of the cube roots of the first 64. */
static const uint32_t constants[ROUNDS] = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
};

static uint32_t rotated(uint32_t word, uint32_t by)
{
    return word >> by | word << (32u - by);
}

/* The names of FIPS 180-4, section 4.1.2. */
static uint32_t sum0(uint32_t x)
{
    return rotated(x, 2) ^ rotated(x, 13) ^ rotated(x, 22);
}

static uint32_t sum1(uint32_t x)
{
    return rotated(x, 6) ^ rotated(x, 11) ^ rotated(x, 25);
}

static uint32_t sigma0(uint32_t x)
{
    return rotated(x, 7) ^ rotated(x, 18) ^ x >> 3;
}

static uint32_t sigma1(uint32_t x)
{
    return rotated(x, 17) ^ rotated(x, 19) ^ x >> 10;
}

/* Section 6.2.2. Of the message schedule only 16 words are kept: each makes way, when it was used,
 * for the one that is 16 behind it. */
static void take_block(BORROWED struct sha256 *hash)
{
    struct sha256_chain now = hash->chain;
    for (uint32_t t = 0; t < ROUNDS; t++) {
        uint32_t w = hash->word[t % 16u];
        uint32_t a = now.word[0], b = now.word[1], c = now.word[2];
        uint32_t e = now.word[4], f = now.word[5], g = now.word[6];
        uint32_t t1 = now.word[7] + sum1(e) + ((e & f) ^ (~e & g)) + constants[t] + w;
        uint32_t t2 = sum0(a) + ((a & b) ^ (a & c) ^ (b & c));
        now = (struct sha256_chain){{t1 + t2, a, b, c, now.word[3] + t1, e, f, g}};
        hash->word[t % 16u] = w + sigma1(hash->word[(t + 14u) % 16u]) + hash->word[(t + 9u) % 16u] +
                              sigma0(hash->word[(t + 1u) % 16u]);
    }
    for (uint32_t i = 0; i < 8u; i++) {
        hash->chain.word[i] = hash->chain.word[i] + now.word[i];
    }
}

static void add_byte(BORROWED struct sha256 *hash, uint32_t byte)
{
    uint32_t at = (uint32_t)hash->bytes % SHA256_BLOCK_BYTES;
    hash->word[at / 4u] = hash->word[at / 4u] << 8 | byte;
    hash->bytes++;
    if (at == SHA256_BLOCK_BYTES - 1u) {
        take_block(hash);
    }
}

void sha256_begin(BORROWED struct sha256 *hash)
{
    sha256_begin_after_block(hash, &start);
    hash->bytes = 0;
}

void sha256_begin_after_block(BORROWED struct sha256 *hash,
                              BORROWED const struct sha256_chain *chain)
{
    hash->bytes = SHA256_BLOCK_BYTES;
    hash->chain = *chain;
}

void sha256_add(BORROWED struct sha256 *hash, BORROWED struct const_slice bytes)
{
    for (uint32_t i = 0; i < bytes.length; i++) {
        add_byte(hash, slice_get(bytes, i));
    }
}

/* A bit, zeros, and the length in bits, up to the end of a block: section 5.1.1. */
void sha256_finish(BORROWED struct sha256 *hash, BORROWED struct slice digest)
{
    uint64_t bits = hash->bytes * 8u;
    uint32_t padding = 0x80;
    do {
        add_byte(hash, padding);
        padding = 0;
    } while (hash->bytes % SHA256_BLOCK_BYTES != SHA256_BLOCK_BYTES - LENGTH_BYTES);
    hash->word[14] = (uint32_t)(bits >> 32);
    hash->word[15] = (uint32_t)bits;
    take_block(hash);
    for (uint32_t i = 0; i < SHA256_BYTES; i++) {
        (void)slice_put(digest, i, (uint8_t)(hash->chain.word[i / 4u] >> 8u * (3u - i % 4u)));
    }
}
