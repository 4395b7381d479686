#include "kernel/chips/nrf52/rtc_delay.h"

#include <stddef.h>

#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    RTC_EVENTS_COMPARE1 = 0x144,
    RTC_INTENSET = 0x304,
    RTC_INTENCLR = 0x308,
    RTC_COUNTER = 0x504,
    RTC_CC1 = 0x544,
};
#define RTC_INT_COMPARE1 (1u << 17)
#define RTC_MASK         0x00FFFFFFu
#define RTC_HALF         0x00800000u
/* 32768 Hz in lowest terms: so many ticks are so many microseconds. */
#define RTC_TICKS        512u
#define RTC_MICROSECONDS 15625u
/* The tick under way counts for nothing, and a value of the past or the next tick may be missed. */
#define RTC_SAFE_TICKS 2u

static uint32_t counter(void)
{
    return *nrf52_register(NRF52_RTC1_BASE, RTC_COUNTER);
}

/* Ticks until then; 0 when it has come. No delay is as long as half a turn of the counter. */
static uint32_t ticks_left(const struct nrf52_rtc_delay *delay, uint32_t now)
{
    uint32_t left = (delay->due - now) & RTC_MASK;
    return left < RTC_HALF ? left : 0;
}

/* Has the interrupt come when the earliest one is due, and not at all when there is none. */
static void arm(const struct nrf52_rtc_delays *delays)
{
    if (delays->first == NULL) {
        *nrf52_register(NRF52_RTC1_BASE, RTC_INTENCLR) = RTC_INT_COMPARE1;
        return;
    }
    /* The counter goes on meanwhile: look again after each write whether it came too late. */
    uint32_t now = 0;
    do {
        now = counter();
        uint32_t least = RTC_HALF;
        for (const struct nrf52_rtc_delay *each = delays->first; each != NULL; each = each->next) {
            uint32_t left = ticks_left(each, now);
            least = left < least ? left : least;
        }
        least = least < RTC_SAFE_TICKS ? RTC_SAFE_TICKS : least;
        *nrf52_register(NRF52_RTC1_BASE, RTC_CC1) = (now + least) & RTC_MASK;
    } while (counter() != now);
    *nrf52_register(NRF52_RTC1_BASE, RTC_INTENSET) = RTC_INT_COMPARE1;
}

static void remove_from_list(struct nrf52_rtc_delay *delay)
{
    struct nrf52_rtc_delay **link = &delay->all->first;
    while (*link != delay) {
        link = &(*link)->next;
    }
    *link = delay->next;
    delay->running = false;
}

void nrf52_rtc_delay_stop(struct nrf52_rtc_delay *delay)
{
    if (delay->running) {
        remove_from_list(delay);
        arm(delay->all);
    }
}

void nrf52_rtc_delay_start(void *self, uint32_t microseconds)
{
    struct nrf52_rtc_delay *delay = self;
    /* In two parts, as a division of 64 bits would bring 750 bytes of code along. */
    uint32_t ticks = microseconds / RTC_MICROSECONDS * RTC_TICKS +
                     microseconds % RTC_MICROSECONDS * RTC_TICKS / RTC_MICROSECONDS;
    if (!delay->running) {
        delay->running = true;
        delay->next = delay->all->first;
        delay->all->first = delay;
    }
    delay->due = (counter() + ticks + RTC_SAFE_TICKS) & RTC_MASK;
    arm(delay->all);
}

static void delay_set_client(void *self, const struct hil_delay_client *client)
{
    struct nrf52_rtc_delay *delay = self;
    delay->client = client;
}

static uint32_t delay_left(void *self)
{
    const struct nrf52_rtc_delay *delay = self;
    uint64_t ticks = delay->running ? ticks_left(delay, counter()) : 0;
    return (uint32_t)(ticks * RTC_MICROSECONDS / RTC_TICKS);
}

const struct hil_delay_ops nrf52_rtc_delay_ops = {nrf52_rtc_delay_start, delay_set_client,
                                                  delay_left};

static struct nrf52_rtc_delay *find_due(const struct nrf52_rtc_delays *delays)
{
    uint32_t now = counter();
    struct nrf52_rtc_delay *found = delays->first;
    while (found != NULL && ticks_left(found, now) > 0) {
        found = found->next;
    }
    return found;
}

void nrf52_rtc_delays_serve(void *self)
{
    struct nrf52_rtc_delays *delays = self;
    if (!nrf52_event_is_set(NRF52_RTC1_BASE, RTC_EVENTS_COMPARE1)) {
        return;
    }
    nrf52_event_clear(NRF52_RTC1_BASE, RTC_EVENTS_COMPARE1);
    /* A client may start its delay again: that one is not due at once. */
    struct nrf52_rtc_delay *due = find_due(delays);
    while (due != NULL) {
        remove_from_list(due);
        hil_delay_client_elapsed(due->client);
        due = find_due(delays);
    }
    arm(delays);
}

void nrf52_rtc_delays_stop_dead(void *self)
{
    struct nrf52_rtc_delays *delays = self;
    struct nrf52_rtc_delay *next = NULL;
    for (struct nrf52_rtc_delay *each = delays->first; each != NULL; each = next) {
        next = each->next;
        if (guard_is_dead(NRF52_OWNER(each->client))) {
            remove_from_list(each);
        }
    }
    arm(delays);
}
