/* RADIOs on one air: 802.15.4 with its assessment of the channel, strengths, collisions, faults,
 * and that it does not matter which machine is ahead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/nrf52/tests/radio_bench.h"

#define NRF52840 (1024U * 1024U)
#define TX_CHAIN 38U
#define RX_154   1408U /* 22 us */
#define LATENCY  US(5)

static int setup(void **state)
{
    *state = stations_new(NRF52840);
    return 0;
}

static int teardown(void **state)
{
    stations_free(*state);
    return 0;
}

/* PHR, frame control (data, short addresses), sequence number, PAN, addresses, payload. */
static const uint8_t data_frame[] = {17,   0x61, 0x88, 0x01, 0xCD, 0xAB, 0xFF, 0xFF,
                                     0x34, 0x12, 's',  'a',  'n',  'd',  '!',  '?'};

static void put_frame(struct bench *b)
{
    memcpy(stations_packet(b), data_frame, sizeof data_frame);
}

static void set_all_154(struct stations *s)
{
    for (uint32_t i = 0; i < STATIONS; i++) {
        stations_set_154(s->b[i]);
    }
}

/* 4 bytes of preamble and the delimiter, the length, 15 bytes, 2 of CRC at 32 us a byte. */
static void a_frame_of_802_15_4(void **state)
{
    struct stations *s = *state;
    struct bench *tx = s->b[0], *rx = s->b[1];
    set_all_154(s);
    put_frame(tx);
    stations_receive(rx);
    stations_send(tx);
    stations_run_to(s, US(2000));
    assert_int_equal(bench_event_cycle(tx, TXREADY), US(40));
    assert_int_equal(bench_event_cycle(tx, FRAMESTART), US(40 + 32 * 5));
    assert_int_equal(bench_event_cycle(tx, END), US(40 + 32 * 23));
    assert_int_equal(bench_event_cycle(tx, PHYEND), US(40 + 32 * 23) + TX_CHAIN);
    const uint64_t late = US(40) + TX_CHAIN + RX_154;
    assert_int_equal(bench_event_cycle(rx, RXREADY), US(40));
    assert_int_equal(bench_event_cycle(rx, ADDRESS), late + US(32 * 5));
    assert_int_equal(bench_event_cycle(rx, FRAMESTART), late + US(32 * 6));
    assert_int_equal(bench_event_cycle(rx, CRCOK), late + US(32 * 23));
    assert_memory_equal(stations_packet(rx), data_frame, sizeof data_frame);
    /* 1 m: -40 dBm is 52 above -92 dBm. The CRC's place has the link quality. */
    assert_int_equal(stations_packet(rx)[sizeof data_frame], 52);
    assert_int_equal(stations_packet(rx)[sizeof data_frame + 1], 0);
}

static void the_delimiter_must_match(void **state)
{
    struct stations *s = *state;
    set_all_154(s);
    put_frame(s->b[0]);
    bench_write(s->b[1], SFD, 0xA6);
    stations_receive(s->b[1]);
    stations_receive(s->b[2]);
    stations_send(s->b[0]);
    stations_run_to(s, US(2000));
    assert_int_equal(bench_event_count(s->b[1], ADDRESS), 0);
    assert_int_equal(bench_event_count(s->b[2], CRCOK), 1);
}

static void mac_headers_are_matched(void **state)
{
    struct stations *s = *state;
    set_all_154(s);
    put_frame(s->b[0]);
    bench_write(s->b[1], MHRMATCHCONF, 0x00018861); /* PAN's low byte does not count */
    bench_write(s->b[1], MHRMATCHMAS, 0x00FFFFFF);
    bench_write(s->b[2], MHRMATCHCONF, 0x00028861);
    bench_write(s->b[2], MHRMATCHMAS, 0x00FFFFFF);
    stations_receive(s->b[1]);
    stations_receive(s->b[2]);
    stations_send(s->b[0]);
    stations_run_to(s, US(2000));
    assert_int_equal(bench_event_count(s->b[1], MHRMATCH), 1);
    assert_int_equal(bench_event_cycle(s->b[1], MHRMATCH),
                     bench_event_cycle(s->b[1], FRAMESTART) + US(4 * 32));
    assert_int_equal(bench_event_count(s->b[2], MHRMATCH), 0);
    assert_int_equal(bench_event_count(s->b[2], CRCOK), 1);
}

/* Assesses the channel of a station that is ready, from `at` on. */
static bool is_busy(struct stations *s, uint32_t station, uint64_t at)
{
    struct bench *b = s->b[station];
    uint32_t idle = bench_event_count(b, CCAIDLE);
    uint32_t busy = bench_event_count(b, CCABUSY);
    stations_run_to(s, at);
    bench_write(b, CCASTART, 1);
    stations_run_to(s, at + US(128) - 1);
    assert_int_equal(bench_event_count(b, CCAIDLE) + bench_event_count(b, CCABUSY), idle + busy);
    stations_run_to(s, at + US(128));
    assert_int_equal(bench_event_count(b, CCAIDLE) + bench_event_count(b, CCABUSY),
                     idle + busy + 1);
    return bench_event_count(b, CCABUSY) > busy;
}

static void the_channel_is_assessed(void **state)
{
    struct stations *s = *state;
    set_all_154(s);
    put_frame(s->b[0]);
    bench_write(s->b[1], RXEN, 1);
    bench_write(s->b[2], RXEN, 1);
    bench_write(s->b[2], FREQUENCY, 10); /* the next channel */
    stations_run_to(s, US(50));
    assert_int_equal(bench_read(s->b[1], CCACTRL), 0x052D0000);
    bench_write(s->b[1], CCACTRL, 0x052D1400); /* -72 dBm */
    bench_write(s->b[2], CCACTRL, 0x052D1400);
    assert_false(is_busy(s, 1, US(60)));
    bench_write(s->b[0], MODECNF0, 0x201);
    stations_send(s->b[0]); /* from 188 + 40 us on, for 736 us */
    assert_true(is_busy(s, 1, US(300)));
    assert_false(is_busy(s, 2, US(430)));
    bench_write(s->b[1], CCACTRL, 0x052D6401); /* carrier */
    assert_true(is_busy(s, 1, US(600)));
    bench_write(s->b[1], CCACTRL, 0x052D6402); /* carrier and too high a threshold */
    assert_false(is_busy(s, 1, US(750)));
    assert_false(is_busy(s, 1, US(1100))); /* over */
    bench_write(s->b[1], CCASTART, 1);
    bench_write(s->b[1], CCASTOP, 1);
    assert_int_equal(bench_read(s->b[1], CCASTOPPED), 1);
    assert_int_equal(clock_next_due(&s->b[1]->clock), CLOCK_NEVER);
}

/* The shortcuts of a transmission that listens before it talks. */
static void listen_before_talk_without_the_cpu(void **state)
{
    struct stations *s = *state;
    struct bench *tx = s->b[0];
    set_all_154(s);
    put_frame(tx);
    bench_write(tx, CCACTRL, 0x052D1400);
    bench_write(tx, SHORTS, 1U << 11 | 1U << 12 | 1U << 13 | 1U << 18 | 1U << 20);
    stations_receive(s->b[1]);
    bench_write(tx, RXEN, 1);
    stations_run_to(s, US(2000));
    assert_int_equal(bench_event_cycle(tx, CCAIDLE), US(40 + 128));
    assert_int_equal(bench_event_cycle(tx, TXREADY), US(40 + 128 + 40));
    assert_int_equal(bench_event_cycle(tx, END), US(40 + 128 + 40 + 32 * 23));
    assert_int_equal(bench_event_cycle(tx, DISABLED), bench_event_cycle(tx, PHYEND) + US(21));
    assert_int_equal(bench_event_count(s->b[1], CRCOK), 1);
    assert_int_equal(tx->diag.count[DIAG_GUEST_ERROR], 0);
}

static void energy_is_detected_and_the_strongest_counts(void **state)
{
    struct stations *s = *state;
    struct bench *b = s->b[1];
    set_all_154(s);
    put_frame(s->b[0]);
    bench_write(b, RXEN, 1);
    bench_write(b, EDCNT, 3);
    stations_run_to(s, US(50));
    bench_write(b, EDSTART, 1);
    stations_run_to(s, US(1000));
    assert_int_equal(bench_event_cycle(b, EDEND), US(50 + 4 * 128));
    assert_int_equal(bench_read(b, EDSAMPLE), 0);
    bench_write(b, EDSTART, 1);
    stations_send(s->b[0]);
    stations_run_to(s, US(1000 + 4 * 128));
    assert_int_equal(bench_event_count(b, EDEND), 2);
    assert_int_equal(bench_read(b, EDSAMPLE), 52);
    bench_write(b, EDSTART, 1);
    bench_write(b, EDSTOP, 1);
    assert_int_equal(bench_read(b, EDSTOPPED), 1);
}

static void rssi_falls_with_the_distance(void **state)
{
    struct stations *s = *state;
    static const struct {
        int32_t x_mm;
        uint32_t power, sample;
    } table[] = {{1000, 0, 40},      {10000, 0, 60},   {10000, 8, 52},
                 {10000, 0xD8, 100}, {2000, 0xFC, 50}, {100000, 4, 76}};
    set_all_154(s);
    put_frame(s->b[0]);
    bench_write(s->b[1], SHORTS, 1U << 4);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        uint64_t now = clock_now(&s->b[0]->clock);
        stations_place(s, 1, table[i].x_mm);
        bench_write(s->b[0], TXPOWER, table[i].power);
        bench_write(s->b[0], DISABLE, 1);
        bench_write(s->b[1], DISABLE, 1);
        stations_run_to(s, now + US(30));
        stations_receive(s->b[1]);
        stations_send(s->b[0]);
        stations_run_to(s, now + US(3000));
        assert_int_equal(bench_event_count(s->b[1], RSSIEND), i + 1);
        assert_int_equal(bench_read(s->b[1], RSSISAMPLE), table[i].sample);
    }
    /* Nobody sends: noise. */
    bench_write(s->b[1], RSSISTART, 1);
    stations_run_to(s, clock_now(&s->b[0]->clock) + US(1));
    assert_int_equal(bench_read(s->b[1], RSSISAMPLE), 100);
}

/* Stations 0 and 1 send at the same time, 2 listens. */
static bool collide(struct stations *s, int32_t x0, int32_t x1, uint64_t delay)
{
    struct bench *rx = s->b[2];
    uint64_t now = clock_now(&rx->clock);
    uint32_t before = bench_event_count(rx, CRCOK);
    for (uint32_t i = 0; i < 3; i++) {
        bench_write(s->b[i], DISABLE, 1);
    }
    stations_run_to(s, now + US(50));
    stations_place(s, 0, x0);
    stations_place(s, 1, x1);
    stations_place(s, 2, 0);
    stations_receive(rx);
    stations_send(s->b[0]);
    stations_run_to(s, now + US(50) + delay);
    stations_send(s->b[1]);
    stations_run_to(s, now + US(5000));
    return bench_event_count(rx, CRCOK) > before;
}

static void the_stronger_of_two_is_captured(void **state)
{
    struct stations *s = *state;
    set_all_154(s);
    put_frame(s->b[0]);
    put_frame(s->b[1]);
    stations_packet(s->b[1])[10] = 'S';
    assert_false(collide(s, 3000, 3000, 0));
    assert_int_equal(bench_event_count(s->b[2], ADDRESS), 0); /* neither is understood */
    assert_true(collide(s, 1000, 9000, 0));                   /* 19 dB */
    assert_int_equal(stations_packet(s->b[2])[10], 's');
    assert_true(collide(s, 9000, 1000, 0));
    assert_int_equal(stations_packet(s->b[2])[10], 'S');
    assert_false(collide(s, 2000, 3000, 0)); /* 3.5 dB are not enough */
    /* The second comes while the first is received: that one is spoilt. */
    uint32_t errors = bench_event_count(s->b[2], CRCERROR);
    assert_false(collide(s, 2000, 2000, US(400)));
    assert_int_equal(bench_event_count(s->b[2], CRCERROR), errors + 1);
    /* Far enough apart in frequency. */
    bench_write(s->b[1], FREQUENCY, 10);
    assert_true(collide(s, 2000, 2000, 0));
}

static void what_is_broken_off_is_not_received(void **state)
{
    struct stations *s = *state;
    struct bench *tx = s->b[0], *rx = s->b[1];
    set_all_154(s);
    put_frame(tx);
    stations_receive(rx);
    stations_send(tx);
    stations_run_to(s, US(40 + 500));
    bench_write(tx, DISABLE, 1);
    stations_run_to(s, US(2000));
    assert_int_equal(bench_event_count(rx, ADDRESS), 1);
    assert_int_equal(bench_event_count(rx, CRCERROR), 1);
    assert_int_equal(bench_event_count(tx, END), 0);
    assert_int_equal(s->sent_count, 0);
    /* A receiver that opens in the middle of the frame hears nothing of it. */
    bench_write(rx, DISABLE, 1);
    stations_run_to(s, US(2100));
    stations_send(tx);
    stations_run_to(s, US(2100 + 150));
    stations_receive(rx);
    stations_run_to(s, US(4000));
    assert_int_equal(bench_event_count(rx, ADDRESS), 1);
}

/* What one packet did not find in memory the next one does. */
static void a_packet_without_memory_spoils_no_other(void **state)
{
    struct stations *s = *state;
    struct bench *tx = s->b[0], *rx = s->b[2];
    set_all_154(s);
    put_frame(tx);
    bench_write(s->b[1], FREQUENCY, 80);
    uint32_t pointer = bench_read(rx, PACKETPTR);
    bench_write(rx, PACKETPTR, 0x1000);
    assert_true(collide(s, 1000, 1000, 0));
    assert_int_equal(rx->diag.count[DIAG_GUEST_ERROR], 1);
    bench_write(rx, PACKETPTR, pointer);
    assert_true(collide(s, 1000, 1000, 0));
    assert_int_equal(rx->diag.count[DIAG_GUEST_ERROR], 1);
    assert_memory_equal(stations_packet(rx), stations_packet(tx), stations_packet(tx)[0] - 1U);
}

/* With the RC oscillator it is off its frequency: it goes through its states, and that is all. */
static void without_the_crystal_nobody_hears_anybody(void **state)
{
    struct stations *s = *state;
    struct bench *tx = s->b[0], *rx = s->b[2];
    static const bool runs = true, stands = false;
    uint32_t ends = 0;
    set_all_154(s);
    put_frame(tx);
    bench_write(s->b[1], FREQUENCY, 80);
    for (uint32_t i = 0; i < 4; i++) {
        tx->nets.hfxo = (i & 1U) != 0 ? &runs : &stands;
        rx->nets.hfxo = (i & 2U) != 0 ? &runs : &stands;
        uint32_t errors = tx->diag.count[DIAG_GUEST_ERROR] + rx->diag.count[DIAG_GUEST_ERROR];
        assert_int_equal(collide(s, 1000, 1000, 0), i == 3);
        assert_int_equal(bench_event_count(tx, END), ++ends);
        assert_int_equal(
            tx->diag.count[DIAG_GUEST_ERROR] + rx->diag.count[DIAG_GUEST_ERROR] > errors, i != 3);
    }
}

static void faults(void **state)
{
    struct stations *s = *state;
    struct bench *tx = s->b[0], *rx = s->b[2];
    set_all_154(s);
    bench_write(rx, SHORTS, 1U << 4);
    put_frame(tx);
    bench_write(s->b[1], FREQUENCY, 80);
    assert_true(collide(s, 1000, 1000, 0));
    assert_true(bench_input(rx, "deaf", 1));
    assert_false(collide(s, 1000, 1000, 0));
    assert_true(bench_input(rx, "deaf", 0));
    assert_true(bench_input(tx, "mute", 1));
    assert_false(collide(s, 1000, 1000, 0));
    assert_int_equal(bench_event_count(tx, END), 3); /* it does not know */
    assert_true(bench_input(tx, "mute", 0));
    assert_true(bench_input(rx, "crc-error", 100));
    assert_false(collide(s, 1000, 1000, 0));
    assert_int_equal(bench_event_count(rx, CRCERROR), 1);
    assert_true(bench_input(rx, "crc-error", 0));
    assert_true(bench_input(rx, "rssi-offset", -20));
    assert_true(collide(s, 1000, 1000, 0));
    assert_int_equal(bench_read(rx, RSSISAMPLE), 60);
    assert_true(bench_input(rx, "rssi-offset", 0));
    bench_reset(rx, RESET_SREQ); /* faults last */
    stations_set_154(rx);
    assert_true(bench_input(rx, "loss", 50));
    bench_reset(rx, RESET_SREQ);
    stations_set_154(rx);
    uint32_t received = 0;
    for (uint32_t i = 0; i < 100; i++) {
        received += collide(s, 1000, 1000, 0);
    }
    assert_in_range(received, 30, 70);
    assert_false(bench_input(rx, "press", 1));
}

static void the_medium_can_lose_frames(void **state)
{
    struct stations *s = *state;
    set_all_154(s);
    put_frame(s->b[0]);
    bench_write(s->b[1], FREQUENCY, 80);
    s->b[2]->nets.radio.loss_percent = 100;
    assert_false(collide(s, 1000, 1000, 0));
}

/* All events of all stations while they send to each other, collide and are broken off. */
static uint64_t play(uint64_t lead, bool last_first)
{
    struct stations *s = stations_new(NRF52840);
    uint64_t hash = 14695981039346656037U;
    s->lead = lead;
    s->last_first = last_first;
    set_all_154(s);
    for (uint32_t i = 0; i < STATIONS; i++) {
        bench_write(s->b[i], SHORTS, 1U << 4 | 1U << 5);
        put_frame(s->b[i]);
    }
    uint64_t now = 0;
    for (uint32_t round = 0; round < 40; round++) {
        for (uint32_t i = 0; i < STATIONS; i++) {
            if ((round * 7 + i * 5) % 4 < 2) {
                stations_send(s->b[i]);
            } else {
                stations_receive(s->b[i]);
            }
            now += US(97 * i) + round * 11;
            stations_run_to(s, now);
        }
        now += US(1500);
        stations_run_to(s, now);
        bench_write(s->b[round % STATIONS], DISABLE, 1);
        now += US(333);
        stations_run_to(s, now);
        for (uint32_t i = 0; i < STATIONS; i++) {
            bench_write(s->b[i], DISABLE, 1);
        }
        now += US(30);
        stations_run_to(s, now);
    }
    for (uint32_t i = 0; i < STATIONS; i++) {
        assert_true(s->b[i]->events.count > 100);
        for (uint32_t k = 0; k < s->b[i]->events.count; k++) {
            hash = (hash ^ s->b[i]->events.entries[k].cycles) * 1099511628211U;
            hash = (hash ^ s->b[i]->events.entries[k].value) * 1099511628211U;
        }
        for (uint32_t k = 0; k < BENCH_RAM_BYTES; k++) {
            hash = (hash ^ s->b[i]->ram[k]) * 1099511628211U;
        }
    }
    stations_free(s);
    return hash;
}

static void it_does_not_matter_who_is_ahead(void **state)
{
    (void)state;
    uint64_t hash = play(0, false);
    assert_int_equal(play(0, true), hash);
    assert_int_equal(play(LATENCY / 3, false), hash);
    assert_int_equal(play(LATENCY, false), hash);
    assert_int_equal(play(LATENCY, true), hash);
    /* With more than the latency it does: the comparison can fail. */
    assert_int_not_equal(play(US(100), false), hash);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* A plausible set-up with one register changed at random, tasks at random, all on one air: nothing
 * is written outside of RAM (the sanitizers look), and a state is always one that a snapshot may
 * have. */
static void whatever_guests_do(void **state)
{
    struct stations *s = *state;
    static const uint16_t tasks[] = {TXEN,    RXEN,    START,    START,     STOP,    DISABLE,
                                     BCSTART, EDSTART, CCASTART, RSSISTART, CCASTOP, EDSTOP};
    static const char *const names[] = {"loss", "crc-error", "rssi-offset", "deaf", "mute"};
    uint32_t seed = 4711;
    uint64_t now = 0;
    for (uint32_t step = 0; step < 20000; step++) {
        struct bench *b = s->b[next_random(&seed) % STATIONS];
        uint32_t kind = next_random(&seed) % 16;
        uint32_t value = next_random(&seed) >> next_random(&seed) % 32;
        if (kind == 0) {
            bench_write(b, 0x500 + next_random(&seed) % 0x170 / 4 * 4, value);
        } else if (kind == 1) {
            stations_set_154(b);
            bench_write(b, FREQUENCY, 5);
        } else if (kind == 2) {
            stations_set_ble(b);
            bench_write(b, FREQUENCY, 5);
        } else if (kind == 3) {
            bench_write(b, SHORTS, next_random(&seed));
        } else if (kind == 4 && value % 8 == 0) {
            (void)bench_input(b, names[next_random(&seed) % 5],
                              (int32_t)(next_random(&seed) % 256) - 100);
        } else if (kind < 10) {
            bench_write(b, tasks[next_random(&seed) % 12], 1);
        } else {
            stations_packet(b)[value % 16] = (uint8_t)next_random(&seed);
            now += next_random(&seed) % US(400);
            stations_run_to(s, now);
        }
        const struct device_class *c = b->device_class;
        assert_true(c->state_is_sane(b->device, (uint8_t *)b->device + c->state_offset, now));
        b->events.count %= BENCH_LOG / 2;
    }
    assert_true(s->sent_count > 100);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_frame_of_802_15_4),
        TEST(the_delimiter_must_match),
        TEST(mac_headers_are_matched),
        TEST(the_channel_is_assessed),
        TEST(listen_before_talk_without_the_cpu),
        TEST(energy_is_detected_and_the_strongest_counts),
        TEST(rssi_falls_with_the_distance),
        TEST(the_stronger_of_two_is_captured),
        TEST(what_is_broken_off_is_not_received),
        TEST(a_packet_without_memory_spoils_no_other),
        TEST(without_the_crystal_nobody_hears_anybody),
        TEST(faults),
        TEST(the_medium_can_lose_frames),
        TEST(whatever_guests_do),
        cmocka_unit_test(it_does_not_matter_who_is_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
