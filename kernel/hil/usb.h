/*
 * usb.h - the chip as a USB device: control transfers, and one pair of interrupt endpoints, number
 * 1, with packets of at most HIL_USB_PACKET_BYTES.
 */
#ifndef KERNEL_HIL_USB_H
#define KERNEL_HIL_USB_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/slice.h"

#define HIL_USB_PACKET_BYTES 64u

/* The eight bytes of a SETUP packet. */
struct hil_usb_setup {
    uint8_t request_type;
    uint8_t request;
    uint16_t value, index, length;
};

/* What to do about it. Data may lie anywhere and stays in place until the next request; more than
 * was asked for is cut. */
struct hil_usb_answer {
    bool accepted;           /* false: it is stalled */
    struct const_slice data; /* of a request that reads; else empty */
};

/* Whom to call, from the kernel's main loop, never from inside a call of the ops. */
struct hil_usb_client {
    /* A request came, SET_ADDRESS excepted, which the hardware answers. One that writes data is
     * stalled without asking. */
    struct hil_usb_answer (*setup)(void *self, struct hil_usb_setup setup);
    /* The host reset the bus, or the cable is out: the endpoints are closed, what was under way on
     * them is forgotten and its bytes are the client's again. */
    void (*reset)(void *self);
    /* The host has taken the packet. */
    void (*sent)(void *self);
    /* So many bytes of a packet lie in the buffer. */
    void (*received)(void *self, uint32_t count);
    void *self;
};

struct hil_usb_ops {
    /* From now on it shows itself to a host whenever the cable is in. */
    void (*start)(void *self);
    /* Opens the endpoints, data toggles at their start, or closes them. Cancels what is under way.
     */
    void (*set_open)(void *self, bool open);
    /* The packet lies in RAM and stays in place until `sent` or `reset`. K_EOFF: the endpoints are
     * closed; K_EBUSY: one is under way; K_ESIZE: too long. */
    int (*send)(void *self, struct const_slice packet);
    /* The next packet goes into the buffer, of HIL_USB_PACKET_BYTES, which is the driver's until
     * `received`, `reset` or cancel_receive. K_EOFF, K_EBUSY, K_ESIZE. Until it is called the host
     * has to wait. */
    int (*receive)(void *self, struct slice buffer);
    /* False: there is none, or its packet is just being copied and `received` follows. */
    bool (*cancel_receive)(void *self);
    /* `client` (borrowed for ever) gets the calls from now on. */
    void (*set_client)(void *self, const struct hil_usb_client *client);
};

struct hil_usb {
    const struct hil_usb_ops *ops;
    void *self;
};

#endif
