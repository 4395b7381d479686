/* A device on an SPI bus; the first app that uses it has it for itself. */
#ifndef APPS_LIB_SPI_H
#define APPS_LIB_SPI_H

#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"

/* Clock of at most so many hertz. */
int spi_set_rate(uint32_t hertz);
/* As it was asked for, or an error. */
int spi_rate(void);
/* SPI mode 0 to 3: polarity * 2 + phase. K_EINVAL. */
int spi_set_mode(uint32_t mode);
int spi_mode(void);
/* Sends `bytes` bytes under one chip select, and waits. What comes in meanwhile goes to `in`, which
 * may be NULL, or the same as `out`; any number of bytes. */
int spi_transfer(const void *out, void *in, size_t bytes);
/* Without waiting: the upcall gets (bytes, 0, 0). Both buffers are lent until then, and another
 * transfer is K_EBUSY. */
int spi_transfer_async(const void *out, void *in, size_t bytes, syscall_upcall upcall,
                       void *userdata);

#endif
