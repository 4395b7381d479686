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

struct edges {
    struct bench *bench;
    struct wire_listener listener;
    uint32_t count;
    uint64_t last_cycles, sum; /* sum of the cycles: tells runs apart */
};

static void edge_seen(void *owner, uint32_t index, enum wire_level level)
{
    struct edges *edges = owner;
    (void)index;
    (void)level;
    edges->count++;
    edges->last_cycles = clock_now(&edges->bench->clock);
    edges->sum += edges->last_cycles;
}

/* A press and a release with so many edges asked for; the levels at the end are clean. */
static struct edges bounce(bool fault, uint32_t asked, uint64_t us)
{
    struct bench *b = bench_new();
    struct edges edges = {.bench = b};
    b->gpio = (struct props_gpio){.pin = &b->pins[13], .number = 13};
    if (!fault) {
        b->props[0] = (struct bench_prop){"sandglass,bounce-edges", asked};
        b->props[1] = (struct bench_prop){"sandglass,bounce-us", (uint32_t)us};
    }
    assert_null(bench_start(b, &part_button_class, 0));
    if (fault) {
        assert_true(bench_input(b, "bounce", (int32_t)asked));
        assert_true(bench_input(b, "bounce-us", (int32_t)us));
    }
    wire_listen(&b->pins[13].in, &edges.listener, edge_seen, &edges, 0);
    assert_true(bench_input(b, "press", 0));
    assert_int_equal(b->pins[13].in.level, WIRE_HIGH);
    bench_run_to(b, us * 64);
    assert_int_equal(b->pins[13].in.level, WIRE_HIGH);
    assert_int_equal(edges.count, (asked + 1) / 2 * 2 + 1);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    assert_true(bench_input(b, "release", 0));
    bench_run_to(b, 2 * us * 64);
    assert_int_equal(b->pins[13].in.level, WIRE_LOW);
    assert_int_equal(edges.count, 2 * ((asked + 1) / 2 * 2 + 1));
    assert_int_equal(b->notes.count, 2); /* the finger does not bounce */
    bench_free(b);
    return edges;
}

static void it_bounces_alike_each_time(void **state)
{
    (void)state;
    for (uint32_t fault = 0; fault < 2; fault++) {
        struct edges first = bounce(fault != 0, 8, 2000);
        struct edges again = bounce(fault != 0, 8, 2000);
        assert_int_equal(first.sum, again.sum);
        assert_int_equal(bounce(fault != 0, 7, 3000).count, 18);
    }
}

static void a_stuck_button_says_one_thing(void **state)
{
    (void)state;
    struct bench *b = start(0);
    assert_true(bench_input(b, "stuck", 1));
    assert_int_equal(b->pins[13].in.level, WIRE_HIGH);
    assert_true(bench_input(b, "stuck", 2));
    assert_true(bench_input(b, "press", 0));
    assert_int_equal(b->pins[13].in.level, WIRE_LOW);
    assert_true(bench_input(b, "stuck", 0));
    assert_int_equal(b->pins[13].in.level, WIRE_HIGH);
    assert_false(bench_input(b, "stuck", 3));
    bench_free(b);
}

static void a_button_with_an_enable_pin_connects_the_two(void **state)
{
    (void)state;
    struct bench *b = bench_new();
    b->gpio = (struct props_gpio){.pin = &b->pins[13], .number = 13};
    b->gpios[0] = (struct bench_gpio){.name = "sandglass,enable-gpios", .number = 15};
    assert_null(bench_start(b, &part_button_class, 0));
    assert_true(bench_input(b, "press", 0));
    assert_int_equal(b->pins[13].in.level, WIRE_LOW); /* nobody drives the other */
    wire_drive(&b->pins[15].out, WIRE_HIGH);
    assert_int_equal(b->pins[13].in.level, WIRE_HIGH);
    wire_drive(&b->pins[15].out, WIRE_LOW);
    assert_int_equal(b->pins[13].in.level, WIRE_LOW);
    wire_drive(&b->pins[15].out, WIRE_HIGH);
    assert_true(bench_input(b, "release", 0));
    assert_int_equal(b->pins[13].in.level, WIRE_LOW);
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_wiring_has_its_levels),
        cmocka_unit_test(a_reset_of_the_chip_does_not_lift_the_finger),
        cmocka_unit_test(unknown_inputs_and_missing_pins_are_refused),
        cmocka_unit_test(it_bounces_alike_each_time),
        cmocka_unit_test(a_stuck_button_says_one_thing),
        cmocka_unit_test(a_button_with_an_enable_pin_connects_the_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
