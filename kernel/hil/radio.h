/*
 * radio.h - a radio of IEEE 802.15.4 at 2.4 GHz: whole frames without the two bytes of their check
 * sequence, which the radio makes and checks. It keeps no addresses and sends no acknowledgements.
 */
#ifndef KERNEL_HIL_RADIO_H
#define KERNEL_HIL_RADIO_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/slice.h"

#define HIL_RADIO_FRAME_MAX     125u
#define HIL_RADIO_CHANNEL_FIRST 11u
#define HIL_RADIO_CHANNEL_LAST  26u

/* Whom to call, from the kernel's main loop, never from inside a call of the ops. */
struct hil_radio_client {
    /* The frame is on its way. status: K_OK; K_EBUSY: somebody else
     * was sending, it was not sent; K_ECANCEL: the radio was switched off. */
    void (*sent)(void *self, int status);
    /* A good frame came in; the bytes are good until this returns. Quality: 0 to 255. */
    void (*received)(void *self, struct const_slice frame, uint32_t quality);
    void *self;
};

struct hil_radio_ops {
    /* While it is on and does not send, it listens. */
    void (*set_power)(void *self, bool on);
    bool (*is_on)(void *self);
    /* Channels 11 to 26, else K_EINVAL. At once, or after what is being sent; a frame that is just
     * coming in is lost. */
    int (*set_channel)(void *self, uint32_t channel);
    uint32_t (*channel)(void *self);
    /* Listens whether the channel is free, then sends. K_EOFF: it is off; K_EBUSY: it is sending;
     * K_ESIZE: no bytes, or more than HIL_RADIO_FRAME_MAX. The bytes are copied. */
    int (*transmit)(void *self, struct const_slice frame);
    /* `client` (borrowed for ever) gets the calls from now on. */
    void (*set_client)(void *self, const struct hil_radio_client *client);
};

struct hil_radio {
    const struct hil_radio_ops *ops;
    void *self;
};

#endif
