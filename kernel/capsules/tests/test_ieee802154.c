#include "kernel/capsules/ieee802154.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"

/* A radio that remembers what it was told. */
static struct fake_radio {
    const struct hil_radio_client *client;
    bool on, sending;
    uint32_t channel;
    uint8_t frame[HIL_RADIO_FRAME_MAX];
    uint32_t length;
} air;

static void air_set_power(void *self, bool on)
{
    (void)self;
    air.on = on;
}

static bool air_is_on(void *self)
{
    (void)self;
    return air.on;
}

static int air_set_channel(void *self, uint32_t channel)
{
    (void)self;
    if (channel < HIL_RADIO_CHANNEL_FIRST || channel > HIL_RADIO_CHANNEL_LAST) {
        return K_EINVAL;
    }
    air.channel = channel;
    return K_OK;
}

static uint32_t air_channel(void *self)
{
    (void)self;
    return air.channel;
}

static int air_transmit(void *self, struct const_slice frame)
{
    (void)self;
    if (!air.on) {
        return K_EOFF;
    }
    if (frame.length == 0 || frame.length > HIL_RADIO_FRAME_MAX) {
        return K_ESIZE;
    }
    assert_false(air.sending);
    air.sending = true;
    air.length = frame.length;
    memcpy(air.frame, frame.bytes, frame.length);
    return K_OK;
}

static void air_set_client(void *self, const struct hil_radio_client *client)
{
    (void)self;
    air.client = client;
}

static const struct hil_radio_ops air_ops = {air_set_power, air_is_on,    air_set_channel,
                                             air_channel,   air_transmit, air_set_client};
static const struct hil_radio radio = {&air_ops, NULL};

static void air_sent(int status)
{
    assert_true(air.sending);
    air.sending = false;
    hil_radio_client_sent(air.client, status);
}

static void air_brings(const char *text, uint32_t quality)
{
    uint32_t length = (uint32_t)strlen(text);
    uint8_t bytes[HIL_RADIO_FRAME_MAX];
    assert_true(length <= sizeof bytes);
    memcpy(bytes, text, length);
    struct dma_buffer frame = DMA_BUFFER_OF(bytes);
    hil_radio_client_received(air.client, &frame, length, quality);
}

static struct ieee802154_driver driver;

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    air = (struct fake_radio){.channel = 11};
    ieee802154_init(&driver, &radio);
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t argument)
{
    return fake_core_command(&ieee802154_driver_ops, &driver, process, number, argument, 0);
}

static void allow_frame(uint32_t process, void *bytes, uint32_t length)
{
    fake_core_allow(process, ieee802154_driver_ops.grant, ALLOW_READ_ONLY, ABI_IEEE802154_RO_FRAME,
                    bytes, length);
}

static void allow_ring(uint32_t process, void *bytes, uint32_t length)
{
    fake_core_allow(process, ieee802154_driver_ops.grant, ALLOW_READ_WRITE, ABI_IEEE802154_RW_RING,
                    bytes, length);
}

static void test_settings(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS, 0));
    expect_u32(command(0, ABI_IEEE802154_CHANNEL, 0), 11);
    expect_failure(command(0, ABI_IEEE802154_SET_CHANNEL, 10), K_EINVAL);
    expect_failure(command(0, ABI_IEEE802154_SET_CHANNEL, 27), K_EINVAL);
    expect_success(command(0, ABI_IEEE802154_SET_CHANNEL, 26));
    expect_success(command(0, ABI_IEEE802154_COMMIT, 0));
    expect_u32(command(0, ABI_IEEE802154_CHANNEL, 0), 26);
    expect_failure(command(0, 26, 0), K_ENOSUPPORT);
    expect_failure(command(0, 32, 0), K_ENOSUPPORT);
}

static void test_on_while_anybody_wants(void **state)
{
    (void)state;
    expect_failure(command(0, ABI_IEEE802154_STATUS, 0), K_EOFF);
    expect_success(command(0, ABI_IEEE802154_TURN_ON, 0));
    expect_success(command(1, ABI_IEEE802154_TURN_ON, 0));
    expect_success(command(2, ABI_IEEE802154_STATUS, 0));
    expect_success(command(0, ABI_IEEE802154_TURN_OFF, 0));
    assert_true(air.on);
    fake_core_end(1);
    air_brings("abc", 10);
    assert_false(air.on);
    fake_core_exhaust(3);
    expect_failure(command(3, ABI_IEEE802154_TURN_ON, 0), K_ENOMEM);
    assert_false(air.on);
}

static void test_send(void **state)
{
    (void)state;
    uint8_t frame[HIL_RADIO_FRAME_MAX + 1] = "frame";
    allow_frame(0, frame, 5);
    expect_failure(command(0, ABI_IEEE802154_SEND_RAW, 0), K_EOFF);
    expect_success(command(0, ABI_IEEE802154_TURN_ON, 0));
    expect_success(command(0, ABI_IEEE802154_SEND_RAW, 0));
    assert_int_equal(air.length, 5);
    assert_memory_equal(air.frame, frame, 5);
    allow_frame(1, frame, 5);
    expect_failure(command(1, ABI_IEEE802154_SEND_RAW, 0), K_EBUSY);
    air_sent(K_OK);
    expect_upcall(0, ABI_IEEE802154_UPCALL_SENT, 0, 0, 0);
    expect_success(command(1, ABI_IEEE802154_SEND_RAW, 0));
    air_sent(K_EBUSY);
    expect_upcall(1, ABI_IEEE802154_UPCALL_SENT, ABI_BUSY, 0, 0);
    allow_frame(0, frame, 0);
    expect_failure(command(0, ABI_IEEE802154_SEND_RAW, 0), K_ESIZE);
    allow_frame(0, frame, sizeof frame);
    expect_failure(command(0, ABI_IEEE802154_SEND_RAW, 0), K_ESIZE);
    allow_frame(0, frame, HIL_RADIO_FRAME_MAX);
    expect_success(command(0, ABI_IEEE802154_SEND_RAW, 0));
    fake_core_restart(0);
    air_sent(K_OK);
    expect_no_upcall(0);
    expect_success(command(1, ABI_IEEE802154_SEND_RAW, 0));
}

#define SLOT(ring, index) ((ring) + ABI_IEEE802154_RING_HEADER + (index)*ABI_IEEE802154_SLOT_BYTES)

static void test_receive(void **state)
{
    (void)state;
    uint8_t ring[ABI_IEEE802154_RING_HEADER + 3 * ABI_IEEE802154_SLOT_BYTES] = {0};
    allow_ring(0, ring, sizeof ring);
    allow_ring(1, ring, 0);
    expect_success(command(0, ABI_IEEE802154_TURN_ON, 0));
    expect_success(command(1, ABI_IEEE802154_TURN_ON, 0));
    air_brings("first", 200);
    expect_upcall(0, ABI_IEEE802154_UPCALL_RECEIVED, 200, 0, 0);
    expect_no_upcall(1); /* no ring */
    assert_int_equal(ring[ABI_IEEE802154_RING_READ], 0);
    assert_int_equal(ring[ABI_IEEE802154_RING_WRITE], 1);
    assert_int_equal(SLOT(ring, 0)[ABI_IEEE802154_SLOT_LENGTH], 5);
    assert_memory_equal(SLOT(ring, 0) + ABI_IEEE802154_SLOT_FRAME, "first", 5);
    air_brings("second", 1);
    air_brings("third", 1); /* drives the first one out */
    assert_int_equal(ring[ABI_IEEE802154_RING_READ], 1);
    assert_int_equal(ring[ABI_IEEE802154_RING_WRITE], 0);
    assert_memory_equal(SLOT(ring, 2) + ABI_IEEE802154_SLOT_FRAME, "third", 5);
}

static void test_rings_of_hostile_processes(void **state)
{
    (void)state;
    uint8_t ring[ABI_IEEE802154_RING_HEADER + 2 * ABI_IEEE802154_SLOT_BYTES];
    memset(ring, 0xFF, sizeof ring);
    allow_ring(0, ring, sizeof ring);
    expect_success(command(0, ABI_IEEE802154_TURN_ON, 0));
    air_brings("x", 1);
    assert_true(ring[ABI_IEEE802154_RING_WRITE] < 2);
    allow_ring(0, ring, ABI_IEEE802154_RING_HEADER + ABI_IEEE802154_SLOT_BYTES - 1);
    air_brings("x", 1);
    expect_upcall(0, ABI_IEEE802154_UPCALL_RECEIVED, 1, 0, 0);
    expect_no_upcall(0);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_settings), TEST(test_on_while_anybody_wants),     TEST(test_send),
        TEST(test_receive),  TEST(test_rings_of_hostile_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
