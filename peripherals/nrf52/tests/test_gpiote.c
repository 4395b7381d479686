/* GPIOTE: edges on pads become events, tasks become claims, DETECT becomes PORT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/gpiote.h"

#define TASK_OUT(i) (0x000U + 4U * (i))
#define TASK_SET(i) (0x030U + 4U * (i))
#define TASK_CLR(i) (0x060U + 4U * (i))
#define EVENT_IN(i) (0x100U + 4U * (i))
#define PORT        0x17C
#define INTENSET    0x304
#define INTENCLR    0x308
#define CONFIG(i)   (0x510U + 4U * (i))

#define EVENT    1U
#define TASK     3U
#define PIN(n)   ((uint32_t)(n) << 8)
#define LO_TO_HI (1U << 16)
#define HI_TO_LO (2U << 16)
#define TOGGLE   (3U << 16)
#define OUTINIT  (1U << 20)

static int setup(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    assert_null(bench_start(b, &nrf52_gpiote_class, 0x40006000));
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static uint32_t guest_errors(const struct bench *b)
{
    return b->diag.count[DIAG_GUEST_ERROR];
}

static void reset_values(void **state)
{
    struct bench *b = *state;
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(bench_read(b, TASK_OUT(i)), 0);
        assert_int_equal(bench_read(b, TASK_SET(i)), 0);
        assert_int_equal(bench_read(b, TASK_CLR(i)), 0);
        assert_int_equal(bench_read(b, EVENT_IN(i)), 0);
        assert_int_equal(bench_read(b, CONFIG(i)), 0);
    }
    assert_int_equal(bench_read(b, PORT), 0);
    assert_int_equal(bench_read(b, INTENSET), 0);
    assert_int_equal(bench_read(b, INTENCLR), 0);
    assert_int_equal(guest_errors(b), 0);
}

static void each_channel_hears_its_edges(void **state)
{
    struct bench *b = *state;
    static const struct {
        uint32_t polarity, on_rise, on_fall;
    } cases[] = {{0, 0, 0}, {LO_TO_HI, 1, 0}, {HI_TO_LO, 0, 1}, {TOGGLE, 1, 1}};
    bench_write(b, INTENSET, UINT32_MAX);
    assert_int_equal(bench_read(b, INTENSET), 0x800000FF);
    for (uint32_t i = 0; i < 8; i++) {
        for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
            uint64_t now = clock_now(&b->clock) + 100;
            bench_write(b, CONFIG(i), EVENT | PIN(10 + i) | cases[k].polarity);
            bench_run_to(b, now);
            b->events.count = 0;
            wire_drive(&b->pins[10 + i].pad, WIRE_HIGH);
            assert_int_equal(bench_event_count(b, EVENT_IN(i)), cases[k].on_rise);
            assert_int_equal(b->irq, cases[k].on_rise);
            bench_write(b, EVENT_IN(i), 0);
            assert_false(b->irq);
            bench_run_to(b, now + 7);
            wire_drive(&b->pins[10 + i].pad, WIRE_LOW);
            assert_int_equal(bench_event_count(b, EVENT_IN(i)),
                             cases[k].on_rise + cases[k].on_fall);
            if (cases[k].on_fall != 0) {
                assert_int_equal(bench_event_cycle(b, EVENT_IN(i)), now + 7);
            }
            assert_int_equal(b->events.count, cases[k].on_rise + cases[k].on_fall);
            bench_write(b, EVENT_IN(i), 0);
        }
        bench_write(b, CONFIG(i), 0);
    }
}

static void a_level_that_was_there_is_no_edge(void **state)
{
    struct bench *b = *state;
    wire_drive(&b->pins[3].pad, WIRE_HIGH);
    bench_write(b, CONFIG(0), EVENT | PIN(3) | TOGGLE);
    assert_int_equal(b->events.count, 0);
    wire_drive(&b->pins[3].pad, WIRE_LOW);
    assert_int_equal(bench_event_count(b, EVENT_IN(0)), 1);
    bench_write(b, CONFIG(0), 0);
    wire_drive(&b->pins[3].pad, WIRE_HIGH);
    assert_int_equal(b->events.count, 1);
}

static void tasks_drive_the_claim(void **state)
{
    struct bench *b = *state;
    bench_write(b, CONFIG(2), TASK | PIN(17) | TOGGLE | OUTINIT);
    assert_int_equal(b->pins[17].claim.level, WIRE_HIGH);
    bench_write(b, TASK_OUT(2), 1);
    assert_int_equal(b->pins[17].claim.level, WIRE_LOW);
    bench_write(b, TASK_OUT(2), 0); /* no trigger */
    assert_int_equal(b->pins[17].claim.level, WIRE_LOW);
    bench_write(b, TASK_OUT(2), 1);
    assert_int_equal(b->pins[17].claim.level, WIRE_HIGH);
    bench_write(b, TASK_CLR(2), 1);
    assert_int_equal(b->pins[17].claim.level, WIRE_LOW);
    bench_write(b, TASK_SET(2), 1);
    assert_int_equal(b->pins[17].claim.level, WIRE_HIGH);
    bench_write(b, CONFIG(2), TASK | PIN(17) | HI_TO_LO | OUTINIT);
    bench_write(b, TASK_OUT(2), 1);
    assert_int_equal(b->pins[17].claim.level, WIRE_LOW);
    bench_write(b, CONFIG(2), TASK | PIN(18) | LO_TO_HI);
    assert_int_equal(b->pins[17].claim.level, WIRE_FLOATING);
    assert_int_equal(b->pins[18].claim.level, WIRE_LOW);
    bench_write(b, TASK_OUT(2), 1);
    assert_int_equal(b->pins[18].claim.level, WIRE_HIGH);
    bench_write(b, CONFIG(2), 0);
    assert_int_equal(b->pins[18].claim.level, WIRE_FLOATING);
    assert_int_equal(guest_errors(b), 0);
    bench_write(b, TASK_SET(2), 1);
    assert_int_equal(guest_errors(b), 1);
    assert_int_equal(b->pins[18].claim.level, WIRE_FLOATING);
}

static void a_second_channel_keeps_the_pin(void **state)
{
    struct bench *b = *state;
    bench_write(b, CONFIG(0), TASK | PIN(5) | TOGGLE);
    bench_write(b, CONFIG(1), TASK | PIN(5) | TOGGLE | OUTINIT);
    assert_int_equal(b->pins[5].claim.level, WIRE_HIGH);
    bench_write(b, CONFIG(1), 0);
    assert_int_equal(b->pins[5].claim.level, WIRE_LOW);
    bench_write(b, CONFIG(0), EVENT | PIN(5) | TOGGLE);
    assert_int_equal(b->pins[5].claim.level, WIRE_FLOATING);
}

static void port_rises_with_detect(void **state)
{
    struct bench *b = *state;
    bench_write(b, INTENSET, 1U << 31);
    wire_drive(&b->pins[4].detect, WIRE_HIGH);
    assert_int_equal(bench_event_count(b, PORT), 1);
    assert_true(b->irq);
    bench_write(b, PORT, 0);
    assert_false(b->irq);
    wire_drive(&b->pins[5].detect, WIRE_HIGH); /* DETECT is high already */
    assert_int_equal(bench_event_count(b, PORT), 1);
    wire_drive(&b->pins[40].detect, WIRE_HIGH); /* the other port's DETECT */
    assert_int_equal(bench_event_count(b, PORT), 2);
    wire_drive(&b->pins[4].detect, WIRE_LOW);
    wire_drive(&b->pins[5].detect, WIRE_LOW);
    wire_drive(&b->pins[5].detect, WIRE_HIGH);
    assert_int_equal(bench_event_count(b, PORT), 3);
}

static void two_ports_have_one_more_bit(void **state)
{
    struct bench *b = *state;
    bench_write(b, CONFIG(0), UINT32_MAX);
    assert_int_equal(bench_read(b, CONFIG(0)), 0x00133F03);
    assert_int_equal(b->pins[63].claim.level, WIRE_HIGH);
    bench_write(b, CONFIG(1), EVENT | PIN(33) | TOGGLE);
    wire_drive(&b->pins[33].pad, WIRE_HIGH);
    assert_int_equal(bench_event_count(b, EVENT_IN(1)), 1);
}

static void what_does_not_exist_is_reported(void **state)
{
    struct bench *b = *state;
    bench_write(b, 0x020, 1);
    bench_write(b, CONFIG(8), 1);
    assert_int_equal(bench_read(b, 0x120), 0);
    assert_int_equal(guest_errors(b), 3);
    bench_write(b, CONFIG(0), 2 | PIN(1));
    assert_int_equal(guest_errors(b), 4);
    assert_int_equal(bench_read(b, CONFIG(0)), PIN(1));
}

static void reset_gives_the_pins_back(void **state)
{
    struct bench *b = *state;
    bench_write(b, CONFIG(0), TASK | PIN(17) | TOGGLE);
    bench_write(b, INTENSET, 1U << 31);
    wire_drive(&b->pins[4].detect, WIRE_HIGH);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(b->pins[17].claim.level, WIRE_FLOATING);
    assert_int_equal(bench_read(b, CONFIG(0)), 0);
    assert_int_equal(bench_read(b, PORT), 0);
    assert_false(b->irq);
}

#define WITH_GPIOTE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static void a_fault_loses_an_edge(void **state)
{
    struct bench *b = *state;
    bench_write(b, CONFIG(2), EVENT | PIN(9) | TOGGLE);
    assert_true(bench_input(b, "in-lost", 2));
    for (uint32_t i = 0; i < 4; i++) {
        wire_drive(&b->pins[9].pad, i % 2 == 0 ? WIRE_HIGH : WIRE_LOW);
        assert_int_equal(bench_event_count(b, EVENT_IN(2)), i == 0 ? 1 : i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_GPIOTE(reset_values),
        WITH_GPIOTE(each_channel_hears_its_edges),
        WITH_GPIOTE(a_level_that_was_there_is_no_edge),
        WITH_GPIOTE(tasks_drive_the_claim),
        WITH_GPIOTE(a_second_channel_keeps_the_pin),
        WITH_GPIOTE(port_rises_with_detect),
        WITH_GPIOTE(two_ports_have_one_more_bit),
        WITH_GPIOTE(what_does_not_exist_is_reported),
        WITH_GPIOTE(reset_gives_the_pins_back),
        WITH_GPIOTE(a_fault_loses_an_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
