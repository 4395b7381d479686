/* Frames of IEEE 802.15.4, as they are on the air but for their check sequence. */
#ifndef APPS_LIB_RADIO_H
#define APPS_LIB_RADIO_H

#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

/* What radio_listen keeps until radio_receive takes it: so many frames, less one. */
#define RADIO_SLOTS 5
struct radio_ring {
    uint8_t bytes[ABI_IEEE802154_RING_HEADER + RADIO_SLOTS * ABI_IEEE802154_SLOT_BYTES];
};

/* The radio listens whenever it is on and not sending. */
int radio_turn_on(void);
int radio_turn_off(void);
/* 11 to 26. */
int radio_set_channel(uint32_t channel);
/* Sends a frame of 1 to 125 bytes and waits until it is on the air. K_EBUSY: the channel was not
 * free, or another app is sending. */
int radio_send(const void *frame, size_t bytes);
/* Without waiting: the upcall gets (status, 0, 0). The frame is lent until then, and another one is
 * K_EBUSY. */
int radio_send_async(const void *frame, size_t bytes, syscall_upcall upcall, void *userdata);
/* From now on frames go into the ring, which stays with the kernel. The app's own. */
int radio_listen(struct radio_ring *ring);
/* Waits for a frame and copies it, cut to `bytes`; returns its length. *quality: 0 to 255. */
int radio_receive(struct radio_ring *ring, void *frame, size_t bytes, uint32_t *quality);
/* Without waiting: the upcall gets (quality, 0, 0) for each frame, and radio_take fetches it. */
int radio_subscribe(syscall_upcall upcall, void *userdata);
/* The oldest frame, cut to `bytes`: its length, or 0 when there is none. */
int radio_take(struct radio_ring *ring, void *frame, size_t bytes);

#endif
