/* The number that this chip has and no other. */
#ifndef APPS_LIB_EUI64_H
#define APPS_LIB_EUI64_H

#include <stdint.h>

#include "apps/lib/syscall.h"

int eui64_get(uint64_t *number);

#endif
