/*
 * The serial console. printf, puts and putchar write here too, one line as one piece (see
 * printf.c). What was begun without waiting lasts until its upcall has run: another write (printf
 * as well) or another read is K_EBUSY until then, and changes nothing.
 */
#ifndef APPS_LIB_CONSOLE_H
#define APPS_LIB_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"

/* Writes all of it and waits until it is out. Returns the number of bytes, or an error. */
int console_write(const void *bytes, size_t count);
/* The same for a string. */
int console_print(const char *text);
/* Waits for exactly `count` bytes (at most ABI_CONSOLE_READ_MAX). Returns their number, or an
 * error. */
int console_read(void *bytes, size_t count);

/* Without waiting: the upcall gets (bytes, 0, 0). The buffer is lent until then. */
int console_write_async(const void *bytes, size_t count, syscall_upcall upcall, void *userdata);
/* Without waiting: the upcall gets (status, bytes, 0). The buffer is lent until then. */
int console_read_async(void *bytes, size_t count, syscall_upcall upcall, void *userdata);
/* Ends the reading that is under way: its upcall gets the status ABI_CANCEL. */
int console_read_abort(void);

#endif
