/* Battery: what its divider gives the ADC. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/parts/battery.h"

static struct bench *make(void)
{
    struct bench *b = bench_new();
    b->props[0] = (struct bench_prop){"io-channels", 0};
    b->props[1] = (struct bench_prop){"io-channels", 7};
    b->props[3] = (struct bench_prop){"output-ohms", 1000000};
    b->props[2] = (struct bench_prop){"full-ohms", 2000000};
    return b;
}

static void the_divider_divides(void **state)
{
    (void)state;
    struct bench *b = make();
    assert_null(bench_start(b, &part_battery_class, 0));
    assert_int_equal(b->pins[31].analog.microvolts, 1850000);
    assert_true(bench_input(b, "millivolts", 4100));
    assert_int_equal(b->pins[31].analog.microvolts, 2050000);
    assert_true(bench_input(b, "sag", 500));
    assert_int_equal(b->pins[31].analog.microvolts, 1800000);
    assert_true(bench_input(b, "sag", 10000));
    assert_int_equal(b->pins[31].analog.microvolts, 0);
    assert_true(bench_input(b, "sag", 0));
    assert_int_equal(b->pins[31].analog.microvolts, 2050000);
    assert_string_equal(b->notes.entries[0].what, "millivolts");
    assert_int_equal(b->notes.entries[0].value, 4100);
    assert_false(bench_input(b, "press", 0));
    bench_free(b);
}

static void charge_has_a_voltage(void **state)
{
    (void)state;
    struct bench *b = make();
    assert_null(bench_start(b, &part_battery_class, 0));
    int32_t before = 0;
    for (int32_t percent = 0; percent <= 100; percent++) {
        int32_t millivolts = battery_cell_millivolts(percent);
        assert_true(millivolts > before && millivolts >= 3000 && millivolts <= 4200);
        before = millivolts;
    }
    assert_true(bench_input(b, "percent", -1));
    assert_int_equal(b->pins[31].analog.microvolts, 1500000);
    assert_true(bench_input(b, "percent", 100));
    assert_int_equal(b->pins[31].analog.microvolts, 2100000);
    bench_free(b);
}

static void a_switched_divider_is_there_when_it_is_switched_on(void **state)
{
    (void)state;
    struct bench *b = make();
    b->gpios[0] = (struct bench_gpio){.name = "power-gpios", .number = 12, .flags = 1};
    assert_null(bench_start(b, &part_battery_class, 0));
    assert_int_equal(b->pins[31].analog.microvolts, 0);
    wire_drive(&b->pins[12].out, WIRE_LOW);
    assert_int_equal(b->pins[31].analog.microvolts, 1850000);
    wire_drive(&b->pins[12].out, WIRE_HIGH);
    assert_int_equal(b->pins[31].analog.microvolts, 0);
    bench_free(b);
}

static void a_battery_can_be_the_supply(void **state)
{
    (void)state;
    static const uint32_t inputs[2] = {8, 12}; /* VDD; VDDH / 5, a divider within the chip */
    for (uint32_t i = 0; i < 2; i++) {
        struct bench *b = bench_new();
        b->props[0] = (struct bench_prop){"io-channels", 0};
        b->props[1] = (struct bench_prop){"io-channels", inputs[i]};
        b->props[2] = (struct bench_prop){"sandglass,millivolts", 2900};
        b->props[3] = (struct bench_prop){"full-ohms", i == 0 ? 1 : 5};
        assert_null(bench_start(b, &part_battery_class, 0));
        assert_int_equal(b->nets.vdd.microvolts, 2900000);
        bench_free(b);
    }
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static const struct bench_prop wrong[] = {{"io-channels", 9},
                                              {"output-ohms", 0},
                                              {"full-ohms", 999999},
                                              {"sandglass,millivolts", 10001}};
    for (uint32_t i = 0; i < 4; i++) {
        static const uint32_t places[4] = {1, 3, 2, 4};
        struct bench *b = make();
        b->props[places[i]] = wrong[i];
        assert_non_null(bench_start(b, &part_battery_class, 0));
        bench_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_divider_divides),
        cmocka_unit_test(charge_has_a_voltage),
        cmocka_unit_test(a_switched_divider_is_there_when_it_is_switched_on),
        cmocka_unit_test(a_battery_can_be_the_supply),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
