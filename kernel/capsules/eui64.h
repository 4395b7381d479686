/*
 * eui64.h - driver 0x30006: the number that this chip has and no other.
 * ABI: docs/syscalls/30006_eui64.md.
 */
#ifndef KERNEL_CAPSULES_EUI64_H
#define KERNEL_CAPSULES_EUI64_H

#include "kernel/capsule/driver.h"

struct eui64_driver {
    uint64_t number;
};

extern const struct driver_ops eui64_driver_ops;

void eui64_init(struct eui64_driver *driver, uint64_t number);

#endif
