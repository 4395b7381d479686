/*
 * rtc.h - the alarm: RTC1, 24 bits at 32,768 Hz.
 */
#ifndef KERNEL_CHIPS_NRF52_RTC_H
#define KERNEL_CHIPS_NRF52_RTC_H

#include <stdbool.h>

#include "kernel/hil/alarm.h"

#define NRF52_RTC_FREQUENCY_HZ 32768u
#define NRF52_RTC_WIDTH_BITS   24u

/* Where COUNTER is, for tools. */
#define NRF52_RTC_COUNTER_ADDRESS 0x40011504u

struct nrf52_rtc {
    bool armed;
    const struct hil_alarm_client *client;
};

extern const struct hil_alarm_ops nrf52_rtc_ops; /* self: struct nrf52_rtc */

/* Starts the counter. The slow clock runs already. */
void nrf52_rtc_init(struct nrf52_rtc *rtc);

/* The RTC1 interrupt. self: struct nrf52_rtc. */
void nrf52_rtc_serve(void *self);

/* As struct nrf52_interrupt has it. */
void nrf52_rtc_stop_dead(void *self);

#endif
