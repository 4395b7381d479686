/*
 * Time. One alarm per process, so these functions must not overlap: an alarm that is set replaces
 * the one before. Ticks are the kernel's (alarm_frequency_hz() of them a second) and wrap at 2^32.
 */
#ifndef APPS_LIB_ALARM_H
#define APPS_LIB_ALARM_H

#include <stdint.h>

#include "apps/lib/syscall.h"

/* Ticks per second; 0 when there is no alarm driver. */
uint32_t alarm_frequency_hz(void);
uint32_t alarm_now_ticks(void);
/* Rounded down. At most 2^32 - 1 ticks, which is 511 s at the nRF52's 8,388,608 Hz. */
uint32_t alarm_ms_to_ticks(uint32_t ms);

/* Waits. Any length; upcalls of other drivers stay queued meanwhile. */
int alarm_sleep_ms(uint32_t ms);
/* Waits until `dt` ticks after `reference`, a time that is not in the future: the next period of
 * something periodic is exact, however late this call comes. Returns at once when that time has
 * passed. */
int alarm_wait_until(uint32_t reference, uint32_t dt);

/* Without waiting: sets the function for all later alarms, then an alarm; the upcall gets (now, the
 * tick it was set for, 0). */
int alarm_subscribe(syscall_upcall upcall, void *userdata);
int alarm_set_relative(uint32_t dt);
int alarm_set_absolute(uint32_t reference, uint32_t dt);
int alarm_stop(void);

#endif
