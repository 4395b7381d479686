/* CRCs, made by the kernel. */
#ifndef APPS_LIB_CRC_H
#define APPS_LIB_CRC_H

#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

/* Waits. The CRC goes into *value. K_ESIZE: there are no bytes. */
int crc_compute(enum abi_crc_algorithm algorithm, const void *bytes, size_t count, uint32_t *value);
/* Without waiting: the upcall gets (status, CRC, algorithm). The bytes are lent until then, and
 * another request is K_EBUSY. */
int crc_compute_async(enum abi_crc_algorithm algorithm, const void *bytes, size_t count,
                      syscall_upcall upcall, void *userdata);

#endif
