/*
 * read_only_state.h - driver 0x9: what the kernel knows of a process, where that process can read
 * it without a call. docs/syscalls/00009_read_only_state.md has the ABI. Part of the core, because
 * the values are written whenever the process is about to be entered.
 */
#ifndef KERNEL_CORE_READ_ONLY_STATE_H
#define KERNEL_CORE_READ_ONLY_STATE_H

#include <stdbool.h>

#include "kernel/capsule/driver.h"

struct process;

/* self: const struct hil_alarm, whose ticks are shown */
extern const struct driver_ops read_only_state_driver_ops;

/* For the core: brings the process's buffer up to date; false when it has none. */
bool read_only_state_show(const struct process *process);

#endif
