/* LED: what the observer hears, in which cycle, for both polarities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/parts/led.h"

static struct bench *start(uint32_t flags)
{
    struct bench *b = bench_new();
    b->gpio = (struct props_gpio){.pin = &b->pins[17], .number = 17, .flags = flags};
    assert_null(bench_start(b, &part_led_class, 0));
    return b;
}

static void drive_at(struct bench *b, uint64_t cycles, enum wire_level level)
{
    bench_run_to(b, cycles);
    wire_drive(&b->pins[17].out, level);
}

static void active_low_is_on_at_low(void **state)
{
    (void)state;
    struct bench *b = start(PROPS_GPIO_ACTIVE_LOW);
    drive_at(b, 100, WIRE_HIGH);
    assert_int_equal(b->notes.count, 0); /* dark before, dark now */
    drive_at(b, 200, WIRE_LOW);
    drive_at(b, 350, WIRE_HIGH);
    drive_at(b, 400, WIRE_LOW);
    drive_at(b, 500, WIRE_FLOATING);
    static const struct {
        uint64_t cycles;
        const char *what;
    } expected[] = {{200, "on"}, {350, "off"}, {400, "on"}, {500, "off"}};
    assert_int_equal(b->notes.count, 4);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(b->notes.entries[i].cycles, expected[i].cycles);
        assert_string_equal(b->notes.entries[i].what, expected[i].what);
        assert_int_equal(b->notes.entries[i].value, i + 1);
    }
    assert_int_equal(((struct led *)b->device)->state.toggles, 4);
    assert_int_equal(((struct led *)b->device)->state.changed_cycles, 500);
    bench_free(b);
}

static void active_high_is_on_at_high(void **state)
{
    (void)state;
    struct bench *b = start(0);
    drive_at(b, 1, WIRE_LOW);
    assert_int_equal(b->notes.count, 0);
    drive_at(b, 2, WIRE_HIGH);
    assert_string_equal(b->notes.entries[0].what, "on");
    bench_free(b);
}

static void without_a_pin_it_refuses(void **state)
{
    (void)state;
    struct bench *b = bench_new();
    assert_non_null(bench_start(b, &part_led_class, 0));
    bench_free(b);
}

static void brightness_is_the_share_of_lit_cycles(void **state)
{
    (void)state;
    struct bench *b = start(0);
    const struct led *led = b->device;
    for (uint32_t i = 0; i < 100; i++) {
        drive_at(b, 1000 * i, WIRE_HIGH);
        drive_at(b, 1000 * i + 300, WIRE_LOW);
    }
    assert_int_equal(led->state.lit_cycles, 100 * 300);
    bench_free(b);
}

static void an_led_may_hang_on_a_pwm(void **state)
{
    (void)state;
    struct bench *b = bench_new();
    b->props[0] = (struct bench_prop){"pwms", 0};
    b->props[1] = (struct bench_prop){"pwms", 1};
    b->bus_pins[PROPS_PWM_OUT1] = 17 + 1;
    assert_null(bench_start(b, &part_led_class, 0));
    drive_at(b, 100, WIRE_HIGH);
    assert_string_equal(b->notes.entries[0].what, "on");
    bench_free(b);
}

static void a_stuck_led_shows_one_thing(void **state)
{
    (void)state;
    struct bench *b = start(0);
    assert_true(bench_input(b, "stuck", 2));
    assert_string_equal(b->notes.entries[0].what, "on");
    drive_at(b, 100, WIRE_HIGH);
    drive_at(b, 200, WIRE_LOW);
    assert_int_equal(b->notes.count, 1);
    assert_true(bench_input(b, "stuck", 1));
    assert_int_equal(b->notes.count, 2);
    drive_at(b, 300, WIRE_HIGH);
    assert_int_equal(b->notes.count, 2);
    assert_true(bench_input(b, "stuck", 0));
    assert_string_equal(b->notes.entries[2].what, "on");
    assert_false(bench_input(b, "stuck", 3));
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(active_low_is_on_at_low),
        cmocka_unit_test(active_high_is_on_at_high),
        cmocka_unit_test(without_a_pin_it_refuses),
        cmocka_unit_test(brightness_is_the_share_of_lit_cycles),
        cmocka_unit_test(an_led_may_hang_on_a_pwm),
        cmocka_unit_test(a_stuck_led_shows_one_thing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
