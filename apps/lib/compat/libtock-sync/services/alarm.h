/* Waiting under libtock-c's names; upcalls run meanwhile. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_SYNC_SERVICES_ALARM_H
#define APPS_LIB_COMPAT_LIBTOCK_SYNC_SERVICES_ALARM_H

#include <libtock/services/alarm.h>

int libtocksync_alarm_delay_ms(uint32_t ms);
/* RETURNCODE_FAIL: the time passed first. */
int libtocksync_alarm_yield_for_with_timeout(bool *condition, uint32_t ms);

#endif
