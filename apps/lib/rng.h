/* Random numbers from the chip's generator. One request at a time: while one that was begun without
 * waiting has not had its upcall, others are K_EBUSY. */
#ifndef APPS_LIB_RNG_H
#define APPS_LIB_RNG_H

#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"

/* Fills the buffer and waits for it. Returns the number of bytes, or an error. */
int rng_get(void *bytes, size_t count);
/* Without waiting: the upcall gets (0, bytes, 0). The buffer is lent until then. */
int rng_get_async(void *bytes, size_t count, syscall_upcall upcall, void *userdata);

#endif
