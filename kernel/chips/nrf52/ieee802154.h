/*
 * ieee802154.h - RADIO of the nRF52840 in its mode for IEEE 802.15.4. Product specification, RADIO.
 */
#ifndef KERNEL_CHIPS_NRF52_IEEE802154_H
#define KERNEL_CHIPS_NRF52_IEEE802154_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/chips/nrf52/radio.h"
#include "kernel/hil/radio.h"

/* Length byte and frame; what comes in has its quality where the check sequence was. */
#define NRF52_IEEE802154_BUFFER_BYTES 128u

struct nrf52_ieee802154 {
    struct nrf52_radio_user user;
    const struct hil_radio_client *client;
    bool wanted;    /* on, as far as the client is concerned */
    bool has_frame; /* `out` waits or is being sent */
    uint8_t channel;
    struct dma_buffer frame; /* of `in` without the length byte; claimed but for `received` */
    uint8_t in[NRF52_IEEE802154_BUFFER_BYTES];
    uint8_t out[NRF52_IEEE802154_BUFFER_BYTES];
};

extern const struct hil_radio_ops nrf52_ieee802154_ops; /* self: struct nrf52_ieee802154 */

/* Off, channel 11. Becomes a user of the radio. */
void nrf52_ieee802154_init(struct nrf52_ieee802154 *driver, struct nrf52_radio *radio);

#endif
