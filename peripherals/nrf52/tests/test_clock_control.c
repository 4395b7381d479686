/* CLOCK: start-up times, status registers, calibration; through the shared window. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/nrf52/clock_power.h"
#include "peripherals/nrf52/tests/system_bench.h"

/* Offsets written again from the product specification, so that a slip in the header shows. */
#define HFCLKSTART   0x000
#define HFCLKSTOP    0x004
#define LFCLKSTART   0x008
#define LFCLKSTOP    0x00C
#define CAL          0x010
#define CTSTART      0x014
#define CTSTOP       0x018
#define HFCLKSTARTED 0x100
#define LFCLKSTARTED 0x104
#define DONE         0x10C
#define CTTO         0x110
#define CTSTARTED    0x128
#define CTSTOPPED    0x12C
#define INTENSET     0x304
#define HFCLKRUN     0x408
#define HFCLKSTAT    0x40C
#define LFCLKRUN     0x414
#define LFCLKSTAT    0x418
#define LFCLKSRCCOPY 0x41C
#define LFCLKSRC     0x518
#define HFXODEBOUNCE 0x528
#define CTIV         0x538
#define TRACECONFIG  0x55C

#define US(n) ((uint64_t)(n)*64U)

static int setup(void **state)
{
    *state = system_bench_new(&nrf52_clock_power_class, 0x40000000, 512U * 1024U);
    return 0;
}

static int setup_nrf52840(void **state)
{
    *state = system_bench_new(&nrf52_clock_power_class, 0x40000000, 1024U * 1024U);
    return 0;
}

static int teardown(void **state)
{
    system_bench_free(*state);
    return 0;
}

static void the_crystal_takes_its_time(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, INTENSET, 1);
    assert_int_equal(bench_read(b, HFCLKSTAT), 0);
    bench_write(b, HFCLKSTART, 1);
    assert_int_equal(bench_read(b, HFCLKRUN), 1);
    bench_run_to(b, US(360) - 1);
    assert_int_equal(bench_read(b, HFCLKSTAT), 0);
    assert_int_equal(bench_read(b, HFCLKSTARTED), 0);
    assert_false(b->irq);
    bench_run_to(b, US(360));
    assert_int_equal(bench_read(b, HFCLKSTAT), 0x00010001);
    assert_int_equal(bench_read(b, HFCLKSTARTED), 1);
    assert_true(b->irq);
    bench_write(b, HFCLKSTARTED, 0);
    assert_false(b->irq);
    bench_write(b, HFCLKSTOP, 1);
    assert_int_equal(bench_read(b, HFCLKSTAT), 0);
    assert_int_equal(bench_read(b, HFCLKRUN), 0);
}

static void stopping_before_the_start_is_done_cancels_it(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, HFCLKSTART, 1);
    bench_write(b, LFCLKSTART, 1);
    bench_run_to(b, US(100));
    bench_write(b, HFCLKSTOP, 1);
    bench_write(b, LFCLKSTOP, 1);
    bench_run_to(b, US(1000000));
    assert_int_equal(b->events.count, 0);
    assert_int_equal(bench_read(b, LFCLKSTAT), 0);
}

static void starting_again_tells_again(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, HFCLKSTART, 1);
    bench_run_to(b, US(100));
    bench_write(b, HFCLKSTART, 1); /* already on its way: no second start */
    bench_run_to(b, US(1000));
    assert_int_equal(bench_event_count(b, HFCLKSTARTED), 1);
    assert_int_equal(bench_event_cycle(b, HFCLKSTARTED), US(360));
    bench_write(b, HFCLKSTART, 1);
    assert_int_equal(bench_event_count(b, HFCLKSTARTED), 2);
    bench_write(b, HFCLKSTART, 0); /* not a trigger */
    assert_int_equal(bench_event_count(b, HFCLKSTARTED), 2);
}

static void the_rc_oscillator_runs_until_the_32_khz_crystal_does(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, LFCLKSRC, 1);
    bench_write(b, LFCLKSTART, 1);
    assert_int_equal(bench_read(b, LFCLKRUN), 1);
    assert_int_equal(bench_read(b, LFCLKSRCCOPY), 1);
    assert_int_equal(bench_read(b, LFCLKSTAT), 0);
    bench_run_to(b, US(600));
    assert_int_equal(bench_read(b, LFCLKSTAT), 0x00010000);
    assert_int_equal(bench_read(b, LFCLKSTARTED), 0);
    bench_run_to(b, US(250000) - 1);
    assert_int_equal(bench_read(b, LFCLKSTARTED), 0);
    bench_run_to(b, US(250000));
    assert_int_equal(bench_read(b, LFCLKSTARTED), 1);
    assert_int_equal(bench_read(b, LFCLKSTAT), 0x00010001);
    bench_write(b, LFCLKSTOP, 1);
    assert_int_equal(bench_read(b, LFCLKSTAT), 0);
    assert_int_equal(bench_read(b, LFCLKRUN), 0);
}

static void other_sources_start_sooner(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, LFCLKSTART, 1); /* source 0: RC */
    bench_run_to(b, US(2000));
    assert_int_equal(bench_event_cycle(b, LFCLKSTARTED), US(600));
    bench_write(b, LFCLKSTOP, 1);
    bench_write(b, LFCLKSRC, 2);
    bench_write(b, LFCLKSTART, 1);
    bench_run_to(b, US(3000));
    assert_int_equal(bench_event_cycle(b, LFCLKSTARTED), US(2100));
    assert_int_equal(bench_read(b, LFCLKSTAT), 0x00010002);
    bench_write(b, LFCLKSTOP, 1);
    bench_write(b, LFCLKSRC, 0x00030001); /* a clock from outside on XL1 */
    bench_write(b, LFCLKSTART, 1);
    bench_run_to(b, US(5000));
    assert_int_equal(bench_event_cycle(b, LFCLKSTARTED), US(3600));
    assert_int_equal(bench_read(b, LFCLKSRCCOPY), 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
    bench_write(b, LFCLKSRC, 0);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
}

static void calibration_needs_both_oscillators(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, CAL, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    bench_write(b, HFCLKSTART, 1);
    bench_write(b, LFCLKSTART, 1);
    bench_run_to(b, US(1000));
    bench_write(b, CAL, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    bench_run_to(b, US(20000));
    assert_int_equal(bench_event_count(b, DONE), 1);
    assert_int_equal(bench_event_cycle(b, DONE), US(17000));
}

static void the_calibration_timer_counts_quarters_of_a_second(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, CTSTART, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1); /* CTIV is 0 */
    bench_write(b, CTIV, 0x102);                          /* 7 bits */
    assert_int_equal(bench_read(b, CTIV), 2);
    bench_write(b, CTSTART, 1);
    bench_run_to(b, US(2000000));
    assert_int_equal(bench_event_count(b, CTTO), 1);
    assert_int_equal(bench_event_cycle(b, CTTO), US(500000));
    bench_write(b, CTSTART, 1);
    bench_write(b, CTSTOP, 1);
    bench_run_to(b, US(4000000));
    assert_int_equal(bench_event_count(b, CTTO), 1);
    assert_int_equal(bench_event_count(b, CTSTARTED), 0); /* nRF52840 only */
}

static void nrf52840_tells_when_the_calibration_timer_starts(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    assert_int_equal(bench_read(b, HFXODEBOUNCE), 0x10);
    bench_write(b, CTIV, 4);
    bench_write(b, CTSTART, 1);
    assert_int_equal(bench_read(b, CTSTARTED), 1);
    bench_write(b, CTSTOP, 1);
    assert_int_equal(bench_read(b, CTSTOPPED), 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void what_the_chip_does_not_have_is_reported(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    assert_int_equal(bench_read(b, HFXODEBOUNCE), 0);
    bench_write(b, CTSTARTED, 0);
    bench_write(b, HFCLKSTAT, 1); /* read-only */
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 3);
    bench_write(b, 0x53C, 5); /* erratum 31: quiet */
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 3);
    assert_int_equal(b->diag.count[DIAG_UNIMPLEMENTED], 0);
    bench_write(b, TRACECONFIG, 0x00010000);
    assert_int_equal(b->diag.count[DIAG_UNIMPLEMENTED], 1);
    assert_int_equal(bench_read(b, TRACECONFIG), 0x00010000);
}

static void a_reset_stops_all_clocks(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, INTENSET, 3);
    bench_write(b, CTIV, 1);
    bench_write(b, HFCLKSTART, 1);
    bench_write(b, LFCLKSTART, 1);
    bench_write(b, CTSTART, 1);
    bench_reset(b, RESET_SREQ);
    bench_run_to(b, US(1000000));
    assert_int_equal(b->events.count, 0);
    assert_int_equal(bench_read(b, HFCLKRUN), 0);
    assert_int_equal(bench_read(b, CTIV), 0);
    assert_int_equal(bench_read(b, INTENSET), 0);
}

static bool lf_runs(const struct bench *b)
{
    return b->nets.lf.state->running != 0;
}

static void the_slow_clock_runs_from_the_rc_start_to_the_stop(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    assert_false(lf_runs(b)); /* after reset */
    bench_write(b, LFCLKSRC, 1);
    bench_write(b, LFCLKSTART, 1);
    bench_run_to(b, US(600) - 1);
    assert_false(lf_runs(b));
    bench_run_to(b, US(600)); /* RC, while the crystal starts */
    assert_true(lf_runs(b));
    bench_run_to(b, US(300000));
    assert_int_equal(lf_clock_ticks(&b->nets.lf, &b->clock, US(300000)), 9810); /* of 299.4 ms */
    bench_write(b, LFCLKSTOP, 1);
    assert_false(lf_runs(b));
    bench_write(b, LFCLKSTART, 1);
    bench_run_to(b, US(301000));
    assert_true(lf_runs(b));
    bench_reset(b, RESET_SREQ);
    assert_false(lf_runs(b));
    assert_true(lf_clock_ticks(&b->nets.lf, &b->clock, US(301000)) >= 9810); /* never back */
}

static void a_dead_crystal_never_starts(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    assert_true(bench_input(b, "hfxo-dead", 1));
    assert_true(bench_input(b, "lfxo-dead", 1));
    bench_reset(b, RESET_SREQ);
    bench_write(b, LFCLKSRC, 1);
    bench_write(b, LFCLKSTART, 1);
    bench_write(b, HFCLKSTART, 1);
    bench_run_to(b, US(10000000));
    assert_int_equal(b->events.count, 0);
    assert_int_equal(bench_read(b, HFCLKRUN), 1);
    assert_int_equal(bench_read(b, HFCLKSTAT), 0);
    assert_int_equal(bench_read(b, LFCLKSTAT), 0x00010000); /* RC for ever */
    assert_true(lf_runs(b));
    assert_true(bench_input(b, "hfxo-dead", 0));
    assert_true(bench_input(b, "lfxo-dead", 0));
    bench_run_to(b, US(20000000));
    assert_int_equal(bench_event_count(b, HFCLKSTARTED), 1);
    assert_int_equal(bench_event_count(b, LFCLKSTARTED), 1);
    assert_int_equal(bench_read(b, LFCLKSTAT), 0x00010001);
}

static void the_slow_clock_can_be_off(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    assert_true(bench_input(b, "lf-skew", -500));
    bench_write(b, LFCLKSTART, 1);
    bench_run_to(b, US(600));
    bench_run_to(b, US(1000600));
    assert_int_equal(lf_clock_ticks(&b->nets.lf, &b->clock, US(1000600)), 32751); /* of 32,768 */
    assert_true(bench_input(b, "lf-skew", 0));
    bench_run_to(b, US(2000600));
    assert_int_equal(lf_clock_ticks(&b->nets.lf, &b->clock, US(2000600)), 32751 + 32768);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_crystal_takes_its_time),
        TEST(stopping_before_the_start_is_done_cancels_it),
        TEST(starting_again_tells_again),
        TEST(the_rc_oscillator_runs_until_the_32_khz_crystal_does),
        TEST(other_sources_start_sooner),
        TEST(calibration_needs_both_oscillators),
        TEST(the_calibration_timer_counts_quarters_of_a_second),
        cmocka_unit_test_setup_teardown(nrf52840_tells_when_the_calibration_timer_starts,
                                        setup_nrf52840, teardown),
        TEST(what_the_chip_does_not_have_is_reported),
        TEST(a_reset_stops_all_clocks),
        TEST(the_slow_clock_runs_from_the_rc_start_to_the_stop),
        TEST(a_dead_crystal_never_starts),
        TEST(the_slow_clock_can_be_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
