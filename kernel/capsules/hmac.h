/*
 * hmac.h - driver 0x40003: HMAC-SHA-256 (RFC 2104) with keys and data that processes allow. Long
 * inputs are done in pieces, between which processes run; those that wait are served side by side.
 * ABI: docs/syscalls/40003_hmac.md.
 */
#ifndef KERNEL_CAPSULES_HMAC_H
#define KERNEL_CAPSULES_HMAC_H

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"

struct hmac_driver {
    struct deferred_call deferred;
};

extern const struct driver_ops hmac_driver_ops;

void hmac_init(struct hmac_driver *hmac);

#endif
