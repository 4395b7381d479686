/* Installs, starts and removes apps. The kernel answers only apps whose permissions name the driver
 * (tbf_pack --permit). */
#ifndef APPS_LIB_APP_LOADER_H
#define APPS_LIB_APP_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

bool app_loader_exists(void);

/* Each waits and returns K_OK or an error; in this order. docs/syscalls/10001_app_loader.md says
 * what the errors mean. */
int app_loader_setup(size_t total_bytes);
int app_loader_write(size_t offset, const void *bytes, size_t count);
int app_loader_finalize(void);
int app_loader_load(void);

/* Instead of finalize or load. */
int app_loader_abort(void);

/* The app of that ShortId ends and is taken out of flash. */
int app_loader_unload(uint32_t short_id);

/* All of it: setup to load. After an error nothing of it is there, but if it was load that failed
 * for an app that replaces none. */
int app_loader_install(const void *tbf, size_t total_bytes);

/* The same without waiting: one of enum abi_app_loader_command; `done` is called from a yield with
 * the status and the upcall's second word. The bytes of a write are lent by app_loader_lend. */
typedef void app_loader_done(int status, uint32_t value, void *userdata);
int app_loader_begin(enum abi_app_loader_command command, uint32_t argument0, uint32_t argument1,
                     app_loader_done *done, void *userdata);
int app_loader_lend(const void *bytes, size_t count);

#endif
