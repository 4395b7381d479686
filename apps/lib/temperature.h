/* The temperature: of the air, or of the chip where the board has no thermometer. */
#ifndef APPS_LIB_TEMPERATURE_H
#define APPS_LIB_TEMPERATURE_H

#include <stdint.h>

#include "apps/lib/syscall.h"

/* Measures and waits: hundredths of a degree Celsius. */
int temperature_read(int32_t *centidegrees);
/* Without waiting: the upcall gets (hundredths of a degree Celsius as int32_t, status, 0). */
int temperature_read_async(syscall_upcall upcall, void *userdata);

#endif
