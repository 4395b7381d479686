/*
 * crc.h - driver 0x40002: CRCs of what processes allow. Long inputs are done in pieces, between
 * which processes run; those that wait are served side by side. ABI: docs/syscalls/40002_crc.md.
 */
#ifndef KERNEL_CAPSULES_CRC_H
#define KERNEL_CAPSULES_CRC_H

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"

struct crc_driver {
    struct deferred_call deferred;
};

extern const struct driver_ops crc_driver_ops;

void crc_init(struct crc_driver *crc);

#endif
