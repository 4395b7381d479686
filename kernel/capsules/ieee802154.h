/*
 * ieee802154.h - driver 0x30001: frames of IEEE 802.15.4 as they are, sent and received. No MAC: no
 * address filter, no acknowledgements, no retries. ABI: docs/syscalls/30001_ieee802154.md.
 */
#ifndef KERNEL_CAPSULES_IEEE802154_H
#define KERNEL_CAPSULES_IEEE802154_H

#include <stdint.h>

#include "kernel/capsule/driver.h"
#include "kernel/hil/radio.h"

struct ieee802154_driver {
    const struct hil_radio *radio; /* borrowed for ever */
    struct hil_radio_client client;
    struct process_id sender;           /* whose frame is being sent; none: nobody's */
    uint8_t frame[HIL_RADIO_FRAME_MAX]; /* on its way to the radio or from it, during a call */
};

extern const struct driver_ops ieee802154_driver_ops;

/* Becomes the client of `radio`, which nobody else may use. */
void ieee802154_init(struct ieee802154_driver *driver, const struct hil_radio *radio);

#endif
