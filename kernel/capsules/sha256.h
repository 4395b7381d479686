/*
 * sha256.h - SHA-256 (FIPS 180-4), in pieces. A library: the state is the caller's and may lie in a
 * grant.
 *
 *   sha256_begin(&hash);
 *   sha256_add(&hash, bytes); and so on
 *   sha256_finish(&hash, digest);
 */
#ifndef KERNEL_CAPSULES_SHA256_H
#define KERNEL_CAPSULES_SHA256_H

#include <stdint.h>

#include "kernel/hil/marks.h"
#include "kernel/hil/slice.h"

#define SHA256_BYTES       32u
#define SHA256_BLOCK_BYTES 64u

/* What the blocks so far have become. */
struct sha256_chain {
    uint32_t word[8];
};

struct sha256 {
    uint32_t word[SHA256_BLOCK_BYTES / 4u]; /* of the block that is not full */
    struct sha256_chain chain;
    uint64_t bytes; /* so far */
};

void sha256_begin(BORROWED struct sha256 *hash);

/* Goes on where another hash was after its first block. */
void sha256_begin_after_block(BORROWED struct sha256 *hash,
                              BORROWED const struct sha256_chain *chain);

/* Some 80 cycles for each byte. */
void sha256_add(BORROWED struct sha256 *hash, BORROWED struct const_slice bytes);

/* Puts the digest into `digest`, which has SHA256_BYTES. The hash is to be begun anew. */
void sha256_finish(BORROWED struct sha256 *hash, BORROWED struct slice digest);

#endif
