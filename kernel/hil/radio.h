/*
 * radio.h - a radio of IEEE 802.15.4 at 2.4 GHz: whole frames without the two bytes of their check
 * sequence, which the radio makes and checks. It keeps no addresses and sends no acknowledgements.
 */
#ifndef KERNEL_HIL_RADIO_H
#define KERNEL_HIL_RADIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"
#include "kernel/hil/slice.h"

#define HIL_RADIO_FRAME_MAX     125u
#define HIL_RADIO_CHANNEL_FIRST 11u
#define HIL_RADIO_CHANNEL_LAST  26u

/* Whom to call, from the kernel's main loop, never from inside a call of the ops. */
struct hil_radio_client {
    /* The frame is on its way. status: K_OK; K_EBUSY: somebody else
     * was sending, it was not sent; K_ECANCEL: the radio was switched off. */
    PRIVATE void (*sent)(void *self, int status);
    /* A good frame came in, so many bytes at the start of the radio's buffer, which is lent to the
     * radio again when this returns. Quality: 0 to 255. */
    PRIVATE void (*received)(void *self, const struct dma_buffer *frame, uint32_t length,
                             uint32_t quality);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_radio_ops {
    PRIVATE void (*set_power)(void *self, bool on);
    PRIVATE bool (*is_on)(void *self);
    PRIVATE int (*set_channel)(void *self, uint32_t channel);
    PRIVATE uint32_t (*channel)(void *self);
    PRIVATE int (*transmit)(void *self, BORROWED struct const_slice frame);
    PRIVATE void (*set_client)(void *self, const struct hil_radio_client *client);
};

struct hil_radio {
    PRIVATE const struct hil_radio_ops *ops;
    PRIVATE void *self;
};

/* While it is on and does not send, it listens. */
static inline void hil_radio_set_power(BORROWED const struct hil_radio *radio, bool on)
{
    HIL_CALL(radio, set_power, on);
}

static inline bool hil_radio_is_on(BORROWED const struct hil_radio *radio)
{
    return HIL_CALL(radio, is_on);
}

/* Channels 11 to 26, else K_EINVAL. At once, or after what is being sent; a frame that is just
 * coming in is lost. */
static inline int hil_radio_set_channel(BORROWED const struct hil_radio *radio, uint32_t channel)
{
    return HIL_CALL(radio, set_channel, channel);
}

static inline uint32_t hil_radio_channel(BORROWED const struct hil_radio *radio)
{
    return HIL_CALL(radio, channel);
}

/* Listens whether the channel is free, then sends; `sent` follows. K_EOFF: it is off; K_EBUSY: it
 * is sending; K_ESIZE: no bytes, or more than HIL_RADIO_FRAME_MAX. The bytes are copied. */
static inline int hil_radio_transmit(BORROWED const struct hil_radio *radio,
                                     BORROWED struct const_slice frame)
{
    return HIL_CALL(radio, transmit, frame);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_radio_set_client(BORROWED const struct hil_radio *radio,
                                        const struct hil_radio_client *client)
{
    HIL_CALL(radio, set_client, client);
}

/* For drivers. NULL: nobody is told. */
static inline void hil_radio_client_sent(BORROWED const struct hil_radio_client *client, int status)
{
    if (client != NULL) {
        GUARD_CALL_VOID(client->owner, client->sent, client->self, status);
    }
}

static inline void hil_radio_client_received(BORROWED const struct hil_radio_client *client,
                                             const struct dma_buffer *frame, uint32_t length,
                                             uint32_t quality)
{
    if (client != NULL) {
        GUARD_CALL_VOID(client->owner, client->received, client->self, frame, length, quality);
    }
}

#endif
