/*
 * ctap_hid.h - driver 0x40004: a USB security key's way to its host, a HID device of FIDO's usage
 * page with reports of 64 bytes. Enumeration is this file's, what the reports say the app's. One
 * process at a time. ABI: docs/syscalls/40004_ctap_hid.md.
 *
 * Reference: USB 2.0, chapter 9; HID 1.11, 6.2 and 7; CTAP 2.0, 8.1.8.
 */
#ifndef KERNEL_CAPSULES_CTAP_HID_H
#define KERNEL_CAPSULES_CTAP_HID_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/driver.h"
#include "kernel/hil/usb.h"

struct ctap_hid_driver {
    const struct hil_usb *usb; /* borrowed for ever */
    struct hil_usb_client client;
    struct process_id owner;  /* the first that used it, until it ends */
    bool sending, receiving;  /* a buffer is with `usb` */
    uint8_t configuration[1]; /* 1: the host has chosen it */
    struct dma_buffer in, out;
    uint8_t in_bytes[HIL_USB_PACKET_BYTES];
    uint8_t out_bytes[HIL_USB_PACKET_BYTES];
};

extern const struct driver_ops ctap_hid_driver_ops;

/* Becomes the client of `usb`, which nobody else may use, and starts it. */
void ctap_hid_init(struct ctap_hid_driver *driver, const struct hil_usb *usb);

#endif
