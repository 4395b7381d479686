/*
 * ble_radio.h - the radio and advertisements of Bluetooth LE, for boards that have an antenna:
 *
 *   drivers[] = {BASE_DRIVERS, BLE_RADIO_DRIVERS, ...}
 *   interrupt_rows[] = {BASE_INTERRUPTS, BLE_RADIO_INTERRUPTS, ...}
 *   board_start: ble_radio_init(), and after it what else uses the radio
 */
#ifndef KERNEL_BOARDS_BLE_RADIO_H
#define KERNEL_BOARDS_BLE_RADIO_H

#include "kernel/capsules/ble_advertising.h"
#include "kernel/chips/nrf52/ble.h"
#include "kernel/chips/nrf52/radio.h"
#include "kernel/chips/nrf52/rtc_delay.h"

struct ble_radio {
    struct nrf52_radio radio; /* for another protocol, too */
    struct nrf52_ble ble;
    struct nrf52_rtc_delay delay;
    struct ble_advertising_driver driver;
};
extern struct ble_radio ble_radio;

#define BLE_RADIO_DRIVERS                                                                          \
    {                                                                                              \
        &ble_advertising_driver_ops, &ble_radio.driver                                             \
    }
#define BLE_RADIO_INTERRUPTS                                                                       \
    {                                                                                              \
        NRF52_IRQN_RADIO, nrf52_radio_serve, nrf52_radio_stop_dead, &ble_radio.radio               \
    }

void ble_radio_init(void);

#endif
