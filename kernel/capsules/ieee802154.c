#include "kernel/capsules/ieee802154.h"

#include "kernel/capsule/grant.h"

CAPSULE(ieee802154, .needs = {GRANT, RADIO});

struct ieee802154_process {
    bool on;
};
GRANT(ieee802154_grant, struct ieee802154_process, ABI_IEEE802154_UPCALLS, ABI_IEEE802154_ROS,
      ABI_IEEE802154_RWS);

#define FRAME_LENGTHS 3u /* bytes before a frame in its slot */

/* On while any process wants it. */
static void update_power(const struct ieee802154_driver *driver)
{
    const struct hil_radio *radio = driver->radio;
    bool wanted = false;
    grant_each (ieee802154_grant, id, p) {
        wanted = wanted || p->on;
    }
    if (wanted != hil_radio_is_on(radio)) {
        hil_radio_set_power(radio, wanted);
    }
}

static command_return set_power(const struct ieee802154_driver *driver, struct process_id id,
                                bool on)
{
    grant_enter (ieee802154_grant, id, p) {
        p->on = on;
    }
    command_return result = grant_answer(command_success());
    update_power(driver);
    return result;
}

static command_return transmit(struct ieee802154_driver *driver, struct process_id id)
{
    const struct hil_radio *radio = driver->radio;
    if (!process_id_is_none(driver->sender)) {
        return command_error(K_EBUSY);
    }
    grant_enter (ieee802154_grant, id, p) {
        (void)p;
    }
    int status = grant_error();
    if (status == K_OK) {
        uint32_t length =
            allow_length(&ieee802154_grant, id, ALLOW_READ_ONLY, ABI_IEEE802154_RO_FRAME);
        struct slice frame = slice_part(SLICE_OF(driver->frame), 0, length);
        (void)allow_read(&ieee802154_grant, id, ALLOW_READ_ONLY, ABI_IEEE802154_RO_FRAME, 0, frame);
        status = length > HIL_RADIO_FRAME_MAX ? K_ESIZE
                                              : hil_radio_transmit(radio, slice_as_const(frame));
    }
    if (status == K_OK) {
        driver->sender = id;
    }
    return command_status(status);
}

static command_return ieee802154_command(void *self, struct process_id id, uint32_t command,
                                         uint32_t argument, uint32_t unused)
{
    struct ieee802154_driver *driver = self;
    const struct hil_radio *radio = driver->radio;
    (void)unused;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_IEEE802154_STATUS:
        return command_status(hil_radio_is_on(radio) ? K_OK : K_EOFF);
    case ABI_IEEE802154_SET_CHANNEL:
        return command_status(hil_radio_set_channel(radio, argument));
    case ABI_IEEE802154_COMMIT:
        return command_success(); /* settings take effect at once */
    case ABI_IEEE802154_CHANNEL:
        return command_success_u32(hil_radio_channel(radio));
    case ABI_IEEE802154_SEND_RAW:
        return transmit(driver, id);
    case ABI_IEEE802154_TURN_ON:
        return set_power(driver, id, true);
    case ABI_IEEE802154_TURN_OFF:
        return set_power(driver, id, false);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

static void ieee802154_sent(void *self, int status)
{
    struct ieee802154_driver *driver = self;
    struct process_id id = driver->sender;
    driver->sender = PROCESS_ID_NONE;
    (void)upcall_schedule(&ieee802154_grant, id, ABI_IEEE802154_UPCALL_SENT, (uint32_t)-status, 0,
                          0);
}

/* The byte at `offset` of the process's ring: an index, which the process may have made anything.
 */
static uint32_t ring_index(struct process_id id, uint32_t offset, uint32_t slots)
{
    uint8_t byte[1] = {0};
    (void)allow_read(&ieee802154_grant, id, ALLOW_READ_WRITE, ABI_IEEE802154_RW_RING, offset,
                     SLICE_OF(byte));
    return slice_get(slice_as_const(SLICE_OF(byte)), 0) % slots;
}

static void set_ring_index(struct process_id id, uint32_t offset, uint32_t index)
{
    const uint8_t byte[1] = {(uint8_t)index};
    (void)allow_write(&ieee802154_grant, id, ABI_IEEE802154_RW_RING, offset,
                      (struct const_slice){byte, 1});
}

/* Into the next slot of the process's ring; the oldest frame makes room. False: there is no ring.
 */
static bool put_frame(struct process_id id, BORROWED struct const_slice frame)
{
    uint32_t length = allow_length(&ieee802154_grant, id, ALLOW_READ_WRITE, ABI_IEEE802154_RW_RING);
    uint32_t slots = length > ABI_IEEE802154_RING_HEADER
                         ? (length - ABI_IEEE802154_RING_HEADER) / ABI_IEEE802154_SLOT_BYTES
                         : 0;
    if (slots == 0) {
        return false;
    }
    uint32_t at = ring_index(id, ABI_IEEE802154_RING_WRITE, slots);
    uint32_t next = (at + 1u) % slots;
    if (next == ring_index(id, ABI_IEEE802154_RING_READ, slots)) {
        set_ring_index(id, ABI_IEEE802154_RING_READ, (next + 1u) % slots);
    }
    /* No header, no MIC: all of it is payload. */
    const uint8_t lengths[FRAME_LENGTHS] = {0, (uint8_t)frame.length, 0};
    uint32_t slot = ABI_IEEE802154_RING_HEADER + at * ABI_IEEE802154_SLOT_BYTES;
    (void)allow_write(&ieee802154_grant, id, ABI_IEEE802154_RW_RING, slot,
                      (struct const_slice){lengths, FRAME_LENGTHS});
    (void)allow_write(&ieee802154_grant, id, ABI_IEEE802154_RW_RING, slot + FRAME_LENGTHS, frame);
    set_ring_index(id, ABI_IEEE802154_RING_WRITE, next);
    return true;
}

static void ieee802154_received(void *self, const struct dma_buffer *frame, uint32_t length,
                                uint32_t quality)
{
    struct ieee802154_driver *driver = self;
    struct slice bytes = slice_part(SLICE_OF(driver->frame), 0, length);
    (void)dma_buffer_copy_out(frame, 0, bytes);
    grant_each (ieee802154_grant, id, p) {
        if (p->on && put_frame(id, slice_as_const(bytes))) {
            (void)upcall_schedule(&ieee802154_grant, id, ABI_IEEE802154_UPCALL_RECEIVED, quality, 0,
                                  0);
        }
    }
    /* Those who switched it on may have ended without saying so. */
    update_power(driver);
}

const struct driver_ops ieee802154_driver_ops = {
    .number = ABI_DRIVER_IEEE802154,
    .command = ieee802154_command,
    .grant = &ieee802154_grant,
    .owner = &this_capsule,
};

void ieee802154_init(struct ieee802154_driver *driver, const struct hil_radio *radio)
{
    *driver = (struct ieee802154_driver){
        .radio = radio,
        .client = {ieee802154_sent, ieee802154_received, driver, &this_capsule},
    };
    hil_radio_set_client(radio, &driver->client);
}
