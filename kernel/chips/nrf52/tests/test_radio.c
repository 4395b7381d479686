/* Two protocols on one RADIO, on memory where its registers and those of RTC1 would be. Offsets
 * are those of the product specification. */
#include "kernel/chips/nrf52/radio.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "kernel/chips/nrf52/ble.h"
#include "kernel/chips/nrf52/ieee802154.h"

#define RADIO           0x40001000u
#define RTC1            0x40011000u
#define PAGE_BYTES      0x1000u
#define TXEN            0x000u
#define RXEN            0x004u
#define DISABLE         0x010u
#define EVENTS_END      0x10Cu
#define EVENTS_DISABLED 0x110u
#define CRCSTATUS       0x400u
#define FREQUENCY       0x508u
#define TXPOWER         0x50Cu
#define MODE            0x510u
#define DATAWHITEIV     0x554u
#define COUNTER         0x504u
#define EVENTS_COMPARE1 0x144u
#define TICKS_PER_S     32768u
#define TURN_TICKS      (TICKS_PER_S / 50 + 3)
#define MODE_BLE        3u
#define MODE_154        15u

static const struct capsule mortal = {7, "mortal"};
static const struct capsule *dead;

bool guard_is_dead(const struct capsule *owner)
{
    return owner != NULL && owner == dead;
}

static struct nrf52_rtc_delays delays;
static struct nrf52_radio radio;
static struct nrf52_ble ble;
static struct nrf52_ieee802154 zigbee;
static uint32_t ble_sent, ble_received, frames_sent, frames_received;
static int frame_status;
static bool ble_storm, frame_storm; /* sends again as soon as it is told */
static uint8_t pdu_bytes[HIL_BLE_PDU_MAX];
static struct dma_buffer pdu;
static const struct hil_ble ble_handle = {&nrf52_ble_ops, &ble};
static const struct hil_radio zigbee_handle = {&nrf52_ieee802154_ops, &zigbee};

static volatile uint32_t *at(uint32_t base, uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(base + offset);
}

static int advertise(void)
{
    return hil_ble_advertise(&ble_handle, &pdu, 8, 0);
}

static int transmit(void)
{
    static const uint8_t frame[3] = {1, 2, 3};
    return hil_radio_transmit(&zigbee_handle, (struct const_slice){frame, sizeof(frame)});
}

static void on_ble_sent(void *self)
{
    (void)self;
    ble_sent++;
    if (ble_storm) {
        assert_int_equal(advertise(), K_OK);
    }
}

static void on_ble_received(void *self, struct dma_buffer *bytes, uint32_t length)
{
    (void)self;
    assert_int_equal(length, 4);
    assert_int_equal(dma_buffer_get(bytes, 2), 'h');
    ble_received++;
}

static void on_frame_sent(void *self, int status)
{
    (void)self;
    frames_sent++;
    frame_status = status;
    if (frame_storm) {
        assert_int_equal(transmit(), K_OK);
    }
}

static void on_frame_received(void *self, const struct dma_buffer *frame, uint32_t length,
                              uint32_t quality)
{
    (void)self;
    (void)frame;
    (void)length;
    (void)quality;
    frames_received++;
}

static const struct hil_ble_client ble_client = {on_ble_sent, on_ble_received, NULL, NULL};
static const struct hil_ble_client mortal_client = {on_ble_sent, on_ble_received, NULL, &mortal};
static const struct hil_radio_client zigbee_client = {on_frame_sent, on_frame_received, NULL, NULL};

static void map(uint32_t address)
{
    void *wanted = (void *)(uintptr_t)address;
    if (mmap(wanted, PAGE_BYTES, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != wanted) {
        abort();
    }
}

static int begin(void **state)
{
    static bool mapped;
    (void)state;
    if (!mapped) {
        map(RADIO);
        map(RTC1);
        mapped = true;
    }
    memset((void *)(uintptr_t)RADIO, 0, PAGE_BYTES);
    memset((void *)(uintptr_t)RTC1, 0, PAGE_BYTES);
    dead = NULL;
    delays = (struct nrf52_rtc_delays){0};
    ble_sent = ble_received = frames_sent = frames_received = 0;
    ble_storm = frame_storm = false;
    memset(pdu_bytes, 0, sizeof(pdu_bytes));
    pdu_bytes[1] = 6;
    pdu = (struct dma_buffer)DMA_BUFFER_OF(pdu_bytes);
    nrf52_radio_init(&radio, &delays);
    nrf52_ble_init(&ble, &radio);
    nrf52_ieee802154_init(&zigbee, &radio);
    hil_ble_set_client(&ble_handle, &ble_client);
    hil_radio_set_client(&zigbee_handle, &zigbee_client);
    return 0;
}

/* What the hardware does: DISABLED follows DISABLE at once, and a packet that is sent. */
static void hardware(bool packet_is_over)
{
    bool disabled = *at(RADIO, DISABLE) != 0;
    *at(RADIO, DISABLE) = 0;
    if (disabled || (packet_is_over && radio.state == NRF52_RADIO_SENDING)) {
        *at(RADIO, EVENTS_DISABLED) = 1;
        nrf52_radio_serve(&radio);
    }
}

/* So many ticks of the counter, each packet taking as many as it has. */
static uint32_t listened[16], channels_heard;
static void pass(uint32_t ticks, uint32_t packet_ticks)
{
    memset(listened, 0, sizeof(listened));
    channels_heard = 0;
    for (uint32_t i = 0; i < ticks; i++) {
        *at(RTC1, COUNTER) = (*at(RTC1, COUNTER) + 1) & 0xFFFFFF;
        *at(RTC1, EVENTS_COMPARE1) = 1;
        nrf52_rtc_delays_serve(&delays);
        hardware(i % packet_ticks == 0);
        if (radio.state == NRF52_RADIO_LISTENING) {
            listened[*at(RADIO, MODE)]++;
            channels_heard |=
                *at(RADIO, MODE) == MODE_BLE ? 1u << (*at(RADIO, DATAWHITEIV) - 37) : 0;
        }
    }
}

static void test_one_event_is_three_packets(void **state)
{
    (void)state;
    static const uint32_t mhz[] = {2, 26, 80};
    assert_int_equal(hil_ble_advertise(&ble_handle, &pdu, 8, -8), K_OK);
    assert_int_equal(advertise(), K_EBUSY);
    assert_int_equal(dma_buffer_get(&pdu, 1), 0); /* lent */
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(ble_sent, 0);
        assert_int_equal(*at(RADIO, TXEN), 1);
        *at(RADIO, TXEN) = 0;
        assert_int_equal(*at(RADIO, FREQUENCY), mhz[i]);
        assert_int_equal(*at(RADIO, DATAWHITEIV), 37 + i);
        assert_int_equal(*at(RADIO, TXPOWER), 0xF8);
        hardware(true);
    }
    assert_int_equal(ble_sent, 1);
    assert_int_equal(radio.state, NRF52_RADIO_OFF);
    assert_int_equal(*at(RADIO, TXEN), 0);
    assert_int_equal(dma_buffer_get(&pdu, 1), 6);
    assert_null(delays.first);
}

static void test_refusals(void **state)
{
    (void)state;
    assert_int_equal(hil_ble_advertise(&ble_handle, &pdu, 1, 0), K_ESIZE);
    assert_int_equal(hil_ble_advertise(&ble_handle, &pdu, 40, 0), K_ESIZE);
    assert_int_equal(hil_ble_advertise(&ble_handle, NULL, 8, 0), K_ESIZE);
    assert_int_equal(hil_ble_advertise(&ble_handle, &pdu, 8, 1), K_ENOSUPPORT);
    /* A header that claims more than is lent would have the hardware send what lies behind. */
    assert_int_equal(hil_ble_advertise(&ble_handle, &pdu, 7, 0), K_EINVAL);
    assert_int_equal(advertise(), K_OK);
    static const int32_t powers[] = {-20, -16, -12, -8, -4, 0, 2, 3, 4, 5, 6, 7, 8};
    uint32_t next = 0;
    for (int32_t dbm = -128; dbm < 128; dbm++) {
        bool has = next < sizeof(powers) / sizeof(powers[0]) && powers[next] == dbm;
        assert_int_equal(hil_ble_has_power(&ble_handle, dbm), has);
        next += has;
    }
}

static void come_in(uint32_t length, bool good)
{
    ble.in_bytes[1] = (uint8_t)length;
    ble.in_bytes[2] = 'h';
    *at(RADIO, CRCSTATUS) = good;
    *at(RADIO, EVENTS_END) = 1;
    nrf52_radio_serve(&radio);
}

static void test_scanning_alone(void **state)
{
    (void)state;
    hil_ble_listen(&ble_handle, true);
    assert_int_equal(*at(RADIO, RXEN), 1);
    come_in(2, true);
    assert_int_equal(ble_received, 1);
    come_in(2, false);
    come_in(38, true);
    come_in(255, true);
    assert_int_equal(ble_received, 1);
    pass(TURN_TICKS * 3, 10);
    assert_int_equal(channels_heard, 7);
    assert_true(listened[MODE_BLE] > TURN_TICKS * 3 - 10);
    /* An advertisement in between goes out at once. */
    assert_int_equal(advertise(), K_OK);
    pass(40, 10);
    assert_int_equal(ble_sent, 1);
    assert_int_equal(radio.state, NRF52_RADIO_LISTENING);
    hil_ble_listen(&ble_handle, false);
    pass(TURN_TICKS, 10);
    assert_int_equal(radio.state, NRF52_RADIO_OFF);
    assert_null(delays.first);
}

static void test_alone_802154_is_left_alone(void **state)
{
    (void)state;
    hil_radio_set_power(&zigbee_handle, true);
    *at(RADIO, RXEN) = 0;
    pass(TICKS_PER_S, 10);
    assert_int_equal(*at(RADIO, RXEN), 0); /* it never stopped */
    assert_int_equal(listened[MODE_154], TICKS_PER_S);
    assert_null(delays.first);
}

static void test_both_listen(void **state)
{
    (void)state;
    hil_radio_set_power(&zigbee_handle, true);
    hil_ble_listen(&ble_handle, true);
    pass(TICKS_PER_S, 10);
    assert_in_range(listened[MODE_154], TICKS_PER_S * 45 / 100, TICKS_PER_S * 55 / 100);
    assert_in_range(listened[MODE_BLE], TICKS_PER_S * 45 / 100, TICKS_PER_S * 55 / 100);
    assert_int_equal(channels_heard, 7);
    hil_ble_listen(&ble_handle, false);
    pass(TURN_TICKS, 10);
    pass(TICKS_PER_S, 10);
    assert_int_equal(listened[MODE_154], TICKS_PER_S);
    assert_null(delays.first);
}

static void test_packets_break_in(void **state)
{
    (void)state;
    hil_radio_set_power(&zigbee_handle, true);
    for (uint32_t i = 0; i < 10; i++) {
        pass(TURN_TICKS, 10);
        assert_int_equal(radio.state, NRF52_RADIO_LISTENING);
        assert_int_equal(advertise(), K_OK);
        pass(32, 10);
        assert_int_equal(ble_sent, i + 1);
    }
    hil_ble_listen(&ble_handle, true);
    for (uint32_t i = 0; i < 10; i++) {
        pass(TURN_TICKS, 10);
        assert_int_equal(transmit(), K_OK);
        pass(TURN_TICKS, 10);
        assert_int_equal(frames_sent, i + 1);
        assert_int_equal(frame_status, K_OK);
    }
}

/* Who sends without end takes from the other no more than one packet in its turn. */
static void test_storms(void **state)
{
    (void)state;
    hil_radio_set_power(&zigbee_handle, true);
    ble_storm = true;
    assert_int_equal(advertise(), K_OK);
    pass(TICKS_PER_S, 12);
    assert_true(listened[MODE_154] > TICKS_PER_S * 40 / 100);
    assert_true(ble_sent > 300);
    frame_storm = true;
    assert_int_equal(transmit(), K_OK);
    pass(TICKS_PER_S, 12);
    assert_true(frames_sent > 500);
    assert_true(ble_sent > 600);
    ble_storm = false;
    hil_ble_listen(&ble_handle, true);
    pass(TURN_TICKS, 12);
    pass(TICKS_PER_S, 120);
    assert_true(listened[MODE_BLE] > TICKS_PER_S * 35 / 100);
    assert_int_equal(listened[MODE_154], 0); /* its own doing */
}

static void test_off_with_a_frame_that_waits(void **state)
{
    (void)state;
    hil_radio_set_power(&zigbee_handle, true);
    assert_int_equal(advertise(), K_OK);
    hardware(false);
    assert_int_equal(transmit(), K_OK);
    hil_radio_set_power(&zigbee_handle, false);
    assert_int_equal(frames_sent, 0);
    pass(TURN_TICKS * 3, 10);
    assert_int_equal(frames_sent, 1);
    assert_int_equal(frame_status, K_ECANCEL);
    assert_int_equal(ble_sent, 1);
    assert_int_equal(radio.state, NRF52_RADIO_OFF);
}

static void test_a_dead_one(void **state)
{
    (void)state;
    hil_ble_set_client(&ble_handle, &mortal_client);
    hil_radio_set_power(&zigbee_handle, true);
    hil_ble_listen(&ble_handle, true);
    assert_int_equal(advertise(), K_OK);
    pass(20, 10);
    dead = &mortal;
    nrf52_radio_stop_dead(&radio);
    pass(TURN_TICKS, 10);
    pass(TICKS_PER_S, 10);
    assert_int_equal(listened[MODE_154], TICKS_PER_S);
    assert_int_equal(ble_sent, 0);
    assert_null(delays.first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_one_event_is_three_packets, begin),
        cmocka_unit_test_setup(test_refusals, begin),
        cmocka_unit_test_setup(test_scanning_alone, begin),
        cmocka_unit_test_setup(test_alone_802154_is_left_alone, begin),
        cmocka_unit_test_setup(test_both_listen, begin),
        cmocka_unit_test_setup(test_packets_break_in, begin),
        cmocka_unit_test_setup(test_storms, begin),
        cmocka_unit_test_setup(test_off_with_a_frame_that_waits, begin),
        cmocka_unit_test_setup(test_a_dead_one, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
