/*
 * process_info.h - driver 0x10002: what runs, and control over it. ABI:
 * docs/syscalls/10002_process_info.md.
 */
#ifndef KERNEL_CAPSULES_PROCESS_INFO_H
#define KERNEL_CAPSULES_PROCESS_INFO_H

#include "kernel/capsule/driver.h"

/* For processes whose apps say that they want it (process_id_asks_for); to others the driver
 * answers NODEVICE. It has no state: `self` is NULL. */
extern const struct driver_ops process_info_driver_ops;

#endif
