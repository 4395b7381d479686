/*
 * hid.h - the way of a USB device of class HID to its host, as a security key (driver 0x40004,
 * FIDO's usage page, reports of 64 bytes) or as a keyboard (0x90005, the boot keyboard's reports of
 * eight). Enumeration is this file's, what the reports say the app's. One process at a time. ABI:
 * docs/syscalls/40004_ctap_hid.md and 90005_keyboard_hid.md.
 *
 * Reference: USB 2.0, chapter 9; HID 1.11, 6.2, 7 and appendix B; CTAP 2.0, 8.1.8.
 */
#ifndef KERNEL_CAPSULES_HID_H
#define KERNEL_CAPSULES_HID_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/driver.h"
#include "kernel/capsules/hid_descriptors.h"
#include "kernel/hil/usb.h"

struct hid_driver {
    const struct hil_usb *usb; /* borrowed for ever */
    struct hil_usb_client client;
    enum hid_descriptors_kind kind;
    struct process_id owner;  /* the first that used it, until it ends */
    bool sending, receiving;  /* a buffer is with `usb` */
    uint8_t configuration[1]; /* 1: the host has chosen it */
    struct dma_buffer in, out;
    uint8_t in_bytes[HIL_USB_PACKET_BYTES];
    uint8_t out_bytes[HIL_USB_PACKET_BYTES];
};

/* A board that is both needs two instances and two controllers. */
extern const struct driver_ops hid_ctap_driver_ops, hid_keyboard_driver_ops;

/* Becomes the client of `usb`, which nobody else may use, and starts it. */
void hid_init(struct hid_driver *driver, const struct hil_usb *usb, enum hid_descriptors_kind kind);

#endif
