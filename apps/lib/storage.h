/*
 * Bytes that stay when the power goes: a space of this app's own, all 0xFF at first.
 *
 * A write that is cut short by a loss of power leaves each block of STORAGE_BLOCK bytes, counted
 * from offset 0, as it was or as it was to be. Records that must change together lie in one block.
 */
#ifndef APPS_LIB_STORAGE_H
#define APPS_LIB_STORAGE_H

#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

#define STORAGE_BLOCK ABI_NVM_STORAGE_BLOCK

/* Bytes there are, or an error. */
int storage_size(void);
/* These wait. Both return how many bytes it were: fewer when the flash failed, or had no room. */
int storage_read(uint32_t offset, void *bytes, size_t count);
int storage_write(uint32_t offset, const void *bytes, size_t count);

/* Without waiting: the upcall gets (how many bytes it were, 0, 0). The buffer is lent until then;
 * one request at a time (K_EBUSY, K_ENOMEM). */
int storage_read_async(uint32_t offset, void *bytes, size_t count, syscall_upcall upcall,
                       void *userdata);
int storage_write_async(uint32_t offset, const void *bytes, size_t count, syscall_upcall upcall,
                        void *userdata);

#endif
