/*
 * ble.h - RADIO in its mode for Bluetooth LE at 1 Mbit/s, on the advertising channels. Product
 * specification, RADIO; Bluetooth core specification, volume 6, part B, 1.4, 2.1 and 3.
 */
#ifndef KERNEL_CHIPS_NRF52_BLE_H
#define KERNEL_CHIPS_NRF52_BLE_H

#include <stdint.h>

#include "kernel/chips/nrf52/radio.h"
#include "kernel/hil/ble.h"

struct nrf52_ble {
    struct nrf52_radio_user user;
    const struct hil_ble_client *client;
    struct dma_buffer *out; /* NULL: nothing is being sent */
    struct slice out_part;
    uint8_t out_dbm, out_channel; /* the channel's index, from 0 on */
    uint8_t in_channel;
    struct dma_buffer in; /* claimed but for `received` */
    uint8_t in_bytes[HIL_BLE_PDU_MAX];
};

extern const struct hil_ble_ops nrf52_ble_ops; /* self: struct nrf52_ble */

/* Off. Becomes a user of the radio. */
void nrf52_ble_init(struct nrf52_ble *ble, struct nrf52_radio *radio);

#endif
