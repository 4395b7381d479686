/*
 * radio.h - RADIO of the nRF52840 in its mode for IEEE 802.15.4. Product specification, RADIO.
 */
#ifndef KERNEL_CHIPS_NRF52_RADIO_H
#define KERNEL_CHIPS_NRF52_RADIO_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/radio.h"

/* Length byte and frame; what comes in has its quality where the check sequence was. */
#define NRF52_RADIO_BUFFER_BYTES 128u

enum nrf52_radio_state {
    NRF52_RADIO_OFF,
    NRF52_RADIO_LISTENING,
    NRF52_RADIO_STOPPING, /* on its way from listening to what comes next */
    NRF52_RADIO_SENDING,  /* or finding out whether the channel is free */
};

struct nrf52_radio {
    const struct hil_radio_client *client;
    enum nrf52_radio_state state;
    bool wanted;    /* on, as far as the client is concerned */
    bool has_frame; /* `out` waits or is being sent */
    uint8_t channel;
    struct dma_buffer frame; /* of `in` without the length byte; claimed but for `received` */
    uint8_t in[NRF52_RADIO_BUFFER_BYTES];
    uint8_t out[NRF52_RADIO_BUFFER_BYTES];
};

extern const struct hil_radio_ops nrf52_radio_ops; /* self: struct nrf52_radio */

/* Off, channel 11. The high-frequency crystal runs already. */
void nrf52_radio_init(struct nrf52_radio *radio);

/* The RADIO interrupt. self: struct nrf52_radio. */
void nrf52_radio_serve(void *self);

/* As struct nrf52_interrupt has it. */
void nrf52_radio_stop_dead(void *self);

#endif
