/* How light it is. */
#ifndef APPS_LIB_AMBIENT_LIGHT_H
#define APPS_LIB_AMBIENT_LIGHT_H

#include <stdint.h>

#include "apps/lib/syscall.h"

/* Measures and waits: lux. */
int ambient_light_read(int32_t *lux);
/* Without waiting: the upcall gets (lux as int32_t, status, 0). */
int ambient_light_read_async(syscall_upcall upcall, void *userdata);

#endif
