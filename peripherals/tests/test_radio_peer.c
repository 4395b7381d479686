/* The radio peer against a RADIO: each hears what the other sends, in its time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/nrf52/tests/radio_bench.h"
#include "peripherals/parts/radio_peer.h"

#define NRF52840 (1024U * 1024U)

struct world {
    struct stations *stations;
    struct bench *radio; /* station 0 */
    struct bench *peer;  /* in the place of station 1, which stays silent */
};

static const char *protocol;
static const char *frame_text;

static const char *string_of(const void *node, const char *name)
{
    (void)node;
    return strcmp(name, "protocol") == 0  ? protocol
           : strcmp(name, "frame-3") == 0 ? frame_text
                                          : NULL;
}

static bool flag_of(const void *node, const char *name)
{
    (void)node;
    return strcmp(name, "acknowledges") == 0;
}

static const char *start_peer(struct bench *peer)
{
    const struct device_class *c = &part_radio_peer_class;
    (void)bench_start(peer, c, 0);
    peer->env.props.string = string_of;
    peer->env.props.flag = flag_of;
    memset(peer->device, 0, c->size_bytes);
    return c->init(peer->device, &peer->env);
}

static struct world *make(const char *with_protocol)
{
    static struct world world;
    world.stations = stations_new(NRF52840);
    world.radio = world.stations->b[0];
    world.peer = bench_new();
    protocol = with_protocol;
    frame_text = "03080144";
    assert_null(start_peer(world.peer));
    radio_medium_join(&world.radio->nets.radio, &world.peer->nets.radio);
    return &world;
}

static void unmake(struct world *world)
{
    bench_free(world->peer);
    stations_free(world->stations);
}

/* One after the other, in steps that are shorter than the medium's latency. */
static void run_to(struct world *world, uint64_t cycle)
{
    for (uint64_t at = clock_now(&world->peer->clock); at <= cycle; at += US(4)) {
        stations_run_to(world->stations, at);
        bench_run_to(world->peer, at);
    }
}

static void it_is_heard(void **state)
{
    static const uint8_t expected[] = {6, 0x03, 0x08, 0x01, 0x44};
    (void)state;
    struct world *w = make(NULL);
    stations_set_154(w->radio);
    stations_receive(w->radio);
    run_to(w, US(100));
    assert_true(bench_input(w->peer, "frame", 3));
    assert_true(bench_input(w->peer, "frame", 3)); /* it is busy */
    run_to(w, US(1000));
    assert_int_equal(bench_event_count(w->radio, CRCOK), 1);
    assert_memory_equal(stations_packet(w->radio), expected, sizeof expected);
    /* 5 bytes before the length, 7 with it and the checksum; 22 us to the event. */
    assert_in_range(bench_event_cycle(w->radio, CRCOK), US(100 - 4 + 12 * 32 + 22),
                    US(100 + 12 * 32 + 22));
    assert_int_equal(w->peer->notes.count, 2);
    assert_string_equal(w->peer->notes.entries[0].what, "sent");
    assert_string_equal(w->peer->notes.entries[1].what, "not sent");
    assert_true(bench_input(w->peer, "mute", 1));
    assert_true(bench_input(w->peer, "frame", 3));
    assert_true(bench_input(w->peer, "frame", 4)); /* there is none */
    run_to(w, US(2000));
    assert_int_equal(bench_event_count(w->radio, ADDRESS), 1);
    unmake(w);
}

static void it_hears_and_acknowledges(void **state)
{
    static const uint8_t frame[] = {7, 0x61, 0x08, 0x2A, 'h', 'i'};
    static const uint8_t answer[] = {5, 0x02, 0x00, 0x2A};
    (void)state;
    struct world *w = make("ieee802154");
    stations_set_154(w->radio);
    memcpy(stations_packet(w->radio), frame, sizeof frame);
    bench_write(w->radio, SHORTS, 1U | 1U << 20 | 1U << 3); /* PHYEND_DISABLE, DISABLED_RXEN */
    stations_send(w->radio);
    run_to(w, US(3000));
    assert_int_equal(w->peer->notes.count, 2);
    assert_string_equal(w->peer->notes.entries[0].what, "heard");
    assert_int_equal(w->peer->notes.entries[0].value, 0x2A);
    assert_int_equal(w->peer->notes.entries[1].cycles - w->peer->notes.entries[0].cycles, US(192));
    assert_int_equal(bench_event_count(w->radio, CRCOK), 1);
    assert_memory_equal(stations_packet(w->radio), answer, sizeof answer);
    /* On another channel it hears nothing; nor when it is deaf. */
    for (uint32_t i = 0; i < 2; i++) {
        assert_true(bench_input(w->peer, i == 0 ? "channel" : "deaf", i == 0 ? 12 : 1));
        assert_true(i == 0 || bench_input(w->peer, "channel", 11));
        bench_write(w->radio, DISABLE, 1);
        run_to(w, US(4000 + 3000 * i));
        stations_send(w->radio);
        run_to(w, US(6000 + 3000 * i));
        assert_int_equal(w->peer->notes.count, 2);
    }
    unmake(w);
}

static void advertisements_both_ways(void **state)
{
    static const uint8_t pdu[] = {0x42, 6, 1, 2, 3, 4, 5, 0xC6};
    (void)state;
    struct world *w = make("ble");
    stations_set_ble(w->radio);
    stations_receive(w->radio);
    run_to(w, US(100));
    for (uint32_t i = 0; i < sizeof pdu; i++) {
        assert_true(bench_input(w->peer, "byte", pdu[i]));
    }
    assert_true(bench_input(w->peer, "send", 37));
    run_to(w, US(1000));
    assert_int_equal(bench_event_count(w->radio, CRCOK), 1);
    assert_memory_equal(stations_packet(w->radio), pdu, sizeof pdu);
    bench_write(w->radio, DISABLE, 1);
    bench_write(w->radio, FREQUENCY, 80);
    bench_write(w->radio, DATAWHITEIV, 39);
    assert_true(bench_input(w->peer, "channel", 39));
    assert_true(bench_input(w->peer, "channel", 40)); /* there is none */
    run_to(w, US(1100));
    stations_send(w->radio);
    run_to(w, US(2000));
    assert_string_equal(w->peer->notes.entries[w->peer->notes.count - 1].what, "heard");
    assert_int_equal(w->peer->notes.entries[w->peer->notes.count - 1].value, 2);
    unmake(w);
}

static void mistakes_in_the_tree(void **state)
{
    struct bench *peer = bench_new();
    (void)state;
    protocol = "zigbee";
    frame_text = NULL;
    assert_non_null(start_peer(peer));
    bench_free(peer);
    peer = bench_new();
    protocol = NULL;
    frame_text = "123";
    assert_non_null(start_peer(peer));
    bench_free(peer);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void anything_may_come(void **state)
{
    static const char *const names[] = {"byte", "byte", "byte", "send", "channel", "frame", "deaf"};
    uint32_t seed = 99;
    (void)state;
    struct world *w = make("ble");
    uint64_t now = 0;
    for (uint32_t i = 0; i < 4000; i++) {
        int32_t value = (int32_t)(next_random(&seed) >> next_random(&seed) % 32);
        (void)bench_input(w->peer, names[next_random(&seed) % 7], value);
        if (i % 16 == 0) {
            stations_set_ble(w->radio);
            bench_write(w->radio, FREQUENCY, 80);
            stations_packet(w->radio)[1] = (uint8_t)next_random(&seed);
            stations_send(w->radio);
            now += US(next_random(&seed) % 500);
            run_to(w, now);
            bench_write(w->radio, DISABLE, 1);
        }
        w->peer->notes.count %= BENCH_LOG / 2;
        w->radio->events.count %= BENCH_LOG / 2;
    }
    unmake(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_heard),
        cmocka_unit_test(it_hears_and_acknowledges),
        cmocka_unit_test(advertisements_both_ways),
        cmocka_unit_test(mistakes_in_the_tree),
        cmocka_unit_test(anything_may_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
