/* GPIO: registers poked with no CPU; pins judged by their wires. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/nrf52/gpio.h"
#include "peripherals/iface/tests/io_bench.h"

#define OUT           0x504
#define OUTSET        0x508
#define OUTCLR        0x50C
#define IN            0x510
#define DIR           0x514
#define DIRSET        0x518
#define DIRCLR        0x51C
#define LATCH         0x520
#define DETECTMODE    0x524
#define PIN_CNF(n)    (0x700U + 4U * (n))
#define PULL_UP       (3U << 2)
#define PULL_DOWN     (1U << 2)
#define SENSE_HIGH    (2U << 16)
#define SENSE_LOW     (3U << 16)
#define DRIVE(n)      ((uint32_t)(n) << 8)
#define INPUT_DISCONN 2U

static int setup(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    assert_null(bench_start(b, &nrf52_gpio_class, 0x50000000));
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static uint32_t guest_errors(const struct bench *b)
{
    return b->diag.count[DIAG_GUEST_ERROR];
}

static void reset_values(void **state)
{
    struct bench *b = *state;
    for (uint32_t offset = OUT; offset <= DETECTMODE; offset += 4) {
        assert_int_equal(bench_read(b, offset), 0);
    }
    for (uint32_t i = 0; i < 32; i++) {
        assert_int_equal(bench_read(b, PIN_CNF(i)), 2);
        assert_int_equal(b->pins[i].out.level, WIRE_FLOATING);
    }
    assert_int_equal(guest_errors(b), 0);
}

static void set_and_clear_change_only_their_bits(void **state)
{
    struct bench *b = *state;
    bench_write(b, OUT, 0x0F);
    bench_write(b, OUTSET, 0x30);
    bench_write(b, OUTCLR, 0x11);
    assert_int_equal(bench_read(b, OUT), 0x2E);
    assert_int_equal(bench_read(b, OUTSET), 0x2E);
    assert_int_equal(bench_read(b, OUTCLR), 0x2E);
    bench_write(b, DIR, 0x03);
    bench_write(b, DIRSET, 0x80000000);
    bench_write(b, DIRCLR, 0x01);
    assert_int_equal(bench_read(b, DIR), 0x80000002);
    assert_int_equal(bench_read(b, DIRSET), 0x80000002);
    assert_int_equal(bench_read(b, DIRCLR), 0x80000002);
    assert_int_equal(bench_read(b, PIN_CNF(31)) & 1, 1);
    assert_int_equal(bench_read(b, PIN_CNF(0)) & 1, 0);
    bench_write(b, PIN_CNF(4), 1);
    assert_int_equal(bench_read(b, DIR), 0x80000012);
}

static void each_pin_drives_its_wire(void **state)
{
    struct bench *b = *state;
    for (uint32_t i = 0; i < 32; i++) {
        bench_write(b, OUTSET, 1U << i);
        assert_int_equal(b->pins[i].out.level, WIRE_FLOATING);
        bench_write(b, DIRSET, 1U << i);
        assert_int_equal(b->pins[i].out.level, WIRE_HIGH);
        bench_write(b, OUTCLR, 1U << i);
        assert_int_equal(b->pins[i].out.level, WIRE_LOW);
        bench_write(b, DIRCLR, 1U << i);
        assert_int_equal(b->pins[i].out.level, WIRE_FLOATING);
    }
    assert_int_equal(b->pins[32].out.level, WIRE_FLOATING);
}

static void drive_modes(void **state)
{
    struct bench *b = *state;
    static const enum wire_level low[8] = {WIRE_LOW,      WIRE_LOW,      WIRE_LOW, WIRE_LOW,
                                           WIRE_FLOATING, WIRE_FLOATING, WIRE_LOW, WIRE_LOW};
    static const enum wire_level high[8] = {WIRE_HIGH, WIRE_HIGH, WIRE_HIGH,     WIRE_HIGH,
                                            WIRE_HIGH, WIRE_HIGH, WIRE_FLOATING, WIRE_FLOATING};
    for (uint32_t drive = 0; drive < 8; drive++) {
        bench_write(b, PIN_CNF(3), 1U | DRIVE(drive));
        bench_write(b, OUTCLR, 8);
        assert_int_equal(b->pins[3].out.level, low[drive]);
        bench_write(b, OUTSET, 8);
        assert_int_equal(b->pins[3].out.level, high[drive]);
    }
}

static void a_resistor_on_the_board_wins_against_the_chips_pull(void **state)
{
    struct bench *b = *state;
    b->pins[5].resistor = WIRE_HIGH;
    bench_write(b, PIN_CNF(5), PULL_DOWN);
    assert_int_equal(bench_read(b, IN), 0x20);
    wire_drive(&b->pins[5].in, WIRE_LOW);
    assert_int_equal(bench_read(b, IN), 0);
    wire_drive(&b->pins[5].in, WIRE_FLOATING);
    assert_int_equal(bench_read(b, IN), 0x20);
    b->pins[5].resistor = WIRE_LOW;
    bench_write(b, PIN_CNF(5), PULL_UP);
    assert_int_equal(bench_read(b, IN), 0);
}

static void input_follows_part_then_pull(void **state)
{
    struct bench *b = *state;
    bench_write(b, PIN_CNF(5), PULL_UP);
    assert_int_equal(bench_read(b, IN), 0x20);
    bench_write(b, PIN_CNF(5), PULL_DOWN);
    assert_int_equal(bench_read(b, IN), 0);
    wire_drive(&b->pins[5].in, WIRE_HIGH);
    assert_int_equal(bench_read(b, IN), 0x20);
    bench_write(b, PIN_CNF(5), PULL_UP);
    wire_drive(&b->pins[5].in, WIRE_LOW);
    assert_int_equal(bench_read(b, IN), 0);
    wire_drive(&b->pins[5].in, WIRE_FLOATING);
    assert_int_equal(bench_read(b, IN), 0x20);
    bench_write(b, PIN_CNF(5), PULL_UP | INPUT_DISCONN);
    assert_int_equal(bench_read(b, IN), 0);
}

static void an_output_reads_back_when_connected(void **state)
{
    struct bench *b = *state;
    bench_write(b, PIN_CNF(2), 1);
    bench_write(b, OUTSET, 4);
    assert_int_equal(bench_read(b, IN), 4);
    bench_write(b, PIN_CNF(2), 1 | INPUT_DISCONN);
    assert_int_equal(bench_read(b, IN), 0);
}

static void contention_is_reported_once(void **state)
{
    struct bench *b = *state;
    wire_drive(&b->pins[9].in, WIRE_HIGH);
    bench_write(b, PIN_CNF(9), 1);
    assert_int_equal(guest_errors(b), 1);
    bench_write(b, OUTSET, 1);
    assert_int_equal(guest_errors(b), 1);
    bench_write(b, OUTSET, 1U << 9);
    bench_write(b, OUTCLR, 1U << 9);
    assert_int_equal(guest_errors(b), 2);
}

static void sense_makes_detect_and_latch(void **state)
{
    struct bench *b = *state;
    bench_write(b, PIN_CNF(7), PULL_UP | SENSE_LOW);
    bench_write(b, PIN_CNF(8), PULL_DOWN | SENSE_HIGH);
    assert_int_equal(b->detects, 0);
    wire_drive(&b->pins[7].in, WIRE_LOW);
    assert_int_equal(b->detects, 1);
    assert_int_equal(b->pins[7].detect.level, WIRE_HIGH);
    assert_int_equal(bench_read(b, LATCH), 0x80);
    wire_drive(&b->pins[8].in, WIRE_HIGH);
    assert_int_equal(b->detects, 1); /* DETECT was high already */
    assert_int_equal(bench_read(b, LATCH), 0x180);
    bench_write(b, LATCH, 0x180);
    assert_int_equal(bench_read(b, LATCH), 0x180); /* both still sensed */
    wire_drive(&b->pins[7].in, WIRE_FLOATING);
    wire_drive(&b->pins[8].in, WIRE_LOW);
    assert_int_equal(b->pins[7].detect.level, WIRE_LOW);
    assert_int_equal(bench_read(b, LATCH), 0x180); /* stays until cleared */
    bench_write(b, LATCH, 0x80);
    assert_int_equal(bench_read(b, LATCH), 0x100);
    wire_drive(&b->pins[8].in, WIRE_HIGH);
    assert_int_equal(b->detects, 2);
}

static void latch_mode_gives_a_new_edge_when_bits_remain(void **state)
{
    struct bench *b = *state;
    bench_write(b, DETECTMODE, 1);
    bench_write(b, PIN_CNF(0), PULL_DOWN | SENSE_HIGH);
    bench_write(b, PIN_CNF(1), PULL_DOWN | SENSE_HIGH);
    wire_drive(&b->pins[0].in, WIRE_HIGH);
    wire_drive(&b->pins[0].in, WIRE_LOW);
    assert_int_equal(b->pins[0].detect.level, WIRE_HIGH); /* latched */
    wire_drive(&b->pins[1].in, WIRE_HIGH);
    assert_int_equal(b->detects, 1);
    bench_write(b, LATCH, 1);
    assert_int_equal(b->detects, 2);
    assert_int_equal(bench_read(b, LATCH), 2);
    wire_drive(&b->pins[1].in, WIRE_LOW);
    bench_write(b, LATCH, 2);
    assert_int_equal(b->detects, 2);
    assert_int_equal(b->pins[1].detect.level, WIRE_LOW);
}

static void a_disconnected_input_senses_nothing(void **state)
{
    struct bench *b = *state;
    bench_write(b, PIN_CNF(7), PULL_UP | SENSE_HIGH | INPUT_DISCONN);
    assert_int_equal(b->detects, 0);
    assert_int_equal(bench_read(b, LATCH), 0);
}

static void a_claim_wins_over_out_and_dir(void **state)
{
    struct bench *b = *state;
    wire_drive(&b->pins[11].claim, WIRE_HIGH);
    assert_int_equal(b->pins[11].out.level, WIRE_HIGH);
    bench_write(b, DIRSET, 1U << 11);
    assert_int_equal(b->pins[11].out.level, WIRE_HIGH);
    wire_drive(&b->pins[11].claim, WIRE_FLOATING);
    assert_int_equal(b->pins[11].out.level, WIRE_LOW);
}

static void reset_clears_all_but_system_off_keeps_it(void **state)
{
    struct bench *b = *state;
    bench_write(b, PIN_CNF(7), PULL_UP | SENSE_LOW);
    bench_write(b, OUT, 1);
    bench_write(b, DIRSET, 1);
    wire_drive(&b->pins[7].in, WIRE_LOW);
    bench_reset(b, RESET_OFF);
    assert_int_equal(bench_read(b, LATCH), 0x80);
    assert_int_equal(b->pins[0].out.level, WIRE_HIGH);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(bench_read(b, LATCH), 0);
    assert_int_equal(bench_read(b, PIN_CNF(7)), 2);
    assert_int_equal(b->pins[0].out.level, WIRE_FLOATING);
    assert_int_equal(b->pins[7].detect.level, WIRE_LOW);
}

static void port_1_has_the_pins_from_32_on(void **state)
{
    (void)state;
    struct bench *b = bench_new();
    b->props[0] = (struct bench_prop){"port", 1};
    b->props[1] = (struct bench_prop){"ngpios", 16};
    assert_null(bench_start(b, &nrf52_gpio_class, 0x50000300));
    bench_write(b, OUT, UINT32_MAX);
    bench_write(b, DIR, UINT32_MAX);
    assert_int_equal(b->pins[31].out.level, WIRE_FLOATING);
    assert_int_equal(b->pins[32].out.level, WIRE_HIGH);
    assert_int_equal(b->pins[47].out.level, WIRE_HIGH);
    assert_int_equal(b->pins[48].out.level, WIRE_FLOATING);
    bench_free(b);
    b = bench_new();
    b->props[0] = (struct bench_prop){"port", 2};
    assert_non_null(bench_start(b, &nrf52_gpio_class, 0x50000600));
    bench_free(b);
}

static void what_does_not_exist_is_reported(void **state)
{
    struct bench *b = *state;
    bench_write(b, IN, 1);
    bench_write(b, 0x500, 1);
    bench_write(b, 0x780, 1);
    assert_int_equal(bench_read(b, 0x528), 0);
    assert_int_equal(guest_errors(b), 4);
    bench_write(b, PIN_CNF(1), 0xFFFFFFFF);
    assert_int_equal(bench_read(b, PIN_CNF(1)), 0x0003070F);
    assert_int_equal(b->device_class->peek(b->device, PIN_CNF(1)), 0x0003070F);
    assert_int_equal(b->device_class->peek(b->device, 0x528), 0);
    assert_int_equal(guest_errors(b), 4);
}

static bool is_high(struct bench *b, uint32_t pin)
{
    return (bench_read(b, IN) >> pin & 1U) != 0;
}

static void a_stuck_pin_stays_where_it_is(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "stuck-high", 4)); /* P0.03 */
    assert_true(bench_input(b, "stuck-low", 6));
    bench_reset(b, RESET_SREQ);
    bench_write(b, PIN_CNF(3), 1); /* an output whose input is connected */
    bench_write(b, PIN_CNF(5), PULL_UP);
    assert_true(is_high(b, 3));
    assert_false(is_high(b, 5));
    assert_int_equal(b->pins[3].out.level, WIRE_HIGH);
    wire_drive(&b->pins[5].in, WIRE_HIGH);
    assert_false(is_high(b, 5));
    assert_int_equal(guest_errors(b), 0);
    assert_false(bench_input(b, "stuck-low", 33));
    assert_false(bench_input(b, "stuck-low", -1));
    assert_true(bench_input(b, "stuck-high", 0));
    assert_true(bench_input(b, "stuck-low", 0));
    assert_false(is_high(b, 3));
    assert_true(is_high(b, 5));
}

static void an_input_bounces_before_it_settles(void **state)
{
    struct bench *b = *state;
    uint32_t edges = 0;
    bench_write(b, PIN_CNF(7), PULL_UP);
    assert_true(bench_input(b, "bounce", 8));
    for (uint32_t press = 0; press < 20; press++) {
        bool high = press % 2 != 0;
        uint64_t start = clock_now(&b->clock);
        wire_drive(&b->pins[7].in, high ? WIRE_FLOATING : WIRE_LOW);
        assert_int_equal(is_high(b, 7), high);
        uint32_t changes = 0;
        bool last = high;
        for (uint64_t us = 10; us <= 10000; us += 10) {
            bench_run_to(b, start + us * 64);
            changes += is_high(b, 7) != last;
            last = is_high(b, 7);
        }
        assert_int_equal(last, high);
        assert_int_equal(changes % 2, 0);
        assert_in_range(changes, 2, 8);
        edges += changes;
    }
    assert_in_range(edges, 60, 140); /* 100 expected */
    assert_true(bench_input(b, "bounce", 0));
    wire_drive(&b->pins[7].in, WIRE_LOW);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void a_probe_drives_the_input(void **state)
{
    struct bench *b = *state;
    bench_write(b, PIN_CNF(3), PULL_UP);
    assert_int_equal(bench_read(b, IN), 1U << 3);
    assert_true(bench_input(b, "low", 3));
    assert_int_equal(b->pins[3].in.level, WIRE_LOW);
    assert_int_equal(bench_read(b, IN), 0);
    assert_true(bench_input(b, "high", 3));
    assert_int_equal(bench_read(b, IN), 1U << 3);
    bench_write(b, PIN_CNF(3), PULL_DOWN);
    assert_true(bench_input(b, "float", 3));
    assert_int_equal(b->pins[3].in.level, WIRE_FLOATING);
    assert_int_equal(bench_read(b, IN), 0);
    assert_false(bench_input(b, "low", -1));
    assert_false(bench_input(b, "low", 32));
    assert_false(bench_input(b, "lower", 3));
}

#define WITH_GPIO(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_GPIO(reset_values),
        WITH_GPIO(set_and_clear_change_only_their_bits),
        WITH_GPIO(each_pin_drives_its_wire),
        WITH_GPIO(drive_modes),
        WITH_GPIO(a_resistor_on_the_board_wins_against_the_chips_pull),
        WITH_GPIO(input_follows_part_then_pull),
        WITH_GPIO(an_output_reads_back_when_connected),
        WITH_GPIO(contention_is_reported_once),
        WITH_GPIO(sense_makes_detect_and_latch),
        WITH_GPIO(latch_mode_gives_a_new_edge_when_bits_remain),
        WITH_GPIO(a_disconnected_input_senses_nothing),
        WITH_GPIO(a_claim_wins_over_out_and_dir),
        WITH_GPIO(reset_clears_all_but_system_off_keeps_it),
        cmocka_unit_test(port_1_has_the_pins_from_32_on),
        WITH_GPIO(what_does_not_exist_is_reported),
        WITH_GPIO(a_stuck_pin_stays_where_it_is),
        WITH_GPIO(an_input_bounces_before_it_settles),
        WITH_GPIO(a_probe_drives_the_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
