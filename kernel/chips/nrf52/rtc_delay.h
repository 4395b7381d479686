/*
 * rtc_delay.h - delays from RTC1, whose counter the alarm (rtc.h) has started: one of its compare
 * registers 1 to 3 for each.
 */
#ifndef KERNEL_CHIPS_NRF52_RTC_DELAY_H
#define KERNEL_CHIPS_NRF52_RTC_DELAY_H

#include <stdint.h>

#include "kernel/hil/delay.h"

struct nrf52_rtc_delay {
    uint8_t compare; /* 1 to 3, set by the board */
    const struct hil_delay_client *client;
};

extern const struct hil_delay_ops nrf52_rtc_delay_ops; /* self: struct nrf52_rtc_delay */

/* The RTC1 interrupt, in a row of its own beside the alarm's. self: struct nrf52_rtc_delay. */
void nrf52_rtc_delay_serve(void *self);

#endif
