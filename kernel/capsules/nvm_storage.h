/*
 * nvm_storage.h - driver 0x50001: bytes that stay, for each app its own, in blocks of nvm_pool.h.
 * ABI: docs/syscalls/50001_nvm_storage.md.
 */
#ifndef KERNEL_CAPSULES_NVM_STORAGE_H
#define KERNEL_CAPSULES_NVM_STORAGE_H

#include <stdint.h>

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/capsules/nvm_pool.h"

#define NVM_STORAGE_BLOCKS_EACH_MAX 8u

struct nvm_storage_driver {
    struct nvm_pool *pool; /* borrowed for ever */
    struct hil_flash_client flash_client;
    struct deferred_call deferred;
    uint32_t size_bytes; /* of an app */
    uint32_t last_index; /* of the process that had its turn */
};

extern const struct driver_ops nvm_storage_driver_ops;

/* `pool` is this driver's alone; the driver becomes the client of its flash. `blocks_each` (at most
 * NVM_STORAGE_BLOCKS_EACH_MAX): how many an app may have. */
void nvm_storage_init(struct nvm_storage_driver *driver, struct nvm_pool *pool,
                      uint32_t blocks_each);

#endif
