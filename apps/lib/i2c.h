/* Transfers on the board's I2C bus. Addresses have 7 bits and are not shifted; at
 * most ABI_I2C_MASTER_MAX bytes each way. */
#ifndef APPS_LIB_I2C_H
#define APPS_LIB_I2C_H

#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"

/* K_ENOACK: nobody is there, or it refused a byte. */
int i2c_write(uint8_t address, const void *bytes, size_t count);
int i2c_read(uint8_t address, void *bytes, size_t count);
/* A repeated start lies in between. */
int i2c_write_read(uint8_t address, const void *out, size_t out_count, void *in, size_t in_count);

/* Without waiting: `bytes` go out, and what comes in takes their place; either count may be 0. The
 * upcall gets (status, 0, 0); the bytes, which must lie in RAM, are lent until then, and another
 * transfer is K_EBUSY. */
int i2c_write_read_async(uint8_t address, void *bytes, size_t out_count, size_t in_count,
                         syscall_upcall upcall, void *userdata);

#endif
