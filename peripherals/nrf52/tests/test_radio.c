/* One RADIO and its registers: states and their times, events of a packet to the cycle,
 * shortcuts, packet formats and addresses between two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/nrf52/tests/radio_bench.h"

#define NRF52832 (512U * 1024U)
#define NRF52840 (1024U * 1024U)

/* 0.6 us from the transmitter to the antenna, 9.4 us from there to the receiver's events. */
#define TX_CHAIN    38U
#define RX_CHAIN    602U
#define CODED_CHAIN 1894U /* 29.6 us */

static int setup_52832(void **state)
{
    *state = stations_new(NRF52832);
    return 0;
}

static int setup_52840(void **state)
{
    *state = stations_new(NRF52840);
    return 0;
}

static int teardown(void **state)
{
    stations_free(*state);
    return 0;
}

/* A non-connectable advertisement: S0, LENGTH, AdvA, a name. */
static const uint8_t advertisement[] = {0x42, 0x0D, 0x06, 0x05, 0x04, 0x03, 0x02, 0xC1,
                                        0x06, 0x09, 'g',  'l',  'a',  's',  's'};

static void put_advertisement(struct bench *b)
{
    memcpy(stations_packet(b), advertisement, sizeof advertisement);
}

static void ramp_up_takes_140_or_40_us(void **state)
{
    struct stations *s = *state;
    struct bench *b = s->b[0];
    assert_int_equal(bench_read(b, STATE), 0);
    bench_write(b, TXEN, 1);
    assert_int_equal(bench_read(b, STATE), 9);
    stations_run_to(s, US(140) - 1);
    assert_int_equal(bench_read(b, READY), 0);
    stations_run_to(s, US(140));
    assert_int_equal(bench_read(b, READY), 1);
    assert_int_equal(bench_read(b, STATE), 10);
    bench_write(b, DISABLE, 1);
    assert_int_equal(bench_read(b, STATE), 12);
    stations_run_to(s, US(146));
    assert_int_equal(bench_event_cycle(b, DISABLED), US(146));
    assert_int_equal(bench_read(b, STATE), 0);
    bench_write(b, MODECNF0, 1);
    bench_write(b, RXEN, 1);
    assert_int_equal(bench_read(b, STATE), 1);
    stations_run_to(s, US(300));
    assert_int_equal(bench_event_cycle(b, READY), US(186));
    assert_int_equal(bench_read(b, STATE), 2);
    bench_write(b, START, 1);
    assert_int_equal(bench_read(b, STATE), 3);
    bench_write(b, STOP, 1);
    assert_int_equal(bench_read(b, STATE), 2);
    bench_write(b, DISABLE, 1);
    assert_int_equal(bench_read(b, STATE), 4);
    stations_run_to(s, US(301));
    assert_int_equal(bench_event_cycle(b, DISABLED), US(300));
    /* Also when it is disabled already. */
    bench_write(b, DISABLE, 1);
    assert_int_equal(bench_event_count(b, DISABLED), 3);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void tasks_in_wrong_states_are_ignored(void **state)
{
    struct stations *s = *state;
    struct bench *b = s->b[0];
    bench_write(b, START, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    bench_write(b, MODE, 2); /* nRF52832's alone */
    bench_write(b, TXEN, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2);
    assert_int_equal(bench_read(b, STATE), 0);
    bench_write(b, MODE, 3);
    bench_write(b, TXEN, 1);
    bench_write(b, RXEN, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 3);
    bench_write(b, MODE, 2); /* counts at the next ramp-up only */
    bench_write(b, DISABLE, 1);
    stations_run_to(s, US(10));
    assert_int_equal(bench_event_cycle(b, DISABLED), US(6));
}

/* 1 byte of preamble, 4 of address, 2 of header, 13 of payload, 3 of CRC at 1 us a bit. */
static void the_events_of_a_packet_come_to_the_cycle(void **state)
{
    struct stations *s = *state;
    struct bench *tx = s->b[0], *rx = s->b[1];
    const uint64_t start = US(40);
    stations_set_ble(tx);
    stations_set_ble(rx);
    put_advertisement(tx);
    stations_receive(rx);
    stations_send(tx);
    stations_run_to(s, US(1000));
    assert_int_equal(bench_event_cycle(tx, READY), start);
    assert_int_equal(bench_event_cycle(tx, ADDRESS), start + US(8 * 5));
    assert_int_equal(bench_event_cycle(tx, PAYLOAD), start + US(8 * 20));
    assert_int_equal(bench_event_cycle(tx, END), start + US(8 * 23));
    assert_int_equal(bench_read(tx, STATE), 10);
    assert_int_equal(bench_event_count(tx, CRCOK), 0);

    const uint64_t late = start + TX_CHAIN + RX_CHAIN;
    assert_int_equal(bench_event_cycle(rx, ADDRESS), late + US(8 * 5));
    assert_int_equal(bench_event_cycle(rx, PAYLOAD), late + US(8 * 20));
    assert_int_equal(bench_event_cycle(rx, CRCOK), late + US(8 * 23));
    assert_int_equal(bench_event_cycle(rx, END), late + US(8 * 23));
    assert_int_equal(bench_read(rx, CRCSTATUS), 1);
    assert_int_equal(bench_read(rx, RXMATCH), 0);
    assert_int_equal(bench_read(rx, STATE), 2);
    assert_memory_equal(stations_packet(rx), advertisement, sizeof advertisement);
    assert_int_equal(stations_packet(rx)[sizeof advertisement], 0);
    assert_int_equal(clock_next_due(&rx->clock), CLOCK_NEVER);
}

static void two_megabits(void **state)
{
    struct stations *s = *state;
    for (uint32_t i = 0; i < 2; i++) {
        stations_set_ble(s->b[i]);
        bench_write(s->b[i], MODE, 4);
        bench_write(s->b[i], PCNF0, 8U | 1U << 8 | 1U << 24); /* preamble of 16 bits */
    }
    put_advertisement(s->b[0]);
    stations_receive(s->b[1]);
    stations_send(s->b[0]);
    stations_run_to(s, US(1000));
    assert_int_equal(bench_event_cycle(s->b[0], END), US(40) + US(4 * 24));
    assert_int_equal(bench_event_cycle(s->b[1], CRCOK), US(40) + TX_CHAIN + US(5) + US(4 * 24));
    assert_memory_equal(stations_packet(s->b[1]), advertisement, sizeof advertisement);
}

static void bytes_on_the_air(void **state)
{
    /* Computed apart from this program: CRC-24/BLE, and the published whitening sequence. */
    static const uint8_t air[] = {0xD6, 0xBE, 0x89, 0x8E, 0x42 ^ 0x8D, 0x0D ^ 0xD2, 0x06 ^ 0x57};
    struct stations *s = *state;
    stations_set_ble(s->b[0]);
    put_advertisement(s->b[0]);
    stations_send(s->b[0]);
    stations_run_to(s, US(1000));
    assert_int_equal(s->sent_count, 1);
    assert_int_equal(s->sent.bit_count, 8 * 22);
    assert_int_equal(s->sent.frequency_mhz, 2402);
    assert_int_equal(s->sent.start_cycles, US(40) + TX_CHAIN);
    assert_int_equal(s->sent.end_cycles, US(40) + TX_CHAIN + US(8 * 23));
    assert_memory_equal(s->sent.bits, air, sizeof air);
}

/* Sends the advertisement once more; true when the other side says that its CRC is right. */
static bool arrives(struct stations *s)
{
    struct bench *tx = s->b[0], *rx = s->b[1];
    uint64_t now = clock_now(&tx->clock);
    uint32_t before = bench_event_count(rx, CRCOK);
    bench_write(tx, DISABLE, 1);
    bench_write(rx, DISABLE, 1);
    stations_run_to(s, now + US(10));
    memset(stations_packet(rx), 0, 64);
    stations_receive(rx);
    stations_send(tx);
    stations_run_to(s, now + US(3000));
    return bench_event_count(rx, CRCOK) > before;
}

static void both_sides_must_agree(void **state)
{
    struct stations *s = *state;
    struct bench *rx = s->b[1];
    stations_set_ble(s->b[0]);
    stations_set_ble(rx);
    put_advertisement(s->b[0]);
    assert_true(arrives(s));
    assert_int_equal(bench_event_count(rx, ADDRESS), 1);

    bench_write(rx, FREQUENCY, 26);
    assert_false(arrives(s));
    bench_write(rx, FREQUENCY, 2);
    bench_write(rx, PREFIX0, 0x8F);
    assert_false(arrives(s));
    bench_write(rx, PREFIX0, 0x8E);
    bench_write(rx, RXADDRESSES, 2);
    assert_false(arrives(s));
    bench_write(rx, RXADDRESSES, 1);
    bench_write(rx, MODE, 4);
    assert_false(arrives(s));
    bench_write(rx, MODE, 3);
    assert_int_equal(bench_event_count(rx, ADDRESS), 1);
    assert_int_equal(bench_event_count(rx, CRCERROR), 0);

    bench_write(rx, CRCINIT, 0x555554);
    assert_false(arrives(s));
    assert_int_equal(bench_event_count(rx, CRCERROR), 1);
    assert_int_equal(bench_read(rx, CRCSTATUS), 0);
    /* The packet is in memory all the same. */
    assert_memory_equal(stations_packet(rx), advertisement, sizeof advertisement);
    bench_write(rx, CRCINIT, 0x555555);
    bench_write(rx, DATAWHITEIV, 38);
    assert_false(arrives(s));
    assert_int_equal(bench_event_count(rx, CRCERROR), 2);
    assert_int_not_equal(stations_packet(rx)[0], advertisement[0]);
    bench_write(rx, DATAWHITEIV, 37);
    assert_true(arrives(s));
}

static void logical_addresses(void **state)
{
    struct stations *s = *state;
    struct bench *tx = s->b[0], *rx = s->b[1];
    for (uint32_t i = 0; i < 2; i++) {
        stations_set_ble(s->b[i]);
        bench_write(s->b[i], PCNF1, 37U | 4U << 16);
        bench_write(s->b[i], BASE0, 0x11223344);
        bench_write(s->b[i], BASE1, 0x55667788);
        bench_write(s->b[i], PREFIX0, 0xA3A2A1A0);
        bench_write(s->b[i], PREFIX1, 0xA7A6A5A4);
    }
    put_advertisement(tx);
    bench_write(rx, RXADDRESSES, 0xFF);
    for (uint32_t address = 0; address < 8; address++) {
        bench_write(tx, TXADDRESS, address);
        assert_true(arrives(s));
        assert_int_equal(bench_read(rx, RXMATCH), address);
        assert_int_equal(s->sent.sync_bits, 40);
        assert_int_equal(s->sent.bits[0], address == 0 ? 0x44 : 0x88);
        assert_int_equal(s->sent.bits[4], 0xA0 + address);
    }
    bench_write(rx, RXADDRESSES, 0x7F);
    assert_false(arrives(s));
}

/* READY_START, END_DISABLE, DISABLED_RXEN and TIFS: a request and its answer 150 us later. */
static void shortcuts_turn_around_after_tifs(void **state)
{
    struct stations *s = *state;
    struct bench *a = s->b[0], *b = s->b[1];
    for (uint32_t i = 0; i < 2; i++) {
        stations_set_ble(s->b[i]);
        bench_write(s->b[i], MODECNF0, 0x200); /* default ramp-up */
        bench_write(s->b[i], TIFS, 150);
    }
    put_advertisement(a);
    bench_write(a, SHORTS, 1U | 2U | 8U);
    bench_write(b, SHORTS, 1U | 2U | 4U);
    bench_write(b, RXEN, 1);
    bench_write(a, TXEN, 1);
    stations_run_to(s, US(500));
    uint64_t end = s->sent.end_cycles;
    assert_int_equal(bench_event_count(b, CRCOK), 1);
    bench_write(b, SHORTS, 1U | 2U); /* the answer is the last */
    stations_run_to(s, US(2000));
    assert_in_range(bench_event_cycle(b, READY) + TX_CHAIN - end, US(150) - 1, US(150) + 1);
    assert_int_equal(bench_event_count(a, CRCOK), 1);
    assert_memory_equal(stations_packet(a), advertisement, sizeof advertisement);
}

static void the_bit_counter_counts_from_the_address(void **state)
{
    struct stations *s = *state;
    struct bench *tx = s->b[0], *rx = s->b[1];
    stations_set_ble(tx);
    stations_set_ble(rx);
    put_advertisement(tx);
    bench_write(rx, SHORTS, 1U << 6);
    bench_write(rx, BCC, 16 + 48);
    bench_write(rx, BCSTART, 1); /* no packet: nothing to count */
    stations_receive(rx);
    stations_send(tx);
    stations_run_to(s, US(1000));
    assert_int_equal(bench_event_count(rx, BCMATCH), 1);
    assert_int_equal(bench_event_cycle(rx, BCMATCH), bench_event_cycle(rx, ADDRESS) + US(64));
    /* It ends with the packet. */
    bench_write(rx, BCC, 1000);
    assert_true(arrives(s));
    assert_int_equal(bench_event_count(rx, BCMATCH), 1);
}

static void device_addresses_are_matched(void **state)
{
    struct stations *s = *state;
    struct bench *rx = s->b[1];
    stations_set_ble(s->b[0]);
    stations_set_ble(rx);
    put_advertisement(s->b[0]);
    bench_write(rx, DAB + 4 * 5, 0x03040506);
    bench_write(rx, DAP + 4 * 5, 0xC102);
    assert_true(arrives(s));
    assert_int_equal(bench_event_count(rx, DEVMATCH) + bench_event_count(rx, DEVMISS), 0);
    bench_write(rx, DACNF, 0x20); /* the address is a random one: TxAdd is set */
    assert_true(arrives(s));
    assert_int_equal(bench_event_count(rx, DEVMISS), 1);
    bench_write(rx, DACNF, 0x2020);
    assert_true(arrives(s));
    assert_int_equal(bench_event_count(rx, DEVMATCH), 1);
    assert_int_equal(bench_read(rx, DAI), 5);
    assert_int_equal(bench_event_cycle(rx, DEVMATCH), bench_event_cycle(rx, ADDRESS) + US(64));
}

static void packets_that_are_too_long_or_not_in_ram(void **state)
{
    struct stations *s = *state;
    struct bench *tx = s->b[0], *rx = s->b[1];
    stations_set_ble(tx);
    stations_set_ble(rx);
    put_advertisement(tx);
    bench_write(rx, PCNF1, 10U | 3U << 16 | 1U << 25);
    assert_false(arrives(s));
    assert_int_equal(bench_read(rx, PDUSTAT) & 1U, 1);
    assert_int_equal(stations_packet(rx)[12], 0);
    assert_int_equal(stations_packet(rx)[11], advertisement[11]);
    bench_write(rx, PCNF1, 37U | 3U << 16 | 1U << 25);
    bench_write(rx, PACKETPTR, 0x1000);
    assert_true(arrives(s)); /* on the air all is well */
    assert_int_equal(rx->diag.count[DIAG_GUEST_ERROR], 1);
    assert_int_equal(stations_packet(rx)[0], 0);
    bench_write(tx, PACKETPTR, 0x1000);
    assert_false(arrives(s));
    assert_int_equal(tx->diag.count[DIAG_GUEST_ERROR], 1);
}

/* Both rates of the coded form: preamble 80 us, address 256, CI and TERM1 40; then 8 or 2 us for a
 * bit, with 3 bits of TERM2. */
static void coded_packets(void **state)
{
    struct stations *s = *state;
    struct bench *tx = s->b[0], *rx = s->b[1];
    for (uint32_t fast = 0; fast < 2; fast++) {
        uint64_t start = clock_now(&tx->clock) + US(100 + 40);
        for (uint32_t i = 0; i < 2; i++) {
            stations_set_ble(s->b[i]);
            bench_write(s->b[i], MODE, 5 + fast * (1 - i)); /* the receiver takes both */
            bench_write(s->b[i], PCNF0, 8U | 1U << 8 | 3U << 24 | 2U << 22 | 3U << 29);
            bench_write(s->b[i], DISABLE, 1);
        }
        put_advertisement(tx);
        memset(stations_packet(rx), 0, 64);
        stations_run_to(s, clock_now(&tx->clock) + US(100));
        stations_receive(rx);
        stations_send(tx);
        stations_run_to(s, start + US(4000));
        uint64_t end = start + US(376) + US(fast != 0 ? 2 : 8) * (15 * 8 + 24 + 3);
        assert_int_equal(bench_event_cycle(tx, ADDRESS), start + US(336));
        assert_int_equal(bench_event_cycle(tx, END), end);
        assert_int_equal(bench_event_cycle(rx, END), end + TX_CHAIN + CODED_CHAIN);
        assert_int_equal(bench_read(rx, CRCSTATUS), 1);
        assert_memory_equal(stations_packet(rx), advertisement, sizeof advertisement);
        assert_int_equal(bench_event_count(rx, RATEBOOST), fast);
        assert_int_equal(bench_read(rx, PDUSTAT), 2 * fast);
        assert_int_equal(bench_event_count(tx, PHYEND), fast + 1);
        assert_int_equal(bench_event_count(rx, SYNC), fast + 1);
    }
}

/* Enhanced ShockBurst between the chips' proprietary modes: 6 bits of length, 3 bits of packet
 * control, big endian, a CRC that includes the address. */
static void proprietary_packets(void **state)
{
    static const uint8_t packet[] = {4, 5, 0x11, 0x22, 0x33, 0x44};
    struct stations *s = *state;
    bool nrf52832 = s->system[0]->nvm.flash_bytes == NRF52832;
    static const struct {
        uint32_t mode, bit_cycles, rx_chain;
    } modes[] = {{0, 64, 602}, {1, 32, 320}, {2, 256, 602}};
    for (uint32_t m = 0; m < (nrf52832 ? 3 : 2); m++) {
        for (uint32_t i = 0; i < 2; i++) {
            stations_set_ble(s->b[i]);
            bench_write(s->b[i], DATAWHITEIV, 0);
            bench_write(s->b[i], MODE, modes[m].mode);
            bench_write(s->b[i], PCNF0, 6U | 3U << 16);
            bench_write(s->b[i], PCNF1, 32U | 4U << 16 | 1U << 24);
            bench_write(s->b[i], CRCCNF, 2);
            bench_write(s->b[i], CRCPOLY, 0x11021);
            bench_write(s->b[i], CRCINIT, 0xFFFF);
        }
        memcpy(stations_packet(s->b[0]), packet, sizeof packet);
        assert_true(arrives(s));
        assert_memory_equal(stations_packet(s->b[1]), packet, sizeof packet);
        /* 8 bits of preamble, 40 of address, 9 + 32 + 16 of the rest. */
        assert_int_equal(bench_event_cycle(s->b[1], END) - bench_event_cycle(s->b[0], READY),
                         TX_CHAIN + modes[m].rx_chain + modes[m].bit_cycles * (8 + 40 + 57));
    }
}

static void power_off_is_a_reset(void **state)
{
    struct stations *s = *state;
    struct bench *b = s->b[0];
    stations_set_ble(b);
    stations_send(b);
    stations_run_to(s, US(60));
    bench_write(b, POWER, 0);
    assert_int_equal(bench_read(b, STATE), 0);
    assert_int_equal(bench_read(b, POWER), 0);
    assert_int_equal(bench_read(b, FREQUENCY), 2);
    assert_int_equal(bench_read(b, PCNF1), 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    bench_write(b, TXEN, 1);
    assert_int_equal(bench_read(b, STATE), 0);
    bench_write(b, POWER, 1);
    bench_write(b, TXEN, 1);
    assert_int_equal(bench_read(b, STATE), 9);
    assert_int_equal(s->sent_count, 0);
}

static void the_line_follows_the_events(void **state)
{
    struct stations *s = *state;
    struct bench *b = s->b[0];
    bench_write(b, INTENSET, 1);
    bench_write(b, TXEN, 1);
    assert_false(b->irq);
    stations_run_to(s, US(140));
    assert_true(b->irq);
    bench_write(b, READY, 0);
    assert_false(b->irq);
}

int main(void)
{
#define BOTH(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, setup_52832, teardown),                                  \
        cmocka_unit_test_setup_teardown(name, setup_52840, teardown)
#define ONLY_52840(name) cmocka_unit_test_setup_teardown(name, setup_52840, teardown)
    const struct CMUnitTest tests[] = {
        BOTH(ramp_up_takes_140_or_40_us),
        ONLY_52840(tasks_in_wrong_states_are_ignored),
        BOTH(the_events_of_a_packet_come_to_the_cycle),
        BOTH(two_megabits),
        BOTH(bytes_on_the_air),
        BOTH(both_sides_must_agree),
        BOTH(logical_addresses),
        BOTH(shortcuts_turn_around_after_tifs),
        BOTH(the_bit_counter_counts_from_the_address),
        BOTH(device_addresses_are_matched),
        ONLY_52840(packets_that_are_too_long_or_not_in_ram),
        ONLY_52840(coded_packets),
        BOTH(proprietary_packets),
        BOTH(power_off_is_a_reset),
        BOTH(the_line_follows_the_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
