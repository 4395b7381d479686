/*
 * ctap_hid_descriptors.h - what the security key tells the host of itself.
 */
#ifndef KERNEL_CAPSULES_CTAP_HID_DESCRIPTORS_H
#define KERNEL_CAPSULES_CTAP_HID_DESCRIPTORS_H

#include <stdint.h>

#include "kernel/hil/slice.h"

/* `value`: of GET_DESCRIPTOR, type << 8 | index. Empty when there is none. */
struct const_slice ctap_hid_descriptors_get(uint32_t value);

#endif
