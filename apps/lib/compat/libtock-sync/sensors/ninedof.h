/* The accelerometer under libtock-c's names. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_SYNC_SENSORS_NINEDOF_H
#define APPS_LIB_COMPAT_LIBTOCK_SYNC_SENSORS_NINEDOF_H

#include <libtock/tock.h>

bool libtocksync_ninedof_exists(void);
/* Waits: thousandths of the earth's gravity. */
returncode_t libtocksync_ninedof_read_accelerometer(int *x, int *y, int *z);

#endif
