/* Rotary encoder: two outputs in quadrature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/parts/encoder.h"

#define US(n) ((uint64_t)(n)*64)

static struct bench *start(uint32_t flags)
{
    struct bench *b = bench_new();
    b->gpios[0] = (struct bench_gpio){.name = "gpios", .number = 11, .flags = flags};
    b->gpios[1] = (struct bench_gpio){.name = "gpios", .number = 12, .flags = flags};
    assert_null(bench_start(b, &part_encoder_class, 0));
    return b;
}

/* A, then B. */
static uint32_t levels(const struct bench *b)
{
    return (uint32_t)(b->pins[11].in.level == WIRE_HIGH) << 1 |
           (uint32_t)(b->pins[12].in.level == WIRE_HIGH);
}

static void it_steps_both_ways(void **state)
{
    (void)state;
    static const uint32_t up[6] = {1, 3, 2, 0, 1, 3}, down[6] = {1, 0, 2, 3, 1, 0};
    struct bench *b = start(0);
    assert_int_equal(levels(b), 0);
    assert_true(bench_input(b, "turn", 6));
    for (uint32_t i = 0; i < 6; i++) {
        bench_run_to(b, US(1000) * (i + 1) - 1);
        assert_int_equal(levels(b), i == 0 ? 0 : up[i - 1]);
        bench_run_to(b, US(1000) * (i + 1));
        assert_int_equal(levels(b), up[i]);
    }
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    assert_true(bench_input(b, "turn", -6));
    for (uint32_t i = 0; i < 6; i++) {
        bench_run_to(b, US(1000) * (i + 7));
        assert_int_equal(levels(b), down[i]);
    }
    assert_int_equal(b->notes.count, 12);
    assert_string_equal(b->notes.entries[5].what, "position");
    assert_int_equal(b->notes.entries[5].value, 6);
    assert_int_equal(b->notes.entries[11].value, 0);
    bench_free(b);
}

static void turns_add_up_and_have_an_end(void **state)
{
    (void)state;
    struct bench *b = start(PROPS_GPIO_ACTIVE_LOW);
    assert_int_equal(levels(b), 3);
    assert_true(bench_input(b, "turn", 5));
    assert_true(bench_input(b, "turn", -5));
    bench_run_to(b, US(10000));
    assert_int_equal(b->notes.count, 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    assert_true(bench_input(b, "turn", INT32_MIN));
    assert_true(bench_input(b, "turn", INT32_MIN));
    bench_run_to(b, US(13000));
    assert_int_equal((int32_t)b->notes.entries[2].value, -3);
    assert_false(bench_input(b, "press", 0));
    bench_free(b);
}

static void stuck_outputs_stay(void **state)
{
    (void)state;
    struct bench *b = start(0);
    assert_true(bench_input(b, "stuck", 1));
    assert_true(bench_input(b, "turn", 2));
    bench_run_to(b, US(5000));
    assert_int_equal(levels(b), 0);
    assert_true(bench_input(b, "stuck", 0));
    assert_int_equal(levels(b), 3);
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_steps_both_ways),
        cmocka_unit_test(turns_add_up_and_have_an_end),
        cmocka_unit_test(stuck_outputs_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
