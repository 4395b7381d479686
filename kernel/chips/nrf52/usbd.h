/*
 * usbd.h - the nRF52840 as a USB device: USBD, and the part of POWER that watches the cable.
 * Product specification, USBD; errata 171, 187 and 199.
 */
#ifndef KERNEL_CHIPS_NRF52_USBD_H
#define KERNEL_CHIPS_NRF52_USBD_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/usb.h"

/* Transfers between RAM and endpoint buffers; there is one DMA for all of them. */
enum nrf52_usbd_dma {
    NRF52_USBD_EP0_IN = 1u << 0,
    NRF52_USBD_EP1_IN = 1u << 1,
    NRF52_USBD_EP1_OUT = 1u << 2,
};

struct nrf52_usbd {
    const struct hil_usb_client *client;
    bool started;                  /* by the client */
    bool enabled;                  /* USBD is, since the cable is in */
    bool open;                     /* endpoint 1 */
    bool out_filled;               /* endpoint 1 has a packet that nobody has fetched */
    uint8_t running;               /* enum nrf52_usbd_dma under way, 0: none */
    uint8_t waiting;               /* those that come after it */
    struct dma_buffer *in_buffer;  /* claimed: with the DMA, or waits for the host; or NULL */
    struct dma_buffer *out_buffer; /* claimed: for the next packet; NULL: nobody receives */
    struct slice in, out;          /* what is used of them */
    struct const_slice answer;     /* of the control transfer under way, not yet sent */
    bool answer_short;             /* a packet that is not full must end it */
    uint8_t packet[HIL_USB_PACKET_BYTES]; /* of it, in RAM */
};

extern const struct hil_usb_ops nrf52_usbd_ops; /* self: struct nrf52_usbd */

/* The USBD interrupt, and POWER's. self: struct nrf52_usbd. */
void nrf52_usbd_serve(void *self);
void nrf52_usbd_serve_power(void *self);

/* As struct nrf52_interrupt has it. */
void nrf52_usbd_stop_dead(void *self);

#endif
