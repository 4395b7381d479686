/*
 * nvm_storage.h - driver 0x50001: bytes that stay, for each app its own.
 * ABI: docs/syscalls/50001_nvm_storage.md.
 *
 * The last 64 sectors of a flash are a pool of blocks. A block in use has a page that says whose it
 * is, which block of his it is and how new, and 15 pages of his bytes. To change anything of one, a
 * free sector is erased and gets the new bytes; its first page comes last. Until that page is whole
 * the old block counts, then the new one: a power cut at any moment leaves one or the other.
 */
#ifndef KERNEL_CAPSULES_NVM_STORAGE_H
#define KERNEL_CAPSULES_NVM_STORAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/hil/flash.h"

#define NVM_STORAGE_BLOCKS      64u /* in the pool; one is always free */
#define NVM_STORAGE_BLOCKS_EACH 8u  /* of an app */

/* What the operation that is under way in the flash is for. */
enum nvm_storage_step {
    NVM_STORAGE_IDLE,
    NVM_STORAGE_SCAN,
    NVM_STORAGE_READ,
    NVM_STORAGE_ERASE,
    NVM_STORAGE_COPY,
    NVM_STORAGE_PROGRAM,
    NVM_STORAGE_VERIFY,
    NVM_STORAGE_SEAL,
    NVM_STORAGE_VERIFY_SEAL,
};

/* A sector of the pool as its first page says. */
struct nvm_storage_block {
    uint32_t owner; /* of storage.h; 0: the sector is free */
    uint32_t stamp; /* sequence number << 8 | index of the block among its owner's */
};

/* What a process has asked for, and how far it is. */
struct nvm_storage_request {
    struct process_id id;
    uint32_t owner;
    bool writes;
    uint32_t offset, left, done; /* bytes */
};

struct nvm_storage_driver {
    const struct hil_flash *flash; /* borrowed for ever */
    uint32_t first_address;        /* of the pool */
    struct hil_flash_client flash_client;
    struct deferred_call deferred;
    enum nvm_storage_step step;
    uint32_t scanned;    /* sectors, since the start */
    uint32_t sequence;   /* the highest that there is */
    uint32_t last_index; /* of the process that had its turn */
    struct nvm_storage_request request;
    uint32_t old, target; /* sectors of the block that is written; old: NVM_STORAGE_BLOCKS: none */
    uint32_t next_target; /* where to look for a free one: all wear alike */
    uint32_t failures;    /* of sectors, in a row */
    uint32_t page_number; /* of the block's bytes */
    uint32_t checksum;    /* of what was programmed last */
    struct dma_buffer page;
    uint8_t page_bytes[HIL_FLASH_PAGE_BYTES];
    struct nvm_storage_block blocks[NVM_STORAGE_BLOCKS];
};

extern const struct driver_ops nvm_storage_driver_ops;

/* Becomes the client of `flash`, which nobody else may use and which has as many sectors or more.
 */
void nvm_storage_init(struct nvm_storage_driver *driver, const struct hil_flash *flash);

#endif
