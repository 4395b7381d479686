/* Touch key: its output in both polarities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/parts/touch_key.h"

static struct bench *start(uint32_t flags)
{
    struct bench *b = bench_new();
    b->gpio = (struct props_gpio){.pin = &b->pins[24], .number = 24, .flags = flags};
    assert_null(bench_start(b, &part_touch_key_class, 0));
    return b;
}

static void output_follows_the_touch(void **state)
{
    (void)state;
    struct bench *b = start(0);
    assert_int_equal(b->pins[24].in.level, WIRE_LOW);
    assert_true(bench_input(b, "touch", 0));
    assert_int_equal(b->pins[24].in.level, WIRE_HIGH);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(b->pins[24].in.level, WIRE_HIGH);
    assert_true(bench_input(b, "untouch", 0));
    assert_int_equal(b->pins[24].in.level, WIRE_LOW);
    assert_true(bench_input(b, "untouch", 0));
    assert_int_equal(b->notes.count, 2);
    assert_string_equal(b->notes.entries[0].what, "touched");
    assert_string_equal(b->notes.entries[1].what, "untouched");
    assert_false(bench_input(b, "press", 0));
    bench_free(b);
}

static void active_low_inverts(void **state)
{
    (void)state;
    struct bench *b = start(PROPS_GPIO_ACTIVE_LOW);
    assert_int_equal(b->pins[24].in.level, WIRE_HIGH);
    assert_true(bench_input(b, "touch", 0));
    assert_int_equal(b->pins[24].in.level, WIRE_LOW);
    bench_free(b);
}

static void the_output_follows_after_the_response_time(void **state)
{
    (void)state;
    const uint64_t response = 60000ULL * 64;
    struct bench *b = bench_new();
    b->gpio = (struct props_gpio){.pin = &b->pins[24], .number = 24};
    b->props[0] = (struct bench_prop){"sandglass,response-us", 60000};
    assert_null(bench_start(b, &part_touch_key_class, 0));
    assert_true(bench_input(b, "touch", 0));
    bench_run_to(b, response - 1);
    assert_int_equal(b->pins[24].in.level, WIRE_LOW);
    bench_run_to(b, response);
    assert_int_equal(b->pins[24].in.level, WIRE_HIGH);
    assert_true(bench_input(b, "untouch", 0)); /* too short to be seen */
    bench_run_to(b, response + 1000);
    assert_true(bench_input(b, "touch", 0));
    bench_run_to(b, 5 * response);
    assert_int_equal(b->pins[24].in.level, WIRE_HIGH);
    assert_int_equal(b->notes.count, 3);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    bench_free(b);
}

static void a_stuck_key_says_one_thing(void **state)
{
    (void)state;
    struct bench *b = start(PROPS_GPIO_ACTIVE_LOW);
    assert_true(bench_input(b, "stuck", 1));
    assert_int_equal(b->pins[24].in.level, WIRE_LOW);
    assert_true(bench_input(b, "stuck", 0));
    assert_int_equal(b->pins[24].in.level, WIRE_HIGH);
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_follows_the_touch),
        cmocka_unit_test(active_low_inverts),
        cmocka_unit_test(the_output_follows_after_the_response_time),
        cmocka_unit_test(a_stuck_key_says_one_thing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
