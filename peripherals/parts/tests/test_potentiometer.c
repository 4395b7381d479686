/* Potentiometer: the voltage of its wiper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/parts/potentiometer.h"

static struct bench *start(uint32_t channel)
{
    struct bench *b = bench_new();
    b->props[0] = (struct bench_prop){"io-channels", 0};
    b->props[1] = (struct bench_prop){"io-channels", channel};
    b->props[2] = (struct bench_prop){"sandglass,percent", 25};
    assert_null(bench_start(b, &part_potentiometer_class, 0));
    return b;
}

static void it_divides_the_supply(void **state)
{
    (void)state;
    static const uint8_t ain[8] = {2, 3, 4, 5, 28, 29, 30, 31};
    for (uint32_t i = 0; i < 8; i++) {
        struct bench *b = start(i);
        const struct analog_node *node = &b->pins[ain[i]].analog;
        assert_true(node->driven);
        assert_int_equal(node->microvolts, 750000);
        assert_true(bench_input(b, "percent", 60));
        assert_int_equal(node->microvolts, 1800000);
        analog_drive(&b->nets.vdd, 2000000);
        assert_int_equal(node->microvolts, 1200000);
        assert_true(bench_input(b, "percent", 1000));
        assert_int_equal(node->microvolts, 2000000);
        bench_free(b);
    }
}

static void millivolts_are_absolute(void **state)
{
    (void)state;
    struct bench *b = start(3);
    const struct analog_node *node = &b->pins[5].analog;
    assert_true(bench_input(b, "millivolts", 1234));
    assert_int_equal(node->microvolts, 1234000);
    analog_drive(&b->nets.vdd, 2000000);
    assert_int_equal(node->microvolts, 1234000);
    assert_true(bench_input(b, "millivolts", INT32_MIN));
    assert_int_equal(node->microvolts, 0);
    assert_true(bench_input(b, "millivolts", INT32_MAX));
    assert_int_equal(node->microvolts, 5000000);
    assert_int_equal(b->notes.count, 3);
    assert_string_equal(b->notes.entries[0].what, "millivolts");
    assert_int_equal(b->notes.entries[0].value, 1234);
    assert_false(bench_input(b, "press", 0));
    bench_free(b);
}

static void a_stuck_wiper_stays(void **state)
{
    (void)state;
    struct bench *b = start(0);
    assert_true(bench_input(b, "stuck", 1));
    assert_true(bench_input(b, "percent", 100));
    assert_int_equal(b->pins[2].analog.microvolts, 750000);
    assert_true(bench_input(b, "stuck", 0));
    assert_int_equal(b->pins[2].analog.microvolts, 3000000);
    bench_free(b);
}

static void a_wrong_channel_is_refused(void **state)
{
    (void)state;
    struct bench *b = bench_new();
    assert_non_null(bench_start(b, &part_potentiometer_class, 0));
    bench_free(b);
    b = bench_new();
    b->props[0] = (struct bench_prop){"io-channels", 0};
    b->props[1] = (struct bench_prop){"io-channels", 8};
    assert_non_null(bench_start(b, &part_potentiometer_class, 0));
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_divides_the_supply),
        cmocka_unit_test(millivolts_are_absolute),
        cmocka_unit_test(a_stuck_wiper_stays),
        cmocka_unit_test(a_wrong_channel_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
