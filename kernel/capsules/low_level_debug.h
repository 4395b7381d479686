/*
 * low_level_debug.h - driver 0x8: lines on the kernel's console without a buffer of the process,
 * for code that runs before anything else works. No instance.
 * ABI: docs/syscalls/00008_low_level_debug.md.
 */
#ifndef KERNEL_CAPSULES_LOW_LEVEL_DEBUG_H
#define KERNEL_CAPSULES_LOW_LEVEL_DEBUG_H

#include "kernel/capsule/driver.h"

/* Its `self` is not used: NULL. */
extern const struct driver_ops low_level_debug_driver_ops;

#endif
