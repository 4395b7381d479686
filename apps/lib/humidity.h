/* The air's humidity. */
#ifndef APPS_LIB_HUMIDITY_H
#define APPS_LIB_HUMIDITY_H

#include <stdint.h>

#include "apps/lib/syscall.h"

/* Measures and waits: hundredths of a percent. */
int humidity_read(int32_t *centipercent);
/* Without waiting: the upcall gets (hundredths of a percent as int32_t, status, 0). */
int humidity_read_async(syscall_upcall upcall, void *userdata);

#endif
