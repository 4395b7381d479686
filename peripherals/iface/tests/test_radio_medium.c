/* The medium: who hears whom, and how strong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/radio_medium.h"

struct listener {
    struct radio_port port;
    uint32_t count, source;
    int32_t power_cdbm;
    enum radio_phase phase;
};

static void heard(void *owner, uint32_t source, enum radio_phase phase,
                  const struct radio_frame *frame, int32_t power_cdbm)
{
    struct listener *listener = owner;
    (void)frame;
    listener->count++;
    listener->source = source;
    listener->phase = phase;
    listener->power_cdbm = power_cdbm;
}

static void add(struct radio_medium *medium, struct listener *listener, int32_t x_mm)
{
    *listener =
        (struct listener){.port = {.heard = heard, .owner = listener, .position_mm = {x_mm, 0, 0}}};
    radio_medium_attach(medium, &listener->port);
}

/* Free space: 20 dB per decade; each within 0.05 dB of the formula. */
static void loss_grows_with_the_logarithm_of_the_distance(void **state)
{
    static const struct {
        uint64_t mm;
        uint32_t exponent;
        int32_t cdb;
    } table[] = {{1000, 20, 4000}, {10000, 20, 6000},    {100000, 20, 8000},
                 {2000, 20, 4602}, {3000, 20, 4954},     {100, 20, 2000},
                 {1, 20, 2000},    {500, 20, 3398},      {10000, 30, 7000},
                 {7000, 27, 6282}, {1000000, 40, 16000}, {1000000000, 20, 16000}};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_in_range(radio_medium_loss_cdb(table[i].mm * table[i].mm, table[i].exponent),
                        table[i].cdb - 5, table[i].cdb + 5);
    }
    /* The greatest distance that there is; and never less when it is further. */
    int32_t last = 0;
    for (uint32_t bit = 0; bit < 62; bit++) {
        int32_t loss = radio_medium_loss_cdb(UINT64_C(3) << bit, 20);
        assert_true(loss >= last);
        last = loss;
    }
}

static void everybody_in_reach_hears_but_the_sender(void **state)
{
    struct radio_medium medium;
    struct listener a, b, c;
    const struct radio_frame frame = {.power_cdbm = 0};
    (void)state;
    radio_medium_init(&medium);
    add(&medium, &a, 0);
    add(&medium, &b, 10000);
    add(&medium, &c, 10000000); /* 10 km: 120 dB */
    radio_medium_send(&a.port, RADIO_BEGINS, &frame);
    assert_int_equal(a.count, 0);
    assert_int_equal(b.count, 1);
    assert_int_equal(b.phase, RADIO_BEGINS);
    assert_int_equal(b.source, a.port.source);
    assert_in_range(-b.power_cdbm, 5995, 6005);
    assert_int_equal(c.count, 0);
    assert_int_not_equal(a.port.source, b.port.source);
}

static void joined_media_are_one_air(void **state)
{
    struct radio_medium medium[3];
    struct listener listener[3];
    const struct radio_frame frame = {.power_cdbm = 400};
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        radio_medium_init(&medium[i]);
        add(&medium[i], &listener[i], 0);
        medium[i].position_mm[1] = 100000 * (int32_t)i;
    }
    radio_medium_send(&listener[0].port, RADIO_CUT, &frame);
    assert_int_equal(listener[1].count + listener[2].count, 0);
    radio_medium_join(&medium[0], &medium[1]);
    radio_medium_join(&medium[0], &medium[2]);
    radio_medium_send(&listener[1].port, RADIO_CUT, &frame);
    assert_int_equal(listener[0].count, 1);
    assert_int_equal(listener[1].count, 0);
    assert_int_equal(listener[2].count, 1);
    assert_in_range(-listener[2].power_cdbm, 7595, 7605);
    assert_int_equal(listener[2].source, listener[1].port.source);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_not_equal(listener[i].port.source, listener[(i + 1) % 3].port.source);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss_grows_with_the_logarithm_of_the_distance),
        cmocka_unit_test(everybody_in_reach_hears_but_the_sender),
        cmocka_unit_test(joined_media_are_one_air),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
