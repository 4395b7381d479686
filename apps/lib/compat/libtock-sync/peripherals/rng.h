/* Random numbers under libtock-c's names. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_SYNC_PERIPHERALS_RNG_H
#define APPS_LIB_COMPAT_LIBTOCK_SYNC_PERIPHERALS_RNG_H

#include <libtock/tock.h>

bool libtocksync_rng_exists(void);
/* `wanted` bytes, at most `bytes`; *received: how many it were. */
returncode_t libtocksync_rng_get_random_bytes(uint8_t *buffer, uint32_t bytes, uint32_t wanted,
                                              int *received);

#endif
