/* Button: the level of its wire for each kind of wiring. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/parts/button.h"

#define PULL_UP_FLAG   (1U << 4)
#define PULL_DOWN_FLAG (1U << 5)

static struct bench *start(uint32_t flags)
{
    struct bench *b = bench_new();
    b->gpio = (struct props_gpio){.pin = &b->pins[13], .number = 13, .flags = flags};
    assert_null(bench_start(b, &part_button_class, 0));
    return b;
}

static void each_wiring_has_its_levels(void **state)
{
    (void)state;
    static const struct {
        uint32_t flags;
        enum wire_level released, pressed;
    } cases[] = {
        {PROPS_GPIO_ACTIVE_LOW | PULL_UP_FLAG, WIRE_FLOATING, WIRE_LOW},
        {PROPS_GPIO_ACTIVE_LOW, WIRE_HIGH, WIRE_LOW},
        {PULL_DOWN_FLAG, WIRE_FLOATING, WIRE_HIGH},
        {0, WIRE_LOW, WIRE_HIGH},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench *b = start(cases[i].flags);
        assert_int_equal(b->pins[13].in.level, cases[i].released);
        assert_true(bench_input(b, "press", 0));
        assert_int_equal(b->pins[13].in.level, cases[i].pressed);
        assert_true(bench_input(b, "press", 0));
        assert_true(bench_input(b, "release", 0));
        assert_int_equal(b->pins[13].in.level, cases[i].released);
        assert_int_equal(b->notes.count, 2); /* the second press changed nothing */
        assert_string_equal(b->notes.entries[0].what, "pressed");
        assert_string_equal(b->notes.entries[1].what, "released");
        bench_free(b);
    }
}

static void a_reset_of_the_chip_does_not_lift_the_finger(void **state)
{
    (void)state;
    struct bench *b = start(PROPS_GPIO_ACTIVE_LOW | PULL_UP_FLAG);
    assert_true(bench_input(b, "press", 0));
    bench_reset(b, RESET_SREQ);
    assert_int_equal(b->pins[13].in.level, WIRE_LOW);
    bench_free(b);
}

static void unknown_inputs_and_missing_pins_are_refused(void **state)
{
    (void)state;
    struct bench *b = start(0);
    assert_false(bench_input(b, "touch", 0));
    bench_free(b);
    b = bench_new();
    assert_non_null(bench_start(b, &part_button_class, 0));
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_wiring_has_its_levels),
        cmocka_unit_test(a_reset_of_the_chip_does_not_lift_the_finger),
        cmocka_unit_test(unknown_inputs_and_missing_pins_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
