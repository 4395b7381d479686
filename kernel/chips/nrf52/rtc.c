#include "kernel/chips/nrf52/rtc.h"

#include <stddef.h>

#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    RTC_TASKS_START = 0x000,
    RTC_EVENTS_COMPARE0 = 0x140,
    RTC_INTENSET = 0x304,
    RTC_INTENCLR = 0x308,
    RTC_COUNTER = 0x504,
    RTC_PRESCALER = 0x508,
    RTC_CC0 = 0x540,
};
#define RTC_INT_COMPARE0 (1u << 16)
#define RTC_MASK         0x00FFFFFFu
/* CC = COUNTER + 1 may be missed; + 2 never is (product specification, RTC, COMPARE feature). */
#define RTC_SAFE_TICKS 2u

static uint32_t counter(void)
{
    return *nrf52_register(NRF52_RTC1_BASE, RTC_COUNTER);
}

static uint32_t rtc_now(void *self)
{
    (void)self;
    return counter();
}

static void rtc_disarm(void *self)
{
    struct nrf52_rtc *rtc = self;
    rtc->armed = false;
    *nrf52_register(NRF52_RTC1_BASE, RTC_INTENCLR) = RTC_INT_COMPARE0;
    nrf52_event_clear(NRF52_RTC1_BASE, RTC_EVENTS_COMPARE0);
}

static void rtc_set(void *self, uint32_t reference, uint32_t dt)
{
    struct nrf52_rtc *rtc = self;
    rtc_disarm(rtc);
    /* The counter goes on meanwhile: look again after each write whether it came too late. */
    for (;;) {
        uint32_t now = counter();
        uint32_t passed = (now - reference) & RTC_MASK;
        bool soon = passed >= dt || dt - passed < RTC_SAFE_TICKS;
        uint32_t expiry = soon ? now + RTC_SAFE_TICKS : reference + dt;
        *nrf52_register(NRF52_RTC1_BASE, RTC_CC0) = expiry & RTC_MASK;
        if (counter() == now) {
            break;
        }
    }
    rtc->armed = true;
    *nrf52_register(NRF52_RTC1_BASE, RTC_INTENSET) = RTC_INT_COMPARE0;
}

static bool rtc_is_armed(void *self)
{
    const struct nrf52_rtc *rtc = self;
    return rtc->armed;
}

static void rtc_set_client(void *self, const struct hil_alarm_client *client)
{
    struct nrf52_rtc *rtc = self;
    rtc->client = client;
}

const struct hil_alarm_ops nrf52_rtc_ops = {
    .now = rtc_now,
    .set = rtc_set,
    .disarm = rtc_disarm,
    .is_armed = rtc_is_armed,
    .set_client = rtc_set_client,
};

void nrf52_rtc_init(struct nrf52_rtc *rtc)
{
    rtc_disarm(rtc);
    *nrf52_register(NRF52_RTC1_BASE, RTC_PRESCALER) = 0;
    nrf52_task(NRF52_RTC1_BASE, RTC_TASKS_START);
}

void nrf52_rtc_serve(void *self)
{
    struct nrf52_rtc *rtc = self;
    bool fired = nrf52_event_is_set(NRF52_RTC1_BASE, RTC_EVENTS_COMPARE0);
    if (!fired || !rtc->armed) {
        return;
    }
    rtc_disarm(rtc);
    hil_alarm_client_fired(rtc->client);
}

void nrf52_rtc_stop_dead(void *self)
{
    struct nrf52_rtc *rtc = self;
    if (guard_is_dead(NRF52_OWNER(rtc->client))) {
        rtc_disarm(rtc);
    }
}
