/* Vibration motor: by GPIO and by PWM, and stuck. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/parts/motor.h"

static struct bench *start(bool by_pwm)
{
    struct bench *b = bench_new();
    if (by_pwm) {
        static const uint32_t pwms[4] = {0, 2, 1000, 1}; /* channel 2, inverted */
        for (uint32_t i = 0; i < 4; i++) {
            b->props[i] = (struct bench_prop){"pwms", pwms[i]};
        }
        b->bus_pins[PROPS_PWM_OUT2] = 16 + 1;
    } else {
        b->gpios[0] = (struct bench_gpio){.name = "enable-gpios", .number = 16, .flags = 1};
    }
    assert_null(bench_start(b, &part_motor_class, 0));
    return b;
}

static void it_turns_while_its_pin_is_active(void **state)
{
    (void)state;
    for (uint32_t by_pwm = 0; by_pwm < 2; by_pwm++) {
        struct bench *b = start(by_pwm != 0);
        bench_run_to(b, 100);
        wire_drive(&b->pins[16].out, WIRE_LOW); /* active low in both */
        bench_run_to(b, 250);
        wire_drive(&b->pins[16].out, WIRE_HIGH);
        assert_int_equal(b->notes.count, 2);
        assert_string_equal(b->notes.entries[0].what, "on");
        assert_int_equal(b->notes.entries[0].cycles, 100);
        assert_string_equal(b->notes.entries[1].what, "off");
        assert_int_equal(b->notes.entries[1].cycles, 250);
        bench_free(b);
    }
}

static void a_stuck_motor_does_not_turn(void **state)
{
    (void)state;
    struct bench *b = start(false);
    wire_drive(&b->pins[16].out, WIRE_LOW);
    assert_true(bench_input(b, "stuck", 1));
    assert_string_equal(b->notes.entries[1].what, "off");
    wire_drive(&b->pins[16].out, WIRE_HIGH);
    wire_drive(&b->pins[16].out, WIRE_LOW);
    assert_int_equal(b->notes.count, 2);
    assert_true(bench_input(b, "stuck", 0));
    assert_string_equal(b->notes.entries[2].what, "on");
    assert_false(bench_input(b, "press", 0));
    bench_free(b);
}

static void a_motor_without_a_pin_is_refused(void **state)
{
    (void)state;
    struct bench *b = bench_new();
    assert_non_null(bench_start(b, &part_motor_class, 0));
    bench_free(b);
    b = bench_new();
    b->props[0] = (struct bench_prop){"pwms", 0};
    b->props[1] = (struct bench_prop){"pwms", 4}; /* there are channels 0 to 3 */
    assert_non_null(bench_start(b, &part_motor_class, 0));
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_turns_while_its_pin_is_active),
        cmocka_unit_test(a_stuck_motor_does_not_turn),
        cmocka_unit_test(a_motor_without_a_pin_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
