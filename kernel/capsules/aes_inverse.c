#include "kernel/capsules/aes_inverse.h"

#include "kernel/capsule/manifest.h"

CAPSULE(aes_inverse);

#define ROUNDS 10u
#define BACK   13u /* from a byte of the state, modulo 16, to that of the next column's row above */

/* FIPS 197, figure 14. */
static const uint8_t inverse_substitutes[256] = {
    0x52, 0x09, 0x6A, 0xD5, 0x30, 0x36, 0xA5, 0x38, 0xBF, 0x40, 0xA3, 0x9E, 0x81, 0xF3, 0xD7, 0xFB,
    0x7C, 0xE3, 0x39, 0x82, 0x9B, 0x2F, 0xFF, 0x87, 0x34, 0x8E, 0x43, 0x44, 0xC4, 0xDE, 0xE9, 0xCB,
    0x54, 0x7B, 0x94, 0x32, 0xA6, 0xC2, 0x23, 0x3D, 0xEE, 0x4C, 0x95, 0x0B, 0x42, 0xFA, 0xC3, 0x4E,
    0x08, 0x2E, 0xA1, 0x66, 0x28, 0xD9, 0x24, 0xB2, 0x76, 0x5B, 0xA2, 0x49, 0x6D, 0x8B, 0xD1, 0x25,
    0x72, 0xF8, 0xF6, 0x64, 0x86, 0x68, 0x98, 0x16, 0xD4, 0xA4, 0x5C, 0xCC, 0x5D, 0x65, 0xB6, 0x92,
    0x6C, 0x70, 0x48, 0x50, 0xFD, 0xED, 0xB9, 0xDA, 0x5E, 0x15, 0x46, 0x57, 0xA7, 0x8D, 0x9D, 0x84,
    0x90, 0xD8, 0xAB, 0x00, 0x8C, 0xBC, 0xD3, 0x0A, 0xF7, 0xE4, 0x58, 0x05, 0xB8, 0xB3, 0x45, 0x06,
    0xD0, 0x2C, 0x1E, 0x8F, 0xCA, 0x3F, 0x0F, 0x02, 0xC1, 0xAF, 0xBD, 0x03, 0x01, 0x13, 0x8A, 0x6B,
    0x3A, 0x91, 0x11, 0x41, 0x4F, 0x67, 0xDC, 0xEA, 0x97, 0xF2, 0xCF, 0xCE, 0xF0, 0xB4, 0xE6, 0x73,
    0x96, 0xAC, 0x74, 0x22, 0xE7, 0xAD, 0x35, 0x85, 0xE2, 0xF9, 0x37, 0xE8, 0x1C, 0x75, 0xDF, 0x6E,
    0x47, 0xF1, 0x1A, 0x71, 0x1D, 0x29, 0xC5, 0x89, 0x6F, 0xB7, 0x62, 0x0E, 0xAA, 0x18, 0xBE, 0x1B,
    0xFC, 0x56, 0x3E, 0x4B, 0xC6, 0xD2, 0x79, 0x20, 0x9A, 0xDB, 0xC0, 0xFE, 0x78, 0xCD, 0x5A, 0xF4,
    0x1F, 0xDD, 0xA8, 0x33, 0x88, 0x07, 0xC7, 0x31, 0xB1, 0x12, 0x10, 0x59, 0x27, 0x80, 0xEC, 0x5F,
    0x60, 0x51, 0x7F, 0xA9, 0x19, 0xB5, 0x4A, 0x0D, 0x2D, 0xE5, 0x7A, 0x9F, 0x93, 0xC9, 0x9C, 0xEF,
    0xA0, 0xE0, 0x3B, 0x4D, 0xAE, 0x2A, 0xF5, 0xB0, 0xC8, 0xEB, 0xBB, 0x3C, 0x83, 0x53, 0x99, 0x61,
    0x17, 0x2B, 0x04, 0x7E, 0xBA, 0x77, 0xD6, 0x26, 0xE1, 0x69, 0x14, 0x63, 0x55, 0x21, 0x0C, 0x7D,
};

/* Takes the block's bytes in steps of so many. 1: as they are; BACK: row r goes r columns to the
 * right, and each byte is substituted, sections 5.3.1 and 5.3.2. */
static void take_columns(BORROWED struct aes_inverse *to, BORROWED const struct aes_block *block,
                         uint32_t step)
{
    for (uint32_t i = 0; i < AES_BLOCK_BYTES; i++) {
        uint32_t byte = block->byte[step * i % AES_BLOCK_BYTES];
        if (step == BACK) {
            byte = inverse_substitutes[byte];
        }
        to->column[i / 4u] = to->column[i / 4u] >> 8 | byte << 24;
    }
}

static uint32_t rotated(uint32_t column, uint32_t rows)
{
    return column >> 8u * rows | column << (32u - 8u * rows);
}

/* Section 5.1.1, equation 5.1: bit i is the sum of bits i, i + 4 .. i + 7 of x, and 0x63. */
static uint32_t affine(uint32_t x)
{
    uint32_t sum = x ^ x << 1 ^ x << 2 ^ x << 3 ^ x << 4;
    return (sum ^ sum >> 8 ^ 0x63u) & 0xFFu;
}

/* Section 5.2: what the first column of the next round key has more than this one's. Figure 7 is
 * made of figure 14: the former is affine(1/x), so the latter of affine(x) is 1/x. */
static uint32_t next_of(uint32_t last_column, uint32_t round)
{
    uint32_t from = rotated(last_column, 1), next = 0;
    for (uint32_t i = 0; i < 4u; i++) {
        next = next >> 8 | affine(inverse_substitutes[affine(from & 0xFFu)]) << 24;
        from >>= 8;
    }
    uint32_t power = 1u << (round - 1u);
    return next ^ power ^ (power >> 8) * 0x11Bu;
}

void aes_inverse_make_key(BORROWED struct aes_inverse *key, BORROWED const struct aes_block *from)
{
    take_columns(key, from, 1);
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        key->column[0] = key->column[0] ^ next_of(key->column[3], round);
        key->column[1] = key->column[1] ^ key->column[0];
        key->column[2] = key->column[2] ^ key->column[1];
        key->column[3] = key->column[3] ^ key->column[2];
    }
}

/* Each byte times x modulo the polynomial: section 4.2.1. */
static uint32_t doubled(uint32_t column)
{
    return (column & 0x7F7F7F7Fu) << 1 ^ (column >> 7 & 0x01010101u) * 0x1Bu;
}

/* Times {0b}, {0d}, {09}, {0e}: section 5.3.3. That is {04}, {00}, {05} and then the polynomial of
 * the cipher, {03}, {01}, {01}, {02}. */
static uint32_t unmixed(uint32_t column)
{
    uint32_t first = column ^ doubled(doubled(column ^ rotated(column, 2)));
    uint32_t sum = first ^ rotated(first, 1);
    return doubled(sum) ^ rotated(first, 1) ^ rotated(sum, 2);
}

static void put_columns(BORROWED struct aes_block *block,
                        BORROWED const struct aes_inverse *columns)
{
    for (uint32_t i = 0; i < AES_BLOCK_BYTES; i++) {
        block->byte[i] = (uint8_t)(columns->column[i / 4u] >> 8u * (i % 4u));
    }
}

void aes_inverse_decrypt(BORROWED const struct aes_inverse *key, BORROWED struct aes_block *block)
{
    struct aes_inverse round_key = *key, state = *key;
    take_columns(&state, block, 1);
    for (uint32_t round = ROUNDS;; round--) {
        for (uint32_t i = 0; i < 4u; i++) {
            state.column[i] = state.column[i] ^ round_key.column[i];
            if (round < ROUNDS && round > 0) {
                state.column[i] = unmixed(state.column[i]);
            }
        }
        put_columns(block, &state);
        if (round == 0) {
            break;
        }
        take_columns(&state, block, BACK);
        round_key.column[3] = round_key.column[3] ^ round_key.column[2];
        round_key.column[2] = round_key.column[2] ^ round_key.column[1];
        round_key.column[1] = round_key.column[1] ^ round_key.column[0];
        round_key.column[0] = round_key.column[0] ^ next_of(round_key.column[3], round);
    }
}
