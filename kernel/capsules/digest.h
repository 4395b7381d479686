/*
 * digest.h - what the drivers SHA and HMAC have in common: SHA-256 of what a process has allowed, a
 * piece at a time. A library: each of them has its own grant.
 */
#ifndef KERNEL_CAPSULES_DIGEST_H
#define KERNEL_CAPSULES_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/grant.h"
#include "kernel/capsules/sha256.h"

/* A buffer on its way into a hash. Lies in the process's grant. */
struct digest_input {
    uint32_t length; /* as it was when the work was asked for */
    uint32_t done;
};

/*
 * Adds the next bytes of the process's read-only buffer `number`, at most DIGEST_PIECE_BYTES.
 * K_EBUSY: there are more; K_OK: that was all; K_ERESERVE: the buffer was taken back or has become
 * shorter.
 */
#define DIGEST_PIECE_BYTES 128u
int digest_add_piece(BORROWED struct sha256 *hash, BORROWED struct digest_input *input,
                     const struct grant *grant, struct process_id id, uint32_t number);

/* Whether the read-only buffer `number` begins with the digest. How long it takes does not depend
 * on where they differ. */
bool digest_is_in_buffer(BORROWED struct const_slice digest, const struct grant *grant,
                         struct process_id id, uint32_t number);

#endif
