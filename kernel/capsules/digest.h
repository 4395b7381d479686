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
struct digest_job {
    uint32_t length; /* of the buffer, as it was when the work was asked for */
    uint32_t done;
    struct sha256 hash;
};

/*
 * Adds the next bytes of the process's read-only buffer `number`, at most DIGEST_PIECE_BYTES.
 * K_EBUSY: there are more; K_OK: that was all; K_ERESERVE: the buffer was taken back or has become
 * shorter.
 */
#define DIGEST_PIECE_BYTES 128u
int digest_add_piece(BORROWED struct digest_job *job, const struct grant *grant,
                     struct process_id id, uint32_t number);

/*
 * Ends the hash. ALLOW_READ_WRITE: the digest goes to the process's buffer `number`, as much as has
 * room; returns its first byte. K_ERESERVE: there is no room. ALLOW_READ_ONLY: returns whether the
 * buffer begins with the digest; how long that takes does not depend on where they differ.
 * K_ENOMEM: it is shorter.
 */
int digest_finish(BORROWED struct digest_job *job, const struct grant *grant, struct process_id id,
                  enum allow_kind kind, uint32_t number);

/* Upcall `number`: (0, result, 0), or (status, 0, 0) of a negative result. */
void digest_answer(const struct grant *grant, struct process_id id, uint32_t number, int result);

#endif
