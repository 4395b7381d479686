/*
 * isolated_storage.h - driver 0x50004: a region of bytes that stay for each write identifier, which
 * nobody else can name. ABI: docs/syscalls/50004_isolated_storage.md.
 *
 * A region is one block of nvm_pool.h: each write of an app happens as a whole or not at all.
 */
#ifndef KERNEL_CAPSULES_ISOLATED_STORAGE_H
#define KERNEL_CAPSULES_ISOLATED_STORAGE_H

#include <stdint.h>

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/capsules/nvm_pool.h"

struct isolated_storage_driver {
    struct nvm_pool *pool; /* borrowed for ever */
    struct hil_flash_client flash_client;
    struct deferred_call deferred;
    uint32_t last_index; /* of the process that had its turn */
};

extern const struct driver_ops isolated_storage_driver_ops;

/* `pool` is this driver's alone; the driver becomes the client of its flash. There is a region for
 * each sector but one. */
void isolated_storage_init(struct isolated_storage_driver *driver, struct nvm_pool *pool);

#endif
