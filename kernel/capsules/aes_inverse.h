/*
 * aes_inverse.h - the inverse of the AES block cipher with a key of 128 bits (FIPS 197), which the
 * chip's peripheral does not have. A library: key and blocks are the caller's and may lie in a
 * grant.
 *
 * The time it takes does not depend on key or data where a load takes the same time whatever its
 * address: so it is on a Cortex-M4, which has no data cache, with the tables in one memory.
 */
#ifndef KERNEL_CAPSULES_AES_INVERSE_H
#define KERNEL_CAPSULES_AES_INVERSE_H

#include "kernel/capsules/aes_block.h"
#include "kernel/hil/marks.h"

/* The round key that decryption begins with; the others are made from it on the way. Row r of a
 * column are bits 8 r to 8 r + 7. */
struct aes_inverse {
    uint32_t column[4];
};

/* Of the cipher's key, which is not kept. */
void aes_inverse_make_key(BORROWED struct aes_inverse *key, BORROWED const struct aes_block *from);

/* Decrypts the block in place. Some 6,000 cycles. */
void aes_inverse_decrypt(BORROWED const struct aes_inverse *key, BORROWED struct aes_block *block);

#endif
