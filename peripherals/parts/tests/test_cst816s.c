/* CST816S: coordinates, gestures, the interrupt pulse, reset, both kinds of sleep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/parts/cst816s.h"
#include "peripherals/parts/tests/i2c_bench.h"

#define GESTURE_ID 0x01
#define FINGER_NUM 0x02
#define XPOS_H     0x03
#define CHIP_ID    0xA7
#define SLEEP_MODE 0xE5
#define MOTION     0xEC
#define IRQ_CTL    0xFA
#define DIS_SLEEP  0xFE

#define IRQ   28U
#define RESET 10U
#define BOOT  20U /* ms */
#define MS    (BENCH_CPU_HZ / 1000U)

static struct bench *make(void)
{
    struct bench *b = i2c_bench_new(0x15);
    b->gpios[0] = (struct bench_gpio){"irq-gpios", IRQ, PROPS_GPIO_ACTIVE_LOW};
    b->gpios[1] = (struct bench_gpio){"rst-gpios", RESET, PROPS_GPIO_ACTIVE_LOW};
    assert_null(i2c_bench_start(b, &part_cst816s_class));
    return b;
}

static int setup(void **state)
{
    struct bench *b = make();
    *state = b;
    i2c_bench_wait_ms(b, BOOT);
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static void touch(struct bench *b, uint32_t x, uint32_t y)
{
    assert_true(bench_input(b, "touch", (int32_t)(x | y << 12)));
}

static enum wire_level irq(const struct bench *b)
{
    return b->pins[IRQ].in.level;
}

static bool answers(struct bench *b)
{
    return i2c_bench_write(b, "", 0) == 0;
}

static void it_needs_its_time_after_power_and_reset(void **state)
{
    (void)state;
    struct bench *b = make();
    assert_false(answers(b));
    i2c_bench_wait_ms(b, BOOT);
    assert_int_equal(i2c_bench_register(b, CHIP_ID), 0xB4);
    wire_drive(&b->pins[RESET].out, WIRE_HIGH); /* a floating pin did not reset it either */
    assert_true(answers(b));
    i2c_bench_set(b, IRQ_CTL, 0x11);
    wire_drive(&b->pins[RESET].out, WIRE_LOW);
    i2c_bench_wait_ms(b, 100);
    assert_false(answers(b));
    wire_drive(&b->pins[RESET].out, WIRE_HIGH);
    i2c_bench_wait_ms(b, BOOT - 1);
    assert_false(answers(b));
    i2c_bench_wait_ms(b, 1);
    assert_int_equal(i2c_bench_register(b, IRQ_CTL), 0x60);
    bench_free(b);
}

static void coordinates_come_as_drivers_read_them(void **state)
{
    struct bench *b = *state;
    uint8_t bytes[7];
    touch(b, 0x0EF, 0x123);
    assert_int_equal(i2c_bench_write(b, "\x00", 1), 1);
    assert_true(i2c_bench_read(b, bytes, 7));
    static const uint8_t down[7] = {0, 0, 1, 0x00, 0xEF, 0x01, 0x23};
    assert_memory_equal(bytes, down, 7);
    i2c_bench_wait_ms(b, 10);
    assert_int_equal(i2c_bench_register(b, XPOS_H), 0x80); /* contact */
    assert_true(bench_input(b, "untouch", 0));
    assert_int_equal(i2c_bench_register(b, XPOS_H), 0x40); /* lifted */
    assert_int_equal(i2c_bench_register(b, FINGER_NUM), 0);
}

static void a_touch_pulses_the_interrupt_for_a_millisecond(void **state)
{
    struct bench *b = *state;
    uint64_t start = clock_now(&b->clock);
    assert_int_equal(irq(b), WIRE_HIGH);
    touch(b, 10, 10);
    assert_int_equal(irq(b), WIRE_LOW);
    bench_run_to(b, start + MS - 1);
    assert_int_equal(irq(b), WIRE_LOW);
    bench_run_to(b, start + MS);
    assert_int_equal(irq(b), WIRE_HIGH);
    bench_run_to(b, start + 10 * MS); /* the next report, while touched */
    assert_int_equal(irq(b), WIRE_LOW);
    assert_true(bench_input(b, "untouch", 0));
    i2c_bench_wait_ms(b, 5);
    assert_int_equal(irq(b), WIRE_HIGH);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER); /* untouched, it costs nothing */
}

static void irq_ctl_chooses_what_pulses(void **state)
{
    struct bench *b = *state;
    i2c_bench_set(b, IRQ_CTL, 0x10); /* gestures only */
    touch(b, 100, 100);
    assert_int_equal(irq(b), WIRE_HIGH);
    touch(b, 100, 160);
    assert_int_equal(irq(b), WIRE_LOW);
    assert_int_equal(i2c_bench_register(b, GESTURE_ID), 0x01); /* down */
}

static void slides_have_directions(void **state)
{
    static const struct {
        uint32_t x, y;
        uint8_t gesture;
    } cases[] = {{100, 160, 1}, {100, 50, 2}, {40, 110, 3}, {170, 90, 4}};
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        touch(b, 100, 100);
        assert_int_equal(i2c_bench_register(b, GESTURE_ID), 0);
        touch(b, cases[i].x, cases[i].y);
        assert_int_equal(i2c_bench_register(b, GESTURE_ID), cases[i].gesture);
        assert_true(bench_input(b, "untouch", 0));
        assert_int_equal(i2c_bench_register(b, GESTURE_ID), cases[i].gesture);
    }
}

static void tap(struct bench *b, uint32_t wait_ms)
{
    touch(b, 100, 100);
    i2c_bench_wait_ms(b, 50);
    assert_true(bench_input(b, "untouch", 0));
    i2c_bench_wait_ms(b, wait_ms);
}

static void taps_and_double_taps(void **state)
{
    struct bench *b = *state;
    tap(b, 100);
    assert_int_equal(i2c_bench_register(b, GESTURE_ID), 0x05);
    tap(b, 1000);
    assert_int_equal(i2c_bench_register(b, GESTURE_ID), 0x05); /* not enabled */
    i2c_bench_set(b, MOTION, 1);
    tap(b, 100);
    tap(b, 100);
    assert_int_equal(i2c_bench_register(b, GESTURE_ID), 0x0B);
    tap(b, 500);
    tap(b, 100);
    assert_int_equal(i2c_bench_register(b, GESTURE_ID), 0x05);
}

static void a_long_press_is_told_while_it_lasts(void **state)
{
    struct bench *b = *state;
    touch(b, 100, 100);
    i2c_bench_wait_ms(b, 990);
    assert_int_equal(i2c_bench_register(b, GESTURE_ID), 0);
    i2c_bench_wait_ms(b, 20);
    assert_int_equal(i2c_bench_register(b, GESTURE_ID), 0x0C);
    assert_true(bench_input(b, "untouch", 0));
    assert_int_equal(i2c_bench_register(b, GESTURE_ID), 0x0C); /* and is no tap */
}

static void asleep_it_answers_only_after_a_touch(void **state)
{
    struct bench *b = *state;
    i2c_bench_wait_ms(b, 1999);
    assert_true(answers(b));
    i2c_bench_wait_ms(b, 2);
    assert_false(answers(b));
    touch(b, 1, 2);
    assert_int_equal(irq(b), WIRE_LOW);
    assert_int_equal(i2c_bench_register(b, FINGER_NUM), 1);
    i2c_bench_wait_ms(b, 5000);
    assert_true(answers(b));
    assert_true(bench_input(b, "untouch", 0));
    i2c_bench_set(b, DIS_SLEEP, 1);
    i2c_bench_wait_ms(b, 5000);
    assert_true(answers(b));
}

static void deep_sleep_ends_with_the_reset_pin(void **state)
{
    struct bench *b = *state;
    i2c_bench_set(b, SLEEP_MODE, 3);
    assert_false(answers(b));
    touch(b, 1, 2);
    assert_int_equal(irq(b), WIRE_HIGH);
    assert_false(answers(b));
    assert_true(bench_input(b, "untouch", 0));
    wire_drive(&b->pins[RESET].out, WIRE_LOW);
    wire_drive(&b->pins[RESET].out, WIRE_HIGH);
    i2c_bench_wait_ms(b, BOOT);
    assert_true(answers(b));
}

static void only_the_supply_resets_it(void **state)
{
    struct bench *b = *state;
    i2c_bench_set(b, IRQ_CTL, 0x11);
    touch(b, 5, 6);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(i2c_bench_register(b, IRQ_CTL), 0x11);
    bench_reset(b, RESET_POWER_ON);
    assert_false(answers(b));
    i2c_bench_wait_ms(b, BOOT);
    assert_int_equal(i2c_bench_register(b, IRQ_CTL), 0x60);
    assert_int_equal(i2c_bench_register(b, FINGER_NUM), 1); /* the finger is still there */
}

static void a_dead_controller_says_nothing(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "no-answer", 1));
    touch(b, 1, 2);
    assert_false(answers(b));
    assert_int_equal(irq(b), WIRE_HIGH);
    assert_true(bench_input(b, "untouch", 0));
    bench_reset(b, RESET_SREQ);
    assert_false(answers(b));
    assert_true(bench_input(b, "no-answer", 0));
    assert_true(answers(b));
}

static void a_gesture_can_be_ordered(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "gesture", 0x0B));
    assert_int_equal(i2c_bench_register(b, GESTURE_ID), 0x0B);
    assert_false(bench_input(b, "press", 0));
}

static void asleep_or_dead_it_makes_no_gesture(void **state)
{
    struct bench *b = *state;
    i2c_bench_set(b, IRQ_CTL, 0x10); /* gestures only */
    assert_true(bench_input(b, "no-answer", 1));
    touch(b, 100, 100);
    touch(b, 100, 160);
    assert_true(bench_input(b, "gesture", 0x0B));
    assert_int_equal(irq(b), WIRE_HIGH);
    assert_true(bench_input(b, "no-answer", 0));
    assert_int_equal(i2c_bench_register(b, GESTURE_ID), 0);
    assert_true(bench_input(b, "untouch", 0));
    i2c_bench_wait_ms(b, 5);
    i2c_bench_set(b, SLEEP_MODE, 3);
    touch(b, 100, 100);
    touch(b, 100, 160);
    assert_int_equal(irq(b), WIRE_HIGH);
    assert_true(bench_input(b, "gesture", 0x0B));
    assert_int_equal(irq(b), WIRE_HIGH);
}

static void lifting_no_finger_keeps_nothing_awake(void **state)
{
    struct bench *b = *state;
    i2c_bench_wait_ms(b, 1000);
    assert_true(bench_input(b, "untouch", 0));
    i2c_bench_wait_ms(b, 1001);
    assert_false(answers(b));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_needs_its_time_after_power_and_reset),
        TEST(coordinates_come_as_drivers_read_them),
        TEST(a_touch_pulses_the_interrupt_for_a_millisecond),
        TEST(irq_ctl_chooses_what_pulses),
        TEST(slides_have_directions),
        TEST(taps_and_double_taps),
        TEST(a_long_press_is_told_while_it_lasts),
        TEST(asleep_it_answers_only_after_a_touch),
        TEST(deep_sleep_ends_with_the_reset_pin),
        TEST(only_the_supply_resets_it),
        TEST(a_dead_controller_says_nothing),
        TEST(a_gesture_can_be_ordered),
        TEST(asleep_or_dead_it_makes_no_gesture),
        TEST(lifting_no_finger_keeps_nothing_awake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
