#include "apps/lib/alarm.h"

#include <libtock-sync/services/alarm.h>

/* The kernel's counter wraps: longer waits are made of such pieces. */
#define PIECE_TICKS 0x80000000u

static libtock_alarm_ticks_t *alarms; /* in no order; there are few */

static uint32_t ticks_left(const libtock_alarm_ticks_t *alarm, uint32_t now)
{
    uint32_t passed = now - alarm->reference;
    return passed < alarm->dt ? alarm->dt - passed : 0;
}

static libtock_alarm_ticks_t *find_next(uint32_t now)
{
    libtock_alarm_ticks_t *next = alarms;
    for (libtock_alarm_ticks_t *alarm = alarms; alarm != NULL; alarm = alarm->next) {
        if (ticks_left(alarm, now) < ticks_left(next, now)) {
            next = alarm;
        }
    }
    return next;
}

static void expired(uint32_t now, uint32_t expiry, uint32_t unused, void *userdata);

static void arm(void)
{
    const libtock_alarm_ticks_t *next = find_next(alarm_now_ticks());
    if (next != NULL) {
        (void)alarm_subscribe(expired, NULL);
        (void)alarm_set_absolute(next->reference, next->dt);
    } else {
        (void)alarm_stop();
    }
}

static void unlink_alarm(const libtock_alarm_ticks_t *gone)
{
    libtock_alarm_ticks_t **link = &alarms;
    while (*link != NULL && *link != gone) {
        link = &(*link)->next;
    }
    if (*link != NULL) {
        *link = gone->next;
    }
}

/* Functions may set and cancel alarms, so the list is looked at anew after each. */
static void expired(uint32_t now, uint32_t expiry, uint32_t unused, void *userdata)
{
    (void)now;
    (void)expiry;
    (void)unused;
    (void)userdata;
    for (;;) {
        uint32_t at = alarm_now_ticks();
        libtock_alarm_ticks_t *next = find_next(at);
        if (next == NULL || ticks_left(next, at) > 0) {
            break;
        }
        unlink_alarm(next);
        next->callback(at, next->reference + next->dt, next->opaque);
    }
    arm();
}

uint32_t libtock_alarm_ticks_to_ms(uint32_t ticks)
{
    return (uint32_t)((uint64_t)ticks * 1000u / alarm_frequency_hz());
}

int libtock_alarm_at(uint32_t reference, uint32_t dt, libtock_alarm_callback callback, void *opaque,
                     libtock_alarm_ticks_t *alarm)
{
    if (alarm_frequency_hz() == 0) {
        return RETURNCODE_FAIL;
    }
    unlink_alarm(alarm);
    *alarm = (libtock_alarm_ticks_t){reference, dt, callback, opaque, alarms};
    alarms = alarm;
    arm();
    return RETURNCODE_SUCCESS;
}

void libtock_alarm_cancel(libtock_alarm_ticks_t *alarm)
{
    unlink_alarm(alarm);
    arm();
}

static int begin_piece(libtock_alarm_t *alarm, uint32_t reference);

static void piece_over(uint32_t now, uint32_t scheduled, void *opaque)
{
    libtock_alarm_t *alarm = opaque;
    alarm->ticks_left -= alarm->alarm.dt;
    if (alarm->ticks_left > 0) {
        (void)begin_piece(alarm, scheduled);
        return;
    }
    if (alarm->repeats) {
        alarm->ticks_left = alarm->ticks;
        (void)begin_piece(alarm, scheduled);
    }
    alarm->callback(now, scheduled, alarm->opaque);
}

static int begin_piece(libtock_alarm_t *alarm, uint32_t reference)
{
    uint32_t dt = alarm->ticks_left < PIECE_TICKS ? (uint32_t)alarm->ticks_left : PIECE_TICKS;
    return libtock_alarm_at(reference, dt, piece_over, alarm, &alarm->alarm);
}

static int begin(uint32_t ms, libtock_alarm_callback callback, void *opaque, bool repeats,
                 libtock_alarm_t *alarm)
{
    unlink_alarm(&alarm->alarm);
    uint64_t ticks = (uint64_t)ms * alarm_frequency_hz() / 1000u;
    alarm->ticks = ticks > 0 ? ticks : 1;
    alarm->ticks_left = alarm->ticks;
    alarm->repeats = repeats;
    alarm->callback = callback;
    alarm->opaque = opaque;
    return begin_piece(alarm, alarm_now_ticks());
}

int libtock_alarm_in_ms(uint32_t ms, libtock_alarm_callback callback, void *opaque,
                        libtock_alarm_t *alarm)
{
    return begin(ms, callback, opaque, false, alarm);
}

void libtock_alarm_repeating_every_ms(uint32_t ms, libtock_alarm_callback callback, void *opaque,
                                      libtock_alarm_t *alarm)
{
    (void)begin(ms, callback, opaque, true, alarm);
}

void libtock_alarm_ms_cancel(libtock_alarm_t *alarm)
{
    libtock_alarm_cancel(&alarm->alarm);
}

static void note(uint32_t now, uint32_t scheduled, void *opaque)
{
    (void)now;
    (void)scheduled;
    *(volatile bool *)opaque = true;
}

int libtocksync_alarm_delay_ms(uint32_t ms)
{
    bool never = false;
    int status = libtocksync_alarm_yield_for_with_timeout(&never, ms);
    return status == RETURNCODE_FAIL ? RETURNCODE_SUCCESS : status;
}

int libtocksync_alarm_yield_for_with_timeout(bool *condition, uint32_t ms)
{
    libtock_alarm_t alarm;
    volatile bool is_over = false;
    int status = libtock_alarm_in_ms(ms, note, (void *)&is_over, &alarm);
    if (status != RETURNCODE_SUCCESS) {
        return RETURNCODE_ENODEVICE;
    }
    while (!is_over && !*(volatile bool *)condition) {
        yield();
    }
    libtock_alarm_ms_cancel(&alarm);
    return *(volatile bool *)condition ? RETURNCODE_SUCCESS : RETURNCODE_FAIL;
}
