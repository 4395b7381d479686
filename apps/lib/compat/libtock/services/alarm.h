/* Any number of alarms, under libtock-c's names. They are called during a yield. Not together with
 * apps/lib/alarm.h: the kernel has one alarm for an app, and here it is shared. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_SERVICES_ALARM_H
#define APPS_LIB_COMPAT_LIBTOCK_SERVICES_ALARM_H

#include <libtock/tock.h>

/* (now, the tick it was set for, opaque) */
typedef void (*libtock_alarm_callback)(uint32_t, uint32_t, void *);

/* Handles, the caller's; they stay in place until the alarm has been called or cancelled. */
typedef struct libtock_alarm_ticks {
    uint32_t reference, dt;
    libtock_alarm_callback callback;
    void *opaque;
    struct libtock_alarm_ticks *next;
} libtock_alarm_ticks_t;

typedef struct libtock_alarm {
    uint64_t ticks, ticks_left;
    bool repeats;
    libtock_alarm_callback callback;
    void *opaque;
    libtock_alarm_ticks_t alarm;
} libtock_alarm_t;

uint32_t libtock_alarm_ticks_to_ms(uint32_t ticks);
/* `dt` ticks after `reference`, which is not in the future. */
int libtock_alarm_at(uint32_t reference, uint32_t dt, libtock_alarm_callback callback, void *opaque,
                     libtock_alarm_ticks_t *alarm);
void libtock_alarm_cancel(libtock_alarm_ticks_t *alarm);
/* Of any length. */
int libtock_alarm_in_ms(uint32_t ms, libtock_alarm_callback callback, void *opaque,
                        libtock_alarm_t *alarm);
/* Without drift. */
void libtock_alarm_repeating_every_ms(uint32_t ms, libtock_alarm_callback callback, void *opaque,
                                      libtock_alarm_t *alarm);
void libtock_alarm_ms_cancel(libtock_alarm_t *alarm);

#endif
