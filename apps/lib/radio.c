#include "apps/lib/radio.h"

#include <string.h>

#include "apps/lib/request.h"

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

static void stop_lending(void)
{
    (void)syscall_allow_read_only(DRIVER, ABI_IEEE802154_RO_FRAME, NULL, 0);
}

static struct request sending = {
    .driver = DRIVER, .upcall_number = ABI_IEEE802154_UPCALL_SENT, .stop_lending = stop_lending};

static int start(const void *frame, size_t bytes)
{
    int status = syscall_allow_read_only(DRIVER, ABI_IEEE802154_RO_FRAME, frame, bytes);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_IEEE802154_SEND_RAW, 0, 0);
    }
    return request_check(&sending, status);
}

int radio_send(const void *frame, size_t bytes)
{
    int status = request_is_free(&sending);
    if (status == K_OK) {
        status = start(frame, bytes);
    }
    return status == K_OK ? -(int)request_wait(&sending).values[0] : status;
}

int radio_send_async(const void *frame, size_t bytes, syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&sending, upcall, userdata);
    return status == K_OK ? request_leave(&sending, start(frame, bytes)) : status;
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

static bool is_empty(const struct radio_ring *ring)
{
    return ring_byte(ring, ABI_IEEE802154_RING_READ) == ring_byte(ring, ABI_IEEE802154_RING_WRITE);
}

int radio_take(struct radio_ring *ring, void *frame, size_t bytes)
{
    if (is_empty(ring)) {
        return 0;
    }
    size_t index = ring_byte(ring, ABI_IEEE802154_RING_READ) % RADIO_SLOTS;
    const uint8_t *slot =
        &ring->bytes[ABI_IEEE802154_RING_HEADER + index * ABI_IEEE802154_SLOT_BYTES];
    size_t length = slot[ABI_IEEE802154_SLOT_LENGTH];
    memcpy(frame, &slot[ABI_IEEE802154_SLOT_FRAME], length < bytes ? length : bytes);
    ring->bytes[ABI_IEEE802154_RING_READ] = (uint8_t)((index + 1) % RADIO_SLOTS);
    return (int)length;
}

int radio_receive(struct radio_ring *ring, void *frame, size_t bytes, uint32_t *quality)
{
    struct syscall_return upcall;
    do {
        upcall = syscall_yield_wait_for(DRIVER, ABI_IEEE802154_UPCALL_RECEIVED);
    } while (is_empty(ring));
    *quality = upcall.values[0];
    return radio_take(ring, frame, bytes);
}

int radio_subscribe(syscall_upcall upcall, void *userdata)
{
    return syscall_subscribe(DRIVER, ABI_IEEE802154_UPCALL_RECEIVED, upcall, userdata);
}
