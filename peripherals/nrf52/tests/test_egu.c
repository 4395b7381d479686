/* EGU: a trigger raises its event and, where enabled, the interrupt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/egu.h"

/* Of the specification. */
#define TRIGGER(n)   (4 * (n))
#define TRIGGERED(n) (0x100 + 4 * (n))
#define INTEN        0x300
#define INTENSET     0x304
#define INTENCLR     0x308

static int setup(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    return bench_start(b, &nrf52_egu_class, 0x40014000) == NULL ? 0 : -1;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static void each_trigger_raises_its_event_in_the_same_cycle(void **state)
{
    struct bench *b = *state;
    for (uint32_t i = 0; i < 16; i++) {
        bench_run_to(b, 100 * (i + 1));
        bench_write(b, TRIGGER(i), 0);
        assert_int_equal(bench_read(b, TRIGGERED(i)), 0);
        bench_write(b, TRIGGER(i), 1);
        assert_int_equal(bench_read(b, TRIGGERED(i)), 1);
        assert_int_equal(bench_event_count(b, TRIGGERED(i)), 1);
        assert_int_equal(bench_event_cycle(b, TRIGGERED(i)), 100 * (i + 1));
        assert_int_equal(bench_read(b, TRIGGER(i)), 0);
        assert_false(b->irq);
    }
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void the_interrupt_follows_inten_and_the_events(void **state)
{
    struct bench *b = *state;
    bench_write(b, INTEN, 0xFFFF0000 | 1U << 3);
    assert_int_equal(bench_read(b, INTEN), 1U << 3);
    bench_write(b, INTENSET, 1U << 15);
    assert_int_equal(bench_read(b, INTENCLR), 1U << 15 | 1U << 3);
    bench_write(b, TRIGGER(4), 1);
    assert_false(b->irq);
    bench_write(b, TRIGGER(15), 1);
    assert_true(b->irq);
    bench_write(b, TRIGGERED(15), 0);
    assert_false(b->irq);
    bench_write(b, TRIGGER(3), 1);
    assert_true(b->irq);
    bench_write(b, INTENCLR, 1U << 3);
    assert_false(b->irq);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(bench_read(b, TRIGGERED(3)), 0);
}

static void a_fault_loses_the_nth_trigger_over_a_reset(void **state)
{
    struct bench *b = *state;
    assert_false(bench_input(b, "trigger-lost", -1));
    assert_true(bench_input(b, "trigger-lost", 2));
    bench_write(b, TRIGGER(7), 1);
    assert_int_equal(bench_event_count(b, TRIGGERED(7)), 1);
    bench_reset(b, RESET_SREQ);
    bench_write(b, TRIGGER(7), 1);
    assert_int_equal(bench_read(b, TRIGGERED(7)), 0);
    assert_int_equal(bench_event_count(b, TRIGGERED(7)), 1);
    bench_write(b, TRIGGER(7), 1);
    assert_int_equal(bench_event_count(b, TRIGGERED(7)), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(each_trigger_raises_its_event_in_the_same_cycle),
        TEST(the_interrupt_follows_inten_and_the_events),
        TEST(a_fault_loses_the_nth_trigger_over_a_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
