/*
 * Bytes that stay when the power goes, in a region that only apps with this app's write identifier
 * can reach: all 0xFF at first. Each write happens as a whole or, when the power fails, not at all.
 */
#ifndef APPS_LIB_ISOLATED_STORAGE_H
#define APPS_LIB_ISOLATED_STORAGE_H

#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"

/*
 * These wait. Bytes of the region; the other two return `count`. K_ENOSUPPORT: the app's storage
 * permissions do not let it; K_ENOMEM: no region is left; K_EINVAL: not all of it lies inside;
 * K_EFAIL: what is there has changed by itself, or the flash does not keep what it is given.
 */
int isolated_storage_size(void);
int isolated_storage_read(uint32_t offset, void *bytes, size_t count);
int isolated_storage_write(uint32_t offset, const void *bytes, size_t count);

/* Without waiting: the upcall gets (status, bytes, 0), a status of 0 or of statuscodes. The bytes
 * are lent until then. One at a time: K_EBUSY. */
int isolated_storage_size_async(syscall_upcall upcall, void *userdata);
int isolated_storage_read_async(uint32_t offset, void *bytes, size_t count, syscall_upcall upcall,
                                void *userdata);
int isolated_storage_write_async(uint32_t offset, const void *bytes, size_t count,
                                 syscall_upcall upcall, void *userdata);

#endif
