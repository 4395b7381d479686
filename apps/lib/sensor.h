/* What temperature.h, humidity.h and ambient_light.h are made of: drivers that measure a number. */
#ifndef APPS_LIB_SENSOR_H
#define APPS_LIB_SENSOR_H

#include <stdint.h>

#include "apps/lib/syscall.h"

/* Measures and waits. `driver` is ABI_DRIVER_TEMPERATURE or one of its like. */
int sensor_read(uint32_t driver, int32_t *value);
/* Without waiting: the upcall gets (value as int32_t, status, 0). */
int sensor_read_async(uint32_t driver, syscall_upcall upcall, void *userdata);

#endif
