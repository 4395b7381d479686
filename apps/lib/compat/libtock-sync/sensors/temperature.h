/* One sensor under libtock-c's names. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_SYNC_SENSORS_TEMPERATURE_H
#define APPS_LIB_COMPAT_LIBTOCK_SYNC_SENSORS_TEMPERATURE_H

#include <libtock/tock.h>

bool libtocksync_temperature_exists(void);
/* Waits: hundredths of a degree Celsius. */
returncode_t libtocksync_temperature_read(int *value);

#endif
