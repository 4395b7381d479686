/*
 * nvm_pool.h - bytes that stay, of owners that are numbers: what the storage drivers have in
 * common. A library; each driver has a pool over a flash of its own, which the board makes.
 *
 * The last sectors of the flash are blocks. A block in use has a page, its seal, that says whose it
 * is, which block of his it is and how new, with a check sum of each of the 15 pages of his bytes
 * that follow. To change anything of one, a free sector is erased and gets the new bytes; its seal
 * comes last, and the old seal is struck out after it. Until the new seal is whole the old block
 * counts, then the new one: a power cut at any moment leaves one or the other. All that is
 * programmed is read back, and all that is read is compared with its check sum.
 */
#ifndef KERNEL_CAPSULES_NVM_POOL_H
#define KERNEL_CAPSULES_NVM_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/grant.h"
#include "kernel/hil/flash.h"
#include "kernel/hil/slice.h"

#define NVM_POOL_PAGES       15u /* of bytes in a block */
#define NVM_POOL_BLOCK_BYTES (NVM_POOL_PAGES * HIL_FLASH_PAGE_BYTES)

/* Where a process's bytes come from and go to: numbers of its buffers. */
#define NVM_POOL_RW_READ  0u
#define NVM_POOL_RO_WRITE 0u

/* What the operation that is under way in the flash is for. */
enum nvm_pool_step {
    NVM_POOL_IDLE,
    NVM_POOL_SCAN,
    NVM_POOL_LOAD_SEAL,
    NVM_POOL_READ,
    NVM_POOL_PAUSE, /* a page needed no flash; the next one, when others have had their turn */
    NVM_POOL_ERASE,
    NVM_POOL_COPY,
    NVM_POOL_PROGRAM,
    NVM_POOL_VERIFY,
    NVM_POOL_SEAL,
    NVM_POOL_VERIFY_SEAL,
    NVM_POOL_RETIRE,
};

/* A sector of the pool as its seal says. */
struct nvm_pool_block {
    uint32_t owner; /* 0: the sector is free */
    uint32_t stamp; /* sequence number << 8 | index of the block among its owner's */
};

/* What the pool knows of each sector takes so many bytes of an array of the board's. */
#define NVM_POOL_ENTRY_BYTES 8u

/* What is to be done, and how far it is. */
struct nvm_pool_request {
    const struct grant *grant; /* whose buffers */
    struct process_id id;
    uint32_t owner; /* not 0 */
    bool writes;
    uint32_t offset, left, done; /* bytes. left 0: only to see what there is */
};

struct nvm_pool {
    const struct hil_flash *flash; /* borrowed for ever */
    uint32_t first_address;        /* of the pool */
    uint32_t count;                /* of sectors */
    enum nvm_pool_step step;
    uint32_t scanned;  /* sectors, since the start */
    uint32_t sequence; /* the highest that there is */
    struct nvm_pool_request request;
    uint32_t loaded;      /* the sector whose check sums are known; `count`: none */
    uint32_t old, target; /* sectors of the block that is written; old: `count`: none */
    uint32_t next_target; /* where to look for a free one: all wear alike */
    uint32_t failures;    /* of flash operations, in a row */
    uint32_t page_number; /* of the block's bytes */
    uint32_t checksum;    /* of what was programmed last */
    uint32_t checksums[NVM_POOL_PAGES]; /* of the block that is read or written */
    struct dma_buffer page;
    struct slice entries;
    uint8_t page_bytes[HIL_FLASH_PAGE_BYTES];
};

/* `flash` (borrowed for ever) is the pool's alone, whose driver becomes its client. It has as many
 * sectors or more as there is room for in `entries` (borrowed for ever), which are two or more: one
 * is always free. */
void nvm_pool_init(struct nvm_pool *pool, const struct hil_flash *flash, struct slice entries);

bool nvm_pool_is_busy(BORROWED const struct nvm_pool *pool);

/*
 * Begins a request. K_OK: an operation of the flash is under way, whose end is for nvm_pool_next.
 * Else it is over, and pool->request.done bytes are: K_EALREADY: all of them; K_ENOMEM: no sector
 * is free; K_ECANCEL: the process has taken its buffer back; K_EFAIL: the flash has lost or changed
 * what is read or is to stay, or does not keep what it is given; and what the flash says.
 */
int nvm_pool_start(struct nvm_pool *pool, struct nvm_pool_request request);

/* An operation has ended so. Answers as nvm_pool_start. */
int nvm_pool_next(struct nvm_pool *pool, int status);

/* Whether a block could be written of an owner who has, or has not, one. After a request that ended
 * in K_EALREADY. */
bool nvm_pool_has_room(const struct nvm_pool *pool, uint32_t owner);

#endif
