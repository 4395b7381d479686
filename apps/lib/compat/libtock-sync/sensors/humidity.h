/* One sensor under libtock-c's names. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_SYNC_SENSORS_HUMIDITY_H
#define APPS_LIB_COMPAT_LIBTOCK_SYNC_SENSORS_HUMIDITY_H

#include <libtock/tock.h>

bool libtocksync_humidity_exists(void);
/* Waits: hundredths of a percent. */
returncode_t libtocksync_humidity_read(int *value);

#endif
