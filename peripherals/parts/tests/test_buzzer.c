/* Buzzer: on and off, and the frequency that its edges have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/parts/buzzer.h"

#define PIN   30U
#define MS(n) ((uint64_t)(n)*64000)

static struct bench *start(bool by_pwm)
{
    struct bench *b = bench_new();
    if (by_pwm) {
        b->props[0] = (struct bench_prop){"pwms", 0};
        b->props[1] = (struct bench_prop){"pwms", 0};
        b->bus_pins[PROPS_PWM_OUT0] = PIN + 1;
    } else {
        b->gpio = (struct props_gpio){.pin = &b->pins[PIN], .number = PIN};
    }
    assert_null(bench_start(b, &part_buzzer_class, 0));
    return b;
}

static void play(struct bench *b, uint64_t period_cycles, uint32_t periods)
{
    for (uint32_t i = 0; i < periods; i++) {
        uint64_t begin = clock_now(&b->clock);
        wire_drive(&b->pins[PIN].out, WIRE_HIGH);
        bench_run_to(b, begin + period_cycles / 3);
        wire_drive(&b->pins[PIN].out, WIRE_LOW);
        bench_run_to(b, begin + period_cycles);
    }
}

static void one_with_its_own_tone_is_on_or_off(void **state)
{
    (void)state;
    struct bench *b = start(false);
    play(b, 1000, 2);
    assert_int_equal(b->notes.count, 4);
    assert_string_equal(b->notes.entries[2].what, "on");
    assert_string_equal(b->notes.entries[3].what, "off");
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    bench_free(b);
}

static void the_tone_is_that_of_the_edges(void **state)
{
    (void)state;
    struct bench *b = start(true);
    play(b, 64000000 / 440, 20);
    assert_int_equal(b->notes.count, 1);
    assert_string_equal(b->notes.entries[0].what, "tone");
    assert_int_equal(b->notes.entries[0].value, 440);
    assert_int_equal(b->notes.entries[0].cycles, 64000000 / 440); /* the second edge */
    play(b, 64000000 / 442, 20); /* less than 1 % away: the same tone */
    assert_int_equal(b->notes.count, 1);
    play(b, 64000000 / 880, 20);
    assert_int_equal(b->notes.count, 2);
    assert_int_equal(b->notes.entries[1].value, 880);
    uint64_t last_rise = clock_now(&b->clock) - 64000000 / 880;
    bench_run_to(b, last_rise + MS(50) - 1);
    assert_int_equal(b->notes.count, 2);
    bench_run_to(b, last_rise + MS(50));
    assert_string_equal(b->notes.entries[2].what, "off");
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    play(b, 64000, 1); /* a single edge has no frequency */
    bench_run_to(b, clock_now(&b->clock) + MS(1000));
    assert_int_equal(b->notes.count, 3);
    bench_free(b);
}

static void a_stuck_buzzer_is_silent(void **state)
{
    (void)state;
    struct bench *b = start(true);
    play(b, 64000, 3);
    assert_true(bench_input(b, "stuck", 1));
    assert_string_equal(b->notes.entries[1].what, "off");
    play(b, 64000, 3);
    assert_int_equal(b->notes.count, 2);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    assert_true(bench_input(b, "stuck", 0));
    play(b, 64000, 3);
    assert_int_equal(b->notes.entries[2].value, 1000);
    assert_false(bench_input(b, "press", 0));
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_with_its_own_tone_is_on_or_off),
        cmocka_unit_test(the_tone_is_that_of_the_edges),
        cmocka_unit_test(a_stuck_buzzer_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
