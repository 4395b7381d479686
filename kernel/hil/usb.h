/*
 * usb.h - the chip as a USB device: control transfers, and one pair of interrupt endpoints, number
 * 1, with packets of at most HIL_USB_PACKET_BYTES.
 */
#ifndef KERNEL_HIL_USB_H
#define KERNEL_HIL_USB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/syscall.h"
#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"
#include "kernel/hil/slice.h"

#define HIL_USB_PACKET_BYTES 64u

/* The eight bytes of a SETUP packet. */
struct hil_usb_setup {
    uint8_t request_type;
    uint8_t request;
    uint16_t value, index, length;
};

/* Whom to call, from the kernel's main loop, never from inside a call of the ops. */
struct hil_usb_client {
    /* A request came, SET_ADDRESS excepted, which the hardware answers. One that writes data is
     * stalled without asking. K_OK: it is granted; one that reads gets what hil_usb_answer was told
     * meanwhile. An error: it is stalled. */
    PRIVATE int (*setup)(void *self, struct hil_usb_setup setup);
    /* The host reset the bus, or the cable is out: the endpoints are closed, what was under way on
     * them is forgotten and its buffers are the client's again. */
    PRIVATE void (*reset)(void *self);
    /* The host has taken the packet. */
    PRIVATE void (*sent)(void *self);
    /* So many bytes of a packet lie in the buffer. */
    PRIVATE void (*received)(void *self, uint32_t count);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_usb_ops {
    PRIVATE void (*start)(void *self);
    PRIVATE void (*answer)(void *self, struct const_slice data);
    PRIVATE void (*set_open)(void *self, bool open);
    PRIVATE int (*send)(void *self, struct dma_buffer *packet, uint32_t length);
    PRIVATE int (*receive)(void *self, struct dma_buffer *buffer);
    PRIVATE void (*set_client)(void *self, const struct hil_usb_client *client);
};

struct hil_usb {
    PRIVATE const struct hil_usb_ops *ops;
    PRIVATE void *self;
};

/* From now on it shows itself to a host whenever the cable is in. */
static inline void hil_usb_start(BORROWED const struct hil_usb *usb)
{
    HIL_CALL(usb, start);
}

/* From inside `setup`: what the host gets. Bytes may lie anywhere and stay in place until the next
 * request; more than was asked for is cut. */
static inline void hil_usb_answer(BORROWED const struct hil_usb *usb, struct const_slice data)
{
    HIL_CALL(usb, answer, data);
}

/* Opens the endpoints, data toggles at their start, or closes them. Cancels what is under way. */
static inline void hil_usb_set_open(BORROWED const struct hil_usb *usb, bool open)
{
    HIL_CALL(usb, set_open, open);
}

/* The packet lies at the start of the buffer, which is lent until `sent`, `reset` or set_open.
 * K_EOFF: the endpoints are closed; K_EBUSY: one is under way, or the buffer is lent; K_ESIZE: no
 * bytes, too many, or the buffer has fewer. */
static inline int hil_usb_send(BORROWED const struct hil_usb *usb, struct dma_buffer *packet,
                               uint32_t length)
{
    int offered = dma_buffer_offer(packet, GUARD_CALLER);
    return offered == K_OK ? HIL_CALL(usb, send, packet, length) : offered;
}

/* The next packet goes into the buffer, of HIL_USB_PACKET_BYTES, which is lent until `received`,
 * `reset` or set_open. K_EOFF, K_EBUSY, K_ESIZE. Until it is called the host has to wait. */
static inline int hil_usb_receive(BORROWED const struct hil_usb *usb, struct dma_buffer *buffer)
{
    int offered = dma_buffer_offer(buffer, GUARD_CALLER);
    return offered == K_OK ? HIL_CALL(usb, receive, buffer) : offered;
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_usb_set_client(BORROWED const struct hil_usb *usb,
                                      const struct hil_usb_client *client)
{
    HIL_CALL(usb, set_client, client);
}

/* For drivers. NULL: nobody is told, and all requests are stalled. */
static inline int hil_usb_client_setup(BORROWED const struct hil_usb_client *client,
                                       struct hil_usb_setup setup)
{
    return client == NULL ? K_ENODEVICE
                          : GUARD_CALL(client->owner, client->setup, client->self, setup);
}

static inline void hil_usb_client_reset(BORROWED const struct hil_usb_client *client)
{
    if (client != NULL) {
        GUARD_CALL_VOID(client->owner, client->reset, client->self);
    }
}

static inline void hil_usb_client_sent(BORROWED const struct hil_usb_client *client)
{
    if (client != NULL) {
        GUARD_CALL_VOID(client->owner, client->sent, client->self);
    }
}

static inline void hil_usb_client_received(BORROWED const struct hil_usb_client *client,
                                           uint32_t count)
{
    if (client != NULL) {
        GUARD_CALL_VOID(client->owner, client->received, client->self, count);
    }
}

#endif
