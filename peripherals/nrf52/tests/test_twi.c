/* TWI: bytes through RXD and TXD, the byte boundary's shortcuts, refusals, with no CPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/nrf52/tests/twi_bench.h"

#define RXDREADY 0x108
#define TXDSENT  0x11C
#define BB       0x138
#define SHORTS   0x200
#define INTENSET 0x304
#define ERRORSRC 0x4C4
#define RXD      0x518
#define TXD      0x51C

#define BB_SUSPEND 1U
#define BB_STOP    2U
#define BIT        256U /* 250 kbps at 64 MHz */

static int setup(void **state)
{
    *state = twi_bench_new(5);
    return 0;
}

static int teardown(void **state)
{
    twi_bench_free(*state);
    return 0;
}

static void a_byte_goes_out_after_the_address(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    bench_write(b, TWI_STARTTX, 1);
    bench_write(b, TXD, 0x5A);
    bench_run_to(b, 19 * BIT - 1);
    assert_int_equal(bench_event_count(b, TXDSENT), 0);
    bench_run_to(b, 19 * BIT);
    assert_int_equal(bench_event_cycle(b, TXDSENT), 19 * BIT);
    assert_int_equal(bench_event_cycle(b, BB), 10 * BIT);
    assert_int_equal(t->target.written[0], 0x5A);
    assert_int_equal(bench_read(b, TXD), 0x5A);
}

static void scl_waits_for_the_next_byte_of_software(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    bench_write(b, TWI_STARTTX, 1);
    bench_run_to(b, 100000);
    assert_int_equal(t->target.starts, 1);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    bench_write(b, TXD, 1);
    bench_run_to(b, 200000);
    assert_int_equal(bench_event_cycle(b, TXDSENT), 100000 + 9 * BIT);
    bench_write(b, TXD, 2);
    bench_run_to(b, 300000);
    bench_write(b, TWI_STOP, 1);
    bench_run_to(b, 400000);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), 300000 + BIT);
    assert_memory_equal(t->target.written, "\x01\x02", 2);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void a_byte_that_was_not_sent_is_overwritten(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    bench_write(b, TWI_STARTTX, 1);
    bench_write(b, TXD, 1);
    bench_write(b, TXD, 2);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    bench_run_to(b, 100000);
    assert_int_equal(t->target.written_count, 1);
    assert_int_equal(t->target.written[0], 2);
}

/* The way of the vendor's driver: suspend at each boundary, stop at the last. */
static void reading_with_the_boundarys_shortcuts(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    twi_bench_sends(t, "\xA1\xB2", 2);
    bench_write(b, SHORTS, BB_SUSPEND);
    bench_write(b, TWI_STARTRX, 1);
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_cycle(b, RXDREADY), 19 * BIT);
    assert_int_equal(bench_event_cycle(b, TWI_SUSPENDED), 19 * BIT);
    assert_int_equal(bench_event_count(b, RXDREADY), 1);
    assert_int_equal(bench_read(b, RXD), 0xA1);
    bench_write(b, SHORTS, BB_STOP);
    bench_write(b, TWI_RESUME, 1);
    bench_run_to(b, 200000);
    assert_int_equal(bench_read(b, RXD), 0xB2);
    assert_int_equal(bench_event_cycle(b, RXDREADY), 100000 + 9 * BIT);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), 100000 + 10 * BIT);
    assert_int_equal(t->target.sent_count, 2); /* and not one more */
    assert_int_equal(t->target.stops, 1);
}

static void a_byte_that_nobody_read_is_an_overrun(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    twi_bench_sends(t, "\xA1\xB2", 2);
    bench_write(b, TWI_STARTRX, 1);
    bench_run_to(b, 28 * BIT);
    assert_int_equal(bench_read(b, ERRORSRC), 1);
    assert_int_equal(bench_event_cycle(b, TWI_ERROR), 28 * BIT);
    assert_int_equal(bench_read(b, RXD), 0xB2);
    bench_write(b, TWI_STOP, 1);
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), (28 + 9 + 1) * BIT);
}

static void write_then_read_with_a_repeated_start(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    twi_bench_sends(t, "\x21", 1);
    bench_write(b, TWI_STARTTX, 1);
    bench_write(b, TXD, 0xA7);
    bench_run_to(b, 100000);
    bench_write(b, SHORTS, BB_STOP);
    bench_write(b, TWI_STARTRX, 1);
    bench_run_to(b, 200000);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), 100000 + 20 * BIT);
    assert_int_equal(bench_read(b, RXD), 0x21);
    assert_int_equal(t->target.starts, 2);
    assert_int_equal(t->target.stops, 1);
}

static void refusals_are_told_apart(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    bench_write(b, TWI_ADDRESS, 0x33);
    bench_write(b, TWI_STARTTX, 1);
    bench_run_to(b, 100000);
    assert_int_equal(bench_read(b, ERRORSRC), 2);
    bench_write(b, ERRORSRC, 2);
    bench_write(b, TWI_STOP, 1);
    bench_run_to(b, 200000);
    bench_write(b, TWI_ADDRESS, TWI_BENCH_ADDRESS);
    t->target.refuse_byte = 1;
    bench_write(b, TWI_STARTTX, 1);
    bench_write(b, TXD, 9);
    bench_run_to(b, 300000);
    assert_int_equal(bench_read(b, ERRORSRC), 4);
    assert_int_equal(bench_event_count(b, TXDSENT), 0);
}

static void the_interrupt_comes_with_the_byte(void **state)
{
    struct bench *b = ((struct twi_bench *)*state)->bench;
    bench_write(b, INTENSET, 1U << 7);
    bench_write(b, TWI_STARTTX, 1);
    bench_write(b, TXD, 9);
    bench_run_to(b, 19 * BIT - 1);
    assert_false(b->irq);
    bench_run_to(b, 19 * BIT);
    assert_true(b->irq);
    bench_write(b, TXDSENT, 0);
    assert_false(b->irq);
}

static void easydma_registers_belong_to_the_other(void **state)
{
    struct twi_bench *t = *state;
    bench_write(t->bench, 0x544, BENCH_RAM_BASE);
    bench_write(t->bench, 0x54C - 4, 4);
    bench_write(t->bench, TWI_STARTTX, 1);
    bench_run_to(t->bench, 100000);
    assert_int_equal(t->target.written_count, 0);
    assert_int_equal(bench_event_count(t->bench, 0x150), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_byte_goes_out_after_the_address),
        TEST(scl_waits_for_the_next_byte_of_software),
        TEST(a_byte_that_was_not_sent_is_overwritten),
        TEST(reading_with_the_boundarys_shortcuts),
        TEST(a_byte_that_nobody_read_is_an_overrun),
        TEST(write_then_read_with_a_repeated_start),
        TEST(refusals_are_told_apart),
        TEST(the_interrupt_comes_with_the_byte),
        TEST(easydma_registers_belong_to_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
