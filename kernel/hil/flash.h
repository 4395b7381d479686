/*
 * flash.h - a flash memory beside the chip's own. Erasing makes all bits of a sector 1, programming
 * turns bits to 0; nothing else changes them. One operation at a time.
 *
 * A power cut within an operation leaves what it was to change half done: any of the bytes of the
 * program, or of the sector that was to be erased, may be anything between before and after.
 */
#ifndef KERNEL_HIL_FLASH_H
#define KERNEL_HIL_FLASH_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

#define HIL_FLASH_SECTOR_BYTES 4096u
#define HIL_FLASH_PAGE_BYTES   256u /* the most that one program or read takes */

/* Whom to call, from the kernel's main loop, never from inside a call of the ops. May ask for the
 * next operation. */
struct hil_flash_client {
    /* The operation is over in the flash itself, and the buffer is the client's again. K_OK;
     * K_EFAIL: the flash refused it, or did not come to an end; K_ENODEVICE: no such flash answers.
     */
    PRIVATE void (*done)(void *self, int status);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_flash_ops {
    PRIVATE int (*read)(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length);
    PRIVATE int (*program)(void *self, uint32_t address, struct dma_buffer *buffer,
                           uint32_t length);
    PRIVATE int (*erase)(void *self, uint32_t address);
    PRIVATE void (*set_client)(void *self, const struct hil_flash_client *client);
};

struct hil_flash {
    PRIVATE const struct hil_flash_ops *ops;
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* of who offers it; NULL: trusted code */
    READ_ONLY uint32_t size_bytes;       /* a multiple of the sector's */
};

/* What who keeps something in a flash knows of each sector; LIST_OF an array of the board's. */
struct hil_flash_note {
    uint32_t owner; /* whose bytes it has; 0: nobody's */
    uint32_t stamp; /* which of them */
};

struct hil_flash_notes {
    PRIVATE struct hil_flash_note *items;
    READ_ONLY uint32_t count;
};

/* A program (`goes_in`) or a read for `caller`. */
PRIVATE NOT_NULL int hil_flash_move(BORROWED const struct hil_flash *flash, uint32_t address,
                                    struct dma_buffer *buffer, uint32_t length, bool goes_in,
                                    BORROWED const struct capsule *caller);

/*
 * The three begin an operation; `done` follows. Addresses count from the flash's start; buffers are
 * used from their start, lie at an address that is a multiple of 4, and are lent until `done`.
 * `address` and `length` are multiples of 4, [address, address + length) lies in one page; an
 * erase's address is that of a sector. K_EINVAL when that is not so; K_ESIZE: no bytes, or more
 * than the buffer has; K_EBUSY: an operation is under way, or the buffer is lent.
 */
static inline int hil_flash_read(BORROWED const struct hil_flash *flash, uint32_t address,
                                 struct dma_buffer *buffer, uint32_t length)
{
    return hil_flash_move(flash, address, buffer, length, false, GUARD_CALLER);
}

static inline int hil_flash_program(BORROWED const struct hil_flash *flash, uint32_t address,
                                    struct dma_buffer *buffer, uint32_t length)
{
    return hil_flash_move(flash, address, buffer, length, true, GUARD_CALLER);
}

static inline int hil_flash_erase(BORROWED const struct hil_flash *flash, uint32_t address)
{
    return GUARD_OP(flash, erase, address);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_flash_set_client(BORROWED const struct hil_flash *flash,
                                        const struct hil_flash_client *client)
{
    GUARD_OP_VOID(flash, set_client, client);
}

/* For who offers one, who has handed the buffer back. NULL: nobody is told. */
static inline void hil_flash_client_done(BORROWED const struct hil_flash_client *client, int status)
{
    GUARD_TELL(client, done, status);
}

/* Also for them: what the contract above says of an address and a length. K_OK or K_EINVAL. */
static inline int hil_flash_check(uint32_t size_bytes, uint32_t address, uint32_t length)
{
    uint32_t in_page = address % HIL_FLASH_PAGE_BYTES;
    bool fits = address < size_bytes && length <= HIL_FLASH_PAGE_BYTES - in_page;
    return fits && address % 4u == 0 && length % 4u == 0 ? K_OK : K_EINVAL;
}

#endif
