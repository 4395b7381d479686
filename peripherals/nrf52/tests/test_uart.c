/* UART: the older half behind the same window, with no CPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/uarte.h"

#define STARTRX  0x000
#define STOPRX   0x004
#define STARTTX  0x008
#define STOPTX   0x00C
#define SUSPEND  0x01C
#define RXDRDY   0x108
#define TXDRDY   0x11C
#define ERROR    0x124
#define RXTO     0x144
#define INTENSET 0x304
#define ERRORSRC 0x480
#define ENABLE   0x500
#define RXD      0x518
#define TXD      0x51C
#define FRAME    5520U /* ten bits of 138 periods of 16 MHz: 115,942 baud */

static int setup(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    assert_null(bench_start(b, &nrf52_uarte_class, 0x40002000));
    bench_write(b, 0x50C, 6);
    bench_write(b, 0x514, 8);
    bench_write(b, 0x524, 0x01D7E000);
    bench_write(b, ENABLE, 4);
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

static void type(struct bench *b, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        assert_true(bench_input(b, "byte", *c));
    }
}

static void a_byte_takes_a_frame_then_txdrdy(void **state)
{
    struct bench *b = *state;
    bench_write(b, INTENSET, 1U << 7);
    bench_write(b, STARTTX, 1);
    bench_run_to(b, 500);
    bench_write(b, TXD, 'A');
    bench_run_to(b, 500 + FRAME - 1);
    assert_int_equal(b->tx.count, 0);
    assert_false(b->irq);
    bench_run_to(b, 500 + FRAME);
    assert_int_equal(b->tx.entries[0].value, 'A');
    assert_int_equal(bench_event_cycle(b, TXDRDY), 500 + FRAME);
    assert_true(b->irq);
    bench_write(b, TXDRDY, 0);
    assert_false(b->irq);
    bench_write(b, TXD, 'B');
    bench_run_to(b, 100000);
    assert_int_equal(b->tx.count, 2);
    assert_int_equal(guest_errors(b), 0);
}

static void txd_out_of_turn_is_reported_and_lost(void **state)
{
    struct bench *b = *state;
    bench_write(b, TXD, 'x'); /* not started */
    assert_int_equal(guest_errors(b), 1);
    bench_write(b, STARTTX, 1);
    bench_write(b, TXD, 'y');
    bench_write(b, TXD, 'z'); /* busy */
    assert_int_equal(guest_errors(b), 2);
    bench_write(b, STOPTX, 1);
    bench_write(b, TXD, 'w');
    assert_int_equal(guest_errors(b), 3);
    bench_run_to(b, 100000);
    assert_int_equal(b->tx.count, 1);
    assert_int_equal(b->tx.entries[0].value, 'y');
}

static void each_read_of_rxd_brings_the_next(void **state)
{
    struct bench *b = *state;
    bench_write(b, STARTRX, 1);
    type(b, "abc");
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_count(b, RXDRDY), 1);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(bench_read(b, RXDRDY), 1);
        bench_write(b, RXDRDY, 0);
        assert_int_equal(b->device_class->peek(b->device, RXD), "abc"[i]); /* takes nothing */
        assert_int_equal(bench_read(b, RXD), "abc"[i]);
    }
    assert_int_equal(bench_read(b, RXDRDY), 0);
    assert_int_equal(bench_event_count(b, RXDRDY), 3);
}

static void six_bytes_wait_then_overrun(void **state)
{
    struct bench *b = *state;
    bench_write(b, STARTRX, 1);
    type(b, "r123456X");
    bench_run_to(b, 7 * FRAME);
    assert_int_equal(bench_event_count(b, ERROR), 0);
    bench_run_to(b, 8 * FRAME);
    assert_int_equal(bench_event_count(b, ERROR), 1);
    assert_int_equal(bench_read(b, ERRORSRC), 1);
    for (uint32_t i = 0; i < 7; i++) {
        assert_int_equal(bench_read(b, RXD), "r123456"[i]);
    }
    type(b, "n");
    bench_run_to(b, 100000);
    assert_int_equal(bench_read(b, RXD), 'n');
}

static void stop_and_suspend(void **state)
{
    struct bench *b = *state;
    bench_write(b, STARTRX, 1);
    bench_write(b, STOPRX, 1);
    type(b, "a");
    bench_run_to(b, 5 * FRAME);
    assert_int_equal(bench_event_cycle(b, RXTO), 5 * FRAME);
    assert_int_equal(bench_read(b, RXD), 'a');
    type(b, "b");
    bench_run_to(b, 10 * FRAME);
    assert_int_equal(bench_event_count(b, RXDRDY), 1);
    bench_write(b, STARTRX, 1);
    bench_write(b, STARTTX, 1);
    bench_write(b, SUSPEND, 1);
    bench_run_to(b, 20 * FRAME);
    assert_int_equal(bench_event_count(b, RXTO), 2);
    bench_write(b, TXD, 'x');
    assert_int_equal(guest_errors(b), 1);
}

static void the_other_half_sleeps(void **state)
{
    struct bench *b = *state;
    bench_write(b, 0x02C, 1); /* FLUSHRX is UARTE's */
    assert_int_equal(guest_errors(b), 1);
    bench_write(b, ENABLE, 8);
    bench_write(b, SUSPEND, 1); /* and SUSPEND UART's */
    assert_int_equal(guest_errors(b), 2);
    bench_write(b, TXD, 'x');
    assert_int_equal(guest_errors(b), 3);
}

static void cts_starts_and_stops_the_receiver_by_shortcut(void **state)
{
    struct bench *b = *state;
    bench_write(b, 0x510, 7);    /* PSEL.CTS */
    bench_write(b, 0x200, 0x18); /* CTS_STARTRX, NCTS_STOPRX */
    wire_drive(&b->pins[7].in, WIRE_HIGH);
    wire_drive(&b->pins[7].in, WIRE_LOW);
    assert_true(bench_input(b, "byte", 'a'));
    bench_run_to(b, clock_now(&b->clock) + 10000);
    assert_int_equal(bench_read(b, 0x518), 'a');
    wire_drive(&b->pins[7].in, WIRE_HIGH);
    bench_run_to(b, clock_now(&b->clock) + 100000);
    assert_int_equal(bench_event_count(b, 0x144), 1); /* RXTO */
}

#define WITH_UART(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_UART(a_byte_takes_a_frame_then_txdrdy),
        WITH_UART(txd_out_of_turn_is_reported_and_lost),
        WITH_UART(each_read_of_rxd_brings_the_next),
        WITH_UART(six_bytes_wait_then_overrun),
        WITH_UART(stop_and_suspend),
        WITH_UART(the_other_half_sleeps),
        WITH_UART(cts_starts_and_stops_the_receiver_by_shortcut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
