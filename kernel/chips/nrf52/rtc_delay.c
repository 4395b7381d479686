#include "kernel/chips/nrf52/rtc_delay.h"

#include <stddef.h>

#include "kernel/chips/nrf52/registers.h"

enum {
    RTC_EVENTS_COMPARE = 0x140,
    RTC_INTENSET = 0x304,
    RTC_INTENCLR = 0x308,
    RTC_COUNTER = 0x504,
    RTC_CC = 0x540,
};
#define RTC_MASK          0x00FFFFFFu
#define RTC_TICKS_PER_2_S 65536u
#define MICROSECONDS_2_S  2000000u
/* The tick under way counts for nothing, and CC = COUNTER + 1 may be missed. */
#define TICKS_MORE 2u

static uint32_t interrupt_bit(const struct nrf52_rtc_delay *delay)
{
    return 1u << (16u + delay->compare);
}

static uint32_t event(const struct nrf52_rtc_delay *delay)
{
    return RTC_EVENTS_COMPARE + 4u * delay->compare;
}

static void delay_start(void *self, uint32_t microseconds)
{
    const struct nrf52_rtc_delay *delay = self;
    uint64_t ticks = (uint64_t)microseconds * RTC_TICKS_PER_2_S / MICROSECONDS_2_S;
    uint32_t due = *nrf52_register(NRF52_RTC1_BASE, RTC_COUNTER) + (uint32_t)ticks + TICKS_MORE;
    *nrf52_register(NRF52_RTC1_BASE, RTC_CC + 4u * delay->compare) = due & RTC_MASK;
    nrf52_event_clear(NRF52_RTC1_BASE, event(delay));
    *nrf52_register(NRF52_RTC1_BASE, RTC_INTENSET) = interrupt_bit(delay);
}

static void delay_set_client(void *self, const struct hil_delay_client *client)
{
    struct nrf52_rtc_delay *delay = self;
    delay->client = client;
}

const struct hil_delay_ops nrf52_rtc_delay_ops = {delay_start, delay_set_client};

void nrf52_rtc_delay_serve(void *self)
{
    const struct nrf52_rtc_delay *delay = self;
    if (!nrf52_event_is_set(NRF52_RTC1_BASE, event(delay))) {
        return;
    }
    *nrf52_register(NRF52_RTC1_BASE, RTC_INTENCLR) = interrupt_bit(delay);
    nrf52_event_clear(NRF52_RTC1_BASE, event(delay));
    if (delay->client != NULL) {
        delay->client->elapsed(delay->client->self);
    }
}
