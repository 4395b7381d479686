/*
 * rtc_delay.h - delays from RTC1, whose counter the alarm (rtc.h) has started. However many there
 * are, they share one compare register.
 */
#ifndef KERNEL_CHIPS_NRF52_RTC_DELAY_H
#define KERNEL_CHIPS_NRF52_RTC_DELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/delay.h"

struct nrf52_rtc_delay;

/* The board's one instance. */
struct nrf52_rtc_delays {
    struct nrf52_rtc_delay *first; /* under way, in no order */
};

/* One of them; the board sets `all` only. */
struct nrf52_rtc_delay {
    struct nrf52_rtc_delays *all;
    const struct hil_delay_client *client;
    struct nrf52_rtc_delay *next;
    uint32_t due; /* a value of the counter */
    bool running;
};

extern const struct hil_delay_ops nrf52_rtc_delay_ops; /* self: struct nrf52_rtc_delay */

/* One of them. */
void nrf52_rtc_delay_start(void *self, uint32_t microseconds);

/* What hil_delay_ops has not: one under way is forgotten. */
void nrf52_rtc_delay_stop(struct nrf52_rtc_delay *delay);

/* The RTC1 interrupt, in a row of its own beside the alarm's. self: struct nrf52_rtc_delays. */
void nrf52_rtc_delays_serve(void *self);

/* As struct nrf52_interrupt has it. */
void nrf52_rtc_delays_stop_dead(void *self);

#endif
