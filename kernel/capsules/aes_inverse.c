#include "kernel/capsules/aes_inverse.h"

#include "kernel/capsule/manifest.h"

CAPSULE(aes_inverse);

#define ROUNDS 10u

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

/* Section 5.1.1, equation 5.1: bit i is the sum of bits i, i + 4 .. i + 7 of x, and 0x63. */
static uint8_t affine(uint8_t x)
{
    uint32_t sum =
        (uint32_t)x ^ (uint32_t)x << 1 ^ (uint32_t)x << 2 ^ (uint32_t)x << 3 ^ (uint32_t)x << 4;
    return (uint8_t)(sum ^ sum >> 8 ^ 0x63u);
}

/* Figure 7 from figure 14. The former is affine(1/x), so the latter of affine(x) is 1/x. */
static uint8_t substituted(uint8_t x)
{
    return affine(inverse_substitutes[affine(x)]);
}

/* x times the polynomial, section 4.2.1, and x to the power of round - 1, section 5.2. */
static uint8_t doubled(uint8_t x)
{
    uint32_t twice = (uint32_t)x << 1;
    return (uint8_t)(twice ^ ((twice >> 8) * 0x11Bu));
}

static uint8_t round_constant(uint32_t round)
{
    uint8_t constant = 1;
    for (uint32_t i = 1; i < round; i++) {
        constant = doubled(constant);
    }
    return constant;
}

/* The first word of the next round key takes this much of the last word of the one before. */
static void add_to_first_word(BORROWED struct aes_inverse *key, uint32_t round)
{
    for (uint32_t i = 0; i < 4u; i++) {
        uint8_t from = key->last_key[12u + (i + 1u) % 4u];
        key->last_key[i] = key->last_key[i] ^ substituted(from);
    }
    key->last_key[0] = key->last_key[0] ^ round_constant(round);
}

/* From one round key to the next, and back. Section 5.2. */
static void next_key(BORROWED struct aes_inverse *key, uint32_t round)
{
    add_to_first_word(key, round);
    for (uint32_t i = 4; i < AES_INVERSE_BYTES; i++) {
        key->last_key[i] = key->last_key[i] ^ key->last_key[i - 4u];
    }
}

static void previous_key(BORROWED struct aes_inverse *key, uint32_t round)
{
    for (uint32_t i = AES_INVERSE_BYTES - 1u; i >= 4u; i--) {
        key->last_key[i] = key->last_key[i] ^ key->last_key[i - 4u];
    }
    add_to_first_word(key, round);
}

/* The bytes of the block, column by column. */
struct state {
    uint8_t byte[AES_INVERSE_BYTES];
};

static void add_key(BORROWED struct state *state, BORROWED const struct aes_inverse *key)
{
    for (uint32_t i = 0; i < AES_INVERSE_BYTES; i++) {
        state->byte[i] = state->byte[i] ^ key->last_key[i];
    }
}

/* Row r goes r columns to the right, and each byte is substituted: sections 5.3.1 and 5.3.2. */
static void shift_and_substitute(BORROWED struct state *state)
{
    struct state before = *state;
    for (uint32_t i = 0; i < AES_INVERSE_BYTES; i++) {
        uint8_t from = before.byte[(i + 16u - 4u * (i % 4u)) % 16u];
        state->byte[i] = inverse_substitutes[from];
    }
}

/* Each column times the inverse polynomial, {0b}, {0d}, {09}, {0e}: section 5.3.3. Those are 8 plus
 * what is left of them. */
static void unmix_columns(BORROWED struct state *state)
{
    struct state once = *state, twice = {{0}}, four = {{0}};
    uint8_t eight_of_all[4] = {0};
    for (uint32_t i = 0; i < AES_INVERSE_BYTES; i++) {
        twice.byte[i] = doubled(once.byte[i]);
        four.byte[i] = doubled(twice.byte[i]);
        eight_of_all[i / 4u] = eight_of_all[i / 4u] ^ doubled(four.byte[i]);
    }
    for (uint32_t i = 0; i < AES_INVERSE_BYTES; i++) {
        uint32_t column = i - i % 4u;
        uint32_t b = column + (i + 1u) % 4u, c = column + (i + 2u) % 4u, d = column + (i + 3u) % 4u;
        state->byte[i] = eight_of_all[i / 4u] ^ four.byte[i] ^ twice.byte[i] /* 0e */
                         ^ twice.byte[b] ^ once.byte[b]                      /* 0b */
                         ^ four.byte[c] ^ once.byte[c]                       /* 0d */
                         ^ once.byte[d];                                     /* 09 */
    }
}

void aes_inverse_set_key(BORROWED struct aes_inverse *inverse, BORROWED struct const_slice key)
{
    (void)slice_copy(SLICE_OF(inverse->last_key), key);
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        next_key(inverse, round);
    }
}

void aes_inverse_decrypt(BORROWED const struct aes_inverse *inverse, BORROWED struct slice block)
{
    struct aes_inverse key = *inverse;
    struct state state = {{0}};
    (void)slice_copy(SLICE_OF(state.byte), slice_as_const(block));
    add_key(&state, &key);
    for (uint32_t round = ROUNDS; round > 0; round--) {
        shift_and_substitute(&state);
        previous_key(&key, round);
        add_key(&state, &key);
        if (round > 1u) {
            unmix_columns(&state);
        }
    }
    (void)slice_copy(block, slice_as_const(SLICE_OF(state.byte)));
}
