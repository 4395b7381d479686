/*
 * process_info.h - driver 0x10002: what runs, and control over it, for one process that the board
 * trusts with it. ABI: docs/syscalls/10002_process_info.md.
 */
#ifndef KERNEL_CAPSULES_PROCESS_INFO_H
#define KERNEL_CAPSULES_PROCESS_INFO_H

#include "kernel/capsule/driver.h"
#include "kernel/hil/slice.h"

struct process_info_driver {
    struct const_slice trusted; /* the name of the process that may use it; empty: none may */
};

extern const struct driver_ops process_info_driver_ops;

/* `trusted` stays in place for ever. To any other process the driver answers NODEVICE. */
void process_info_init(struct process_info_driver *info, struct const_slice trusted);

#endif
