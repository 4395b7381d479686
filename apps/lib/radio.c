#include "apps/lib/radio.h"

#include <string.h>

#define DRIVER ABI_DRIVER_IEEE802154

int radio_turn_on(void)
{
    return syscall_command(DRIVER, ABI_IEEE802154_TURN_ON, 0, 0);
}

int radio_turn_off(void)
{
    return syscall_command(DRIVER, ABI_IEEE802154_TURN_OFF, 0, 0);
}

int radio_set_channel(uint32_t channel)
{
    return syscall_command(DRIVER, ABI_IEEE802154_SET_CHANNEL, channel, 0);
}

int radio_send(const void *frame, size_t bytes)
{
    int status = syscall_allow_read_only(DRIVER, ABI_IEEE802154_RO_FRAME, frame, bytes);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_IEEE802154_SEND_RAW, 0, 0);
    }
    if (status == K_OK) {
        struct syscall_return upcall = syscall_yield_wait_for(DRIVER, ABI_IEEE802154_UPCALL_SENT);
        status = -(int)upcall.values[0];
    }
    (void)syscall_allow_read_only(DRIVER, ABI_IEEE802154_RO_FRAME, NULL, 0);
    return status;
}

int radio_listen(struct radio_ring *ring)
{
    memset(ring, 0, sizeof(*ring));
    return syscall_allow_read_write(DRIVER, ABI_IEEE802154_RW_RING, ring->bytes,
                                    sizeof(ring->bytes));
}

/* The kernel writes the ring only while the app waits, but the compiler does not know when that is.
 */
static uint8_t ring_byte(const struct radio_ring *ring, size_t offset)
{
    return *(const volatile uint8_t *)&ring->bytes[offset];
}

int radio_receive(struct radio_ring *ring, void *frame, size_t bytes, uint32_t *quality)
{
    struct syscall_return upcall;
    do {
        upcall = syscall_yield_wait_for(DRIVER, ABI_IEEE802154_UPCALL_RECEIVED);
    } while (ring_byte(ring, ABI_IEEE802154_RING_READ) ==
             ring_byte(ring, ABI_IEEE802154_RING_WRITE));
    *quality = upcall.values[0];
    size_t index = ring_byte(ring, ABI_IEEE802154_RING_READ) % RADIO_SLOTS;
    const uint8_t *slot =
        &ring->bytes[ABI_IEEE802154_RING_HEADER + index * ABI_IEEE802154_SLOT_BYTES];
    size_t length = slot[ABI_IEEE802154_SLOT_LENGTH];
    memcpy(frame, &slot[ABI_IEEE802154_SLOT_FRAME], length < bytes ? length : bytes);
    ring->bytes[ABI_IEEE802154_RING_READ] = (uint8_t)((index + 1) % RADIO_SLOTS);
    return (int)length;
}
