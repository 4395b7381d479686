/* SPI: bytes through TXD and RXD, each two deep, with no CPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/serial_box.h"

#define READY     0x108
#define INTENSET  0x304
#define ENABLE    0x500
#define RXD       0x518
#define TXD       0x51C
#define FREQUENCY 0x524

#define BYTE_AT_M1 512U /* cycles */

/* A target that answers with what it heard before. */
struct shift {
    struct spi_target target;
    struct spi_pins pins;
    bool selected;
    uint8_t before, heard[16];
    uint32_t count;
};

static struct shift shift;

static int32_t shift_exchange(void *owner, uint8_t out, const struct spi_frame *frame)
{
    struct shift *s = owner;
    uint8_t answer = s->before;
    (void)frame;
    s->heard[s->count++ % 16] = out;
    s->before = out;
    return answer;
}

static int setup(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    assert_null(bench_start(b, &nrf52_serial_box_class, 0x40004000));
    shift = (struct shift){.pins = {1, 2, 3}, .before = 0xA5};
    shift.target = (struct spi_target){.owner = &shift,
                                       .pins = &shift.pins,
                                       .selected = &shift.selected,
                                       .modes = SPI_MODE_0,
                                       .exchange = shift_exchange};
    spi_bus_add_target(&b->nets.spi, &shift.target);
    spi_target_listen(&shift.target, NULL, false);
    for (uint32_t i = 0; i < 3; i++) {
        bench_write(b, 0x508 + 4 * i, i + 1);
    }
    bench_write(b, FREQUENCY, 0x10000000);
    bench_write(b, ENABLE, 1);
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static void a_byte_is_ready_after_its_time(void **state)
{
    struct bench *b = *state;
    bench_write(b, INTENSET, 1U << 2);
    bench_write(b, TXD, 0x11);
    bench_run_to(b, BYTE_AT_M1 - 1);
    assert_int_equal(bench_event_count(b, READY), 0);
    assert_int_equal(b->pins[1].claim.level, WIRE_HIGH);
    bench_run_to(b, BYTE_AT_M1);
    assert_int_equal(bench_event_count(b, READY), 1);
    assert_true(b->irq);
    assert_int_equal(b->pins[1].claim.level, WIRE_LOW);
    assert_int_equal(bench_read(b, RXD), 0xA5);
    assert_int_equal(shift.heard[0], 0x11);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void two_bytes_follow_each_other(void **state)
{
    struct bench *b = *state;
    bench_write(b, TXD, 1);
    bench_write(b, TXD, 2);
    bench_run_to(b, 2 * BYTE_AT_M1);
    assert_int_equal(shift.count, 2);
    assert_int_equal(bench_event_count(b, READY), 1); /* the second waits behind RXD */
    assert_int_equal(bench_read(b, RXD), 0xA5);
    assert_int_equal(bench_event_count(b, READY), 2);
    assert_int_equal(bench_read(b, RXD), 1);
    assert_int_equal(bench_event_count(b, READY), 2);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void a_third_byte_is_lost(void **state)
{
    struct bench *b = *state;
    bench_write(b, TXD, 1);
    bench_write(b, TXD, 2);
    bench_write(b, TXD, 3);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    bench_run_to(b, 10000);
    assert_int_equal(shift.count, 2);
    bench_write(b, TXD, 4); /* RXD and the place behind it are full */
    bench_run_to(b, 20000);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2);
    assert_int_equal(bench_read(b, RXD), 0xA5);
}

static void disabled_it_sends_nothing(void **state)
{
    struct bench *b = *state;
    bench_write(b, TXD, 1);
    bench_write(b, ENABLE, 0);
    bench_write(b, TXD, 2);
    bench_run_to(b, 10000);
    assert_int_equal(shift.count, 0);
    assert_int_equal(b->pins[1].claim.level, WIRE_FLOATING);
    bench_write(b, ENABLE, 1);
    bench_write(b, FREQUENCY, 0);
    bench_write(b, TXD, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_byte_is_ready_after_its_time),
        TEST(two_bytes_follow_each_other),
        TEST(a_third_byte_is_lost),
        TEST(disabled_it_sends_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
