/* TEMP: time of a measurement, steps of a quarter degree, the world's temperature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/nrf52/temp.h"
#include "peripherals/nrf52/tests/system_bench.h"

#define START    0x000
#define STOP     0x004
#define DATARDY  0x100
#define INTENSET 0x304
#define TEMP     0x508
#define A1       0x524
#define B5       0x554
#define T4       0x570

#define US(n) ((uint64_t)(n)*64U)

static int setup(void **state)
{
    *state = system_bench_new(&nrf52_temp_class, 0x4000C000, 512U * 1024U);
    return 0;
}

static int teardown(void **state)
{
    system_bench_free(*state);
    return 0;
}

static int32_t measure(struct bench *b)
{
    bench_write(b, START, 1);
    bench_run_to(b, clock_now(&b->clock) + US(36));
    return (int32_t)bench_read(b, TEMP);
}

static void a_measurement_takes_36_us(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, INTENSET, 1);
    bench_write(b, START, 1);
    bench_run_to(b, US(36) - 1);
    assert_int_equal(bench_read(b, DATARDY), 0);
    assert_int_equal(bench_read(b, TEMP), 0);
    bench_run_to(b, US(36));
    assert_int_equal(bench_read(b, DATARDY), 1);
    assert_true(b->irq);
    assert_int_equal(bench_read(b, TEMP), 100); /* 25 degrees */
    bench_run_to(b, US(1000));
    assert_int_equal(bench_event_count(b, DATARDY), 1);
}

static void stop_cancels(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, START, 1);
    bench_run_to(b, US(30));
    bench_write(b, START, 1); /* does not begin again */
    bench_run_to(b, US(36));
    assert_int_equal(bench_event_count(b, DATARDY), 1);
    bench_write(b, START, 1);
    bench_write(b, STOP, 1);
    bench_run_to(b, US(1000));
    assert_int_equal(bench_event_count(b, DATARDY), 1);
}

static void the_world_sets_the_temperature(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    static const struct {
        int32_t centidegrees, steps;
    } table[] = {{0, 0},
                 {12, 0},
                 {13, 1},
                 {25, 1},
                 {2537, 101},
                 {2538, 102},
                 {-25, -1},
                 {-12, 0},
                 {-13, -1},
                 {-4000, -160},
                 {INT32_MAX, 85899346},
                 {INT32_MIN, -85899346},
                 {8500, 340}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_true(bench_input(b, "temperature", table[i].centidegrees));
        assert_int_equal(measure(b), table[i].steps);
    }
    assert_false(bench_input(b, "press", 1));
    bench_reset(b, RESET_SREQ);
    assert_int_equal(bench_read(b, TEMP), 0);
    assert_int_equal(measure(b), 340);
}

static void calibration_constants_keep_their_bits(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, A1, 0xFFFFFFFF);
    bench_write(b, B5, 0xFFFFFFFF);
    bench_write(b, T4, 0xFFFFFFFF);
    assert_int_equal(bench_read(b, A1), 0xFFF);
    assert_int_equal(bench_read(b, B5), 0x3FFF);
    assert_int_equal(bench_read(b, T4), 0xFF);
    assert_int_equal(bench_read(b, 0x520), 0x320);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
    (void)bench_read(b, 0x538);
    bench_write(b, TEMP, 5);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2);
}

static void it_can_be_stuck(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    assert_true(bench_input(b, "stuck", -1050));
    bench_reset(b, RESET_SREQ);
    assert_true(bench_input(b, "temperature", 3000));
    assert_int_equal((int32_t)measure(b), -42);
    assert_true(bench_input(b, "stuck", 0));
    assert_int_equal(measure(b), 120);
    assert_false(bench_input(b, "stuck", -30000));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_measurement_takes_36_us),
        TEST(stop_cancels),
        TEST(the_world_sets_the_temperature),
        TEST(calibration_constants_keep_their_bits),
        TEST(it_can_be_stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
