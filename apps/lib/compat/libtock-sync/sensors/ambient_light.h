/* One sensor under libtock-c's names. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_SYNC_SENSORS_AMBIENT_LIGHT_H
#define APPS_LIB_COMPAT_LIBTOCK_SYNC_SENSORS_AMBIENT_LIGHT_H

#include <libtock/tock.h>

bool libtocksync_ambient_light_exists(void);
/* Waits: lux. */
returncode_t libtocksync_ambient_light_read_intensity(int *value);

#endif
