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
#include "kernel/hil/list.h"

#define NVM_POOL_PAGES       15u /* of bytes in a block */
#define NVM_POOL_BLOCK_BYTES (NVM_POOL_PAGES * HIL_FLASH_PAGE_BYTES)

/* Where a process's bytes come from and go to: the number of its buffer, read-only to write and
 * read-write to read. */
#define NVM_POOL_BUFFER 0u

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
    NVM_POOL_RETIRE,
};

/* What is to be done, and how far it is. */
struct nvm_pool_request {
    const struct grant *grant; /* whose buffers */
    struct process_id id;
    uint32_t owner; /* not 0 */
    bool writes;
    uint32_t offset, length, done; /* bytes. length 0: only to see what there is */
};

struct nvm_pool {
    struct dma_buffer page;
    enum nvm_pool_step step;
    bool is_erased;                /* the page in the buffer, when it was last looked at */
    const struct hil_flash *flash; /* borrowed for ever */
    struct hil_flash_notes notes;  /* of the sectors, as their seals say */
    struct nvm_pool_request request;
    uint32_t page_number;   /* of a sector: 0 is the seal's */
    uint32_t old, target;   /* sectors of the block under way, before and after; UINT32_MAX: none */
    uint32_t from, to;      /* what of its bytes */
    uint32_t loaded;        /* the sector whose check sums are known; UINT32_MAX: none */
    uint32_t failures;      /* of flash operations, in a row */
    uint32_t first_address; /* of the pool */
    uint32_t scanned;       /* sectors, since the start */
    uint32_t sequence;      /* the highest that there is */
    uint32_t next_target;   /* where to look for a free one: all wear alike */
    uint32_t checksums[NVM_POOL_PAGES + 1u]; /* of the block's pages, as they are to be */
    uint8_t page_bytes[HIL_FLASH_PAGE_BYTES];
};

/* `flash` (borrowed for ever) is the pool's alone, whose driver becomes its client. It has as many
 * sectors or more as there are `notes` (borrowed for ever), which are two or more: one is always
 * free. */
void nvm_pool_init(struct nvm_pool *pool, const struct hil_flash *flash,
                   struct hil_flash_notes notes);

static inline bool nvm_pool_is_busy(BORROWED const struct nvm_pool *pool)
{
    return pool->step != NVM_POOL_IDLE;
}

/*
 * An operation has ended so; or, when the pool is not busy, K_OK: begins pool->request, which is
 * the caller's to fill. K_OK: an operation of the flash is under way, whose end is for this
 * function. Else the request is over, and pool->request.done bytes are: K_EALREADY: all of them;
 * K_ENOMEM: no sector is free; K_ECANCEL: the process has taken its buffer back; K_EFAIL: the flash
 * has lost or changed what is read or is to stay, or does not keep what it is given; and what the
 * flash says.
 */
int nvm_pool_next(struct nvm_pool *pool, int status);

/* Whether a block could be written of an owner who has, or has not, one. After a request that ended
 * in K_EALREADY. */
bool nvm_pool_has_room(const struct nvm_pool *pool, uint32_t owner);

#endif
