/* The console under libtock-c's names. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_SYNC_INTERFACE_CONSOLE_H
#define APPS_LIB_COMPAT_LIBTOCK_SYNC_INTERFACE_CONSOLE_H

#include <libtock/interface/console.h>

bool libtocksync_console_exists(void);
/* *written, *read: how many bytes it were. */
returncode_t libtocksync_console_write(const uint8_t *buffer, uint32_t bytes, uint32_t *written);
returncode_t libtocksync_console_read(uint8_t *buffer, uint32_t bytes, uint32_t *read);

#endif
