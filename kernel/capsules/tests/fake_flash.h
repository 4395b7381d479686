/*
 * fake_flash.h - a flash as capsules see it, and whose storage a process may see, for tests. It
 * checks its contract: addresses and lengths, one operation at a time, only erased bits programmed.
 */
#ifndef KERNEL_CAPSULES_TESTS_FAKE_FLASH_H
#define KERNEL_CAPSULES_TESTS_FAKE_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/flash.h"

#define FAKE_FLASH_SECTORS 66u
#define FAKE_FLASH_BYTES   (FAKE_FLASH_SECTORS * HIL_FLASH_SECTOR_BYTES)

enum fake_flash_operation {
    FAKE_FLASH_IDLE,
    FAKE_FLASH_READ,
    FAKE_FLASH_PROGRAM,
    FAKE_FLASH_ERASE
};

struct fake_flash {
    struct hil_flash flash;
    const struct hil_flash_client *client;
    enum fake_flash_operation operation; /* under way */
    uint32_t address, length;
    struct dma_buffer *buffer;
    uint8_t *bytes;    /* of the buffer */
    int refuse;        /* what the next operation is answered, once */
    uint32_t changes;  /* programs and erases begun so far */
    uint32_t bad_page; /* an address: programs there change nothing; FAKE_FLASH_BYTES: none */
    uint8_t memory[FAKE_FLASH_BYTES];
};

/* All erased, nobody its client. */
void fake_flash_init(struct fake_flash *fake);
/* The same flash after a loss of power: its bytes stay. */
void fake_flash_restart(struct fake_flash *fake);
/* Ends the operation under way. False when there is none. */
bool fake_flash_step(struct fake_flash *fake, int status);
/* Leaves the one under way half done; `seed` says how: an even one at some byte, an odd one all
 * over.
 */
void fake_flash_cut(struct fake_flash *fake, uint32_t seed);

/* What storage_owner says of the process from now on; 0x100 + index at first. */
void fake_storage_set_owner(uint32_t index, uint32_t owner);
/* What it may do with what is its own; all at first. */
void fake_storage_permit(uint32_t index, bool may_read, bool may_modify);

#endif
