/*
 * hid_descriptors.h - what a security key and a keyboard tell the host of themselves.
 */
#ifndef KERNEL_CAPSULES_HID_DESCRIPTORS_H
#define KERNEL_CAPSULES_HID_DESCRIPTORS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/slice.h"

enum hid_descriptors_kind {
    HID_DESCRIPTORS_CTAP,
    HID_DESCRIPTORS_KEYBOARD,
};

/* `value`: of GET_DESCRIPTOR, type << 8 | index. Empty when there is none. */
struct const_slice hid_descriptors_get(enum hid_descriptors_kind kind, uint32_t value);

#endif
