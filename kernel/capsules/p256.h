/*
 * p256.h - checks signatures: ECDSA over the curve P-256 (FIPS 186-5, SP 800-186), in pieces. A
 * library: the state is the caller's. It checks what is public, so its time may tell of it.
 *
 *   status = p256_begin(&p256, key, digest, signature);
 *   while (status == K_EBUSY) { status = p256_piece(&p256); }
 *
 * with other work between the pieces.
 */
#ifndef KERNEL_CAPSULES_P256_H
#define KERNEL_CAPSULES_P256_H

#include <stdint.h>

#include "kernel/hil/marks.h"
#include "kernel/hil/slice.h"

/* Numbers as bytes are big-endian, 32 of them. A key is its point's x, then y; a signature r, then
 * s. */
#define P256_KEY_BYTES       64u
#define P256_DIGEST_BYTES    32u
#define P256_SIGNATURE_BYTES 64u

struct p256_number {
    uint32_t word[8]; /* the least significant first */
};

/* x / z^2, y / z^3; z = 0 is the point at infinity. */
struct p256_point {
    struct p256_number x, y, z;
};

struct p256 {
    struct p256_number r;          /* of the signature */
    struct p256_number s, inverse; /* the latter grows into 1 / s */
    struct p256_number digest;
    struct p256_number of_base, of_key; /* what base point and key are multiplied by */
    struct p256_point key, both;        /* the latter: base point + key */
    struct p256_point sum;
    uint32_t bits_left; /* of the exponent, then of the factors */
    bool is_inverted;
};

/* K_EBUSY: begun; K_EINVAL: the signature is wrong, or the key is none, whatever the digest. The
 * slices have the lengths above (K_EINVAL when not) and are not kept. */
int p256_begin(BORROWED struct p256 *p256, BORROWED struct const_slice key,
               BORROWED struct const_slice digest, BORROWED struct const_slice signature);

/* The next piece. K_EBUSY: there are more; K_OK: the signature is that key's, of that digest;
 * K_EINVAL: it is not. */
int p256_piece(BORROWED struct p256 *p256);

#endif
