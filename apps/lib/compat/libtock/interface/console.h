/* The console, without waiting, under libtock-c's names. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_INTERFACE_CONSOLE_H
#define APPS_LIB_COMPAT_LIBTOCK_INTERFACE_CONSOLE_H

#include <libtock/tock.h>

/* (returncode, bytes) */
typedef void (*libtock_console_callback_write)(returncode_t, uint32_t);
typedef void (*libtock_console_callback_read)(returncode_t, uint32_t);

bool libtock_console_exists(void);
returncode_t libtock_console_write(const uint8_t *buffer, uint32_t bytes,
                                   libtock_console_callback_write callback);
returncode_t libtock_console_read(uint8_t *buffer, uint32_t bytes,
                                  libtock_console_callback_read callback);
returncode_t libtock_console_abort_read(void);

#endif
