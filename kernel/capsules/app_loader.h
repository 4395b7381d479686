/*
 * app_loader.h - driver 0x10001: an app that installs, starts and removes apps.
 * ABI: docs/syscalls/10001_app_loader.md.
 *
 * One process at a time: from its setup until its app is installed or given up, or until it ends,
 * all others get BUSY. The bytes are read from the process's buffer when their turn comes, a piece
 * at a time.
 */
#ifndef KERNEL_CAPSULES_APP_LOADER_H
#define KERNEL_CAPSULES_APP_LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/app_control.h"
#include "kernel/capsule/driver.h"

struct app_loader_driver {
    struct app_control_client client;
    struct app_control_user *user; /* borrowed for ever */
    struct process_id owner;       /* whose installation it is, or was the latest */
    struct process_id caller;      /* whose command is under way */
    uint32_t command;              /* under way, or 0 */
    uint32_t offset, length;       /* of a write */
    uint32_t done;                 /* of its bytes, those given to the flash */
    uint32_t short_id;             /* of an unload */
};

extern const struct driver_ops app_loader_driver_ops;

/* For processes whose apps say that they want it (process_id_asks_for); to others the driver
 * answers NODEVICE. */
void app_loader_init(struct app_loader_driver *loader, struct app_control_user *user);

#endif
