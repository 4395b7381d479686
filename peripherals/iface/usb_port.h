/* peripherals/iface/usb_port.h - the chip's USB socket and what is plugged into it, as
 * transactions: tokens with their data and handshakes. Full speed: a frame is 1 ms, a packet has up
 * to 64 bytes.
 *
 * The host drives `vbus` and calls the functions of the device end; the device end drives `pull_up`
 * and `wake`. Bits do not exist here: the host counts their time. There is one port and at most one
 * device end, the chip's USBD.
 * Reference: Universal Serial Bus specification 2.0, chapters 7.1.7 (signalling), 8 (protocol).
 * Not modelled: isochronous transfers, hubs, low and high speed.
 */
#ifndef PERIPHERALS_IFACE_USB_PORT_H
#define PERIPHERALS_IFACE_USB_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/iface/wire.h"

#define USB_PACKET_BYTES_MAX 64U
#define USB_SETUP_BYTES      8U
#define USB_FRAME_US         1000U
#define USB_FRAME_NUMBERS    2048U /* a frame's number has 11 bits */

enum usb_answer {
    USB_ANSWER_NONE, /* as to another address, or to a packet that came damaged: the host times out
                      */
    USB_ANSWER_ACK,  /* to an IN token: data follows */
    USB_ANSWER_NAK,
    USB_ANSWER_STALL,
};

struct usb_packet {
    uint8_t bytes[USB_PACKET_BYTES_MAX];
    uint32_t count;
    bool data1; /* the packet's toggle: DATA1, else DATA0 */
};

/* The device end. Called only while `pull_up` is high. Any order of calls is harmless. */
struct usb_function {
    void *owner;
    void (*bus_reset)(void *owner);
    void (*start_of_frame)(void *owner, uint32_t number); /* 0 .. USB_FRAME_NUMBERS - 1 */
    void (*resume)(void *owner); /* the host drives a resume on a bus that was quiet */
    /* The packet has come; what it is answered with. */
    enum usb_answer (*setup)(void *owner, uint8_t address, const uint8_t bytes[USB_SETUP_BYTES]);
    enum usb_answer (*out)(void *owner, uint8_t address, uint8_t endpoint,
                           const struct usb_packet *packet);
    /* The token has come. With ACK the packet is filled in. */
    enum usb_answer (*in)(void *owner, uint8_t address, uint8_t endpoint,
                          struct usb_packet *packet);
    /* The host's handshake for that packet has come (else it was damaged: the same is sent again at
     * the next token). */
    void (*in_acknowledged)(void *owner, uint8_t endpoint);
};

struct usb_port {
    struct wire vbus;                    /* high: 5 V at the socket; driven by what is plugged in */
    struct wire pull_up;                 /* high: a device shows itself on D+ */
    struct wire wake;                    /* high: the device drives a resume (remote wake-up) */
    const struct usb_function *function; /* NULL: the chip has no USB */
    bool has_host;                       /* set by a host's init, for ever: there is one socket */
};

void usb_port_init(struct usb_port *port); /* nothing plugged in, no device end */

#endif
