/*
 * aes_inverse.h - the inverse of the AES block cipher with a key of 128 bits (FIPS 197), which the
 * chip's peripheral does not have. A library: the state is the caller's and may lie in a grant.
 *
 * The time it takes does not depend on key or data where a load takes the same time whatever its
 * address: so it is on a Cortex-M4, which has no data cache, with the tables in one memory.
 */
#ifndef KERNEL_CAPSULES_AES_INVERSE_H
#define KERNEL_CAPSULES_AES_INVERSE_H

#include <stdint.h>

#include "kernel/hil/marks.h"
#include "kernel/hil/slice.h"

#define AES_INVERSE_BYTES 16u /* of a key and of a block */

/* The round key that decryption begins with; the others are made from it on the way. */
struct aes_inverse {
    uint8_t last_key[AES_INVERSE_BYTES];
};

/* `key` has AES_INVERSE_BYTES; it is not kept. */
void aes_inverse_set_key(BORROWED struct aes_inverse *inverse, BORROWED struct const_slice key);

/* Decrypts the block in place. Some 10,000 cycles. */
void aes_inverse_decrypt(BORROWED const struct aes_inverse *inverse, BORROWED struct slice block);

#endif
