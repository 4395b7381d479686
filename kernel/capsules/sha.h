/*
 * sha.h - driver 0x40005: SHA-256 of what processes allow. Long inputs are done in pieces, between
 * which processes run; those that wait are served side by side. ABI: docs/syscalls/40005_sha.md.
 */
#ifndef KERNEL_CAPSULES_SHA_H
#define KERNEL_CAPSULES_SHA_H

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"

struct sha_driver {
    struct deferred_call deferred;
};

extern const struct driver_ops sha_driver_ops;

void sha_init(struct sha_driver *sha);

#endif
