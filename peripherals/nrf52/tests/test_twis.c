/* TWIS, driven by a TWIM at other pins of the same chip over two wires: addresses, buffers, events,
 * stretching, errors. No CPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/nrf52/tests/twi_bench.h"

#define PREPARERX     0x030
#define PREPARETX     0x034
#define RXSTARTED     0x14C
#define TXSTARTED     0x150
#define WRITE         0x164
#define READ          0x168
#define SHORTS        0x200
#define INTENSET      0x304
#define TWIM_ERRORSRC 0x4C4
#define TWIS_ERRORSRC 0x4D0
#define MATCH         0x4D4
#define RXD_PTR       0x534
#define RXD_MAXCNT    0x538
#define RXD_AMOUNT    0x53C
#define TXD_PTR       0x544
#define TXD_MAXCNT    0x548
#define TXD_AMOUNT    0x54C
#define TWIS_CONFIG   0x594
#define ORC           0x5C0

#define WRITE_SUSPEND (1U << 13)
#define READ_SUSPEND  (1U << 14)

#define TWIS_BASE  0x40004000U
#define TWIM_BASE  0x40003000U
#define ADDRESS    0x2BU
#define BIT        256U
#define CONTROLLER 0x100U /* offsets of buffers in RAM */
#define TARGET     0x400U

struct world {
    struct bench *b; /* its device is the TWIS */
    struct serial_box twim;
    struct i2c_joint scl, sda;
};

static void twim_write(struct world *w, uint32_t offset, uint32_t value)
{
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    (void)nrf52_serial_box_class.write(&w->twim, access, value);
}

static uint32_t twim_peek(struct world *w, uint32_t offset)
{
    return nrf52_serial_box_class.peek(&w->twim, offset);
}

static uint64_t twim_event_cycle(const struct world *w, uint32_t offset)
{
    return bench_event_cycle(w->b, TWIM_BASE + offset - TWIS_BASE);
}

static void no_irq(void *context, uint32_t irqn, bool level)
{
    (void)context;
    (void)irqn;
    (void)level;
}

static void start_twim(struct world *w)
{
    struct device_env env = w->b->env;
    env.base = TWIM_BASE;
    env.events.base = TWIM_BASE;
    env.irq.set = no_irq;
    assert_null(nrf52_serial_box_class.init(&w->twim, &env));
    nrf52_serial_box_class.reset(&w->twim, RESET_POWER_ON);
    twim_write(w, TWI_PSEL_SCL, 27);
    twim_write(w, TWI_PSEL_SDA, 26);
    twim_write(w, TWI_ADDRESS, ADDRESS);
    twim_write(w, TWI_ENABLE, 6);
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    *state = w;
    w->b = bench_new();
    w->scl = (struct i2c_joint){.first = 27, .second = 4};
    w->sda = (struct i2c_joint){.first = 26, .second = 3};
    i2c_join(&w->b->nets.i2c, &w->scl);
    i2c_join(&w->b->nets.i2c, &w->sda);
    assert_null(bench_start(w->b, &nrf52_serial_box_class, TWIS_BASE));
    bench_write(w->b, TWI_PSEL_SCL, 4);
    bench_write(w->b, TWI_PSEL_SDA, 3);
    bench_write(w->b, TWI_ADDRESS, ADDRESS);
    bench_write(w->b, ORC, 0xCC);
    bench_write(w->b, TWI_ENABLE, 9);
    bench_write(w->b, RXD_PTR, BENCH_RAM_BASE + TARGET);
    bench_write(w->b, RXD_MAXCNT, 4);
    bench_write(w->b, TXD_PTR, BENCH_RAM_BASE + TARGET);
    bench_write(w->b, TXD_MAXCNT, 2);
    start_twim(w);
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    bench_free(w->b);
    free(w);
    return 0;
}

static void controller_writes(struct world *w, const char *bytes, uint32_t count)
{
    memcpy(w->b->ram + CONTROLLER, bytes, count);
    twim_write(w, TXD_PTR, BENCH_RAM_BASE + CONTROLLER);
    twim_write(w, TXD_MAXCNT, count);
    twim_write(w, SHORTS, 1U << 9);
    twim_write(w, TWI_STARTTX, 1);
}

static void controller_reads(struct world *w, uint32_t count)
{
    twim_write(w, RXD_PTR, BENCH_RAM_BASE + CONTROLLER);
    twim_write(w, RXD_MAXCNT, count);
    twim_write(w, SHORTS, 1U << 12);
    twim_write(w, TWI_STARTRX, 1);
}

static void a_prepared_buffer_takes_a_write(void **state)
{
    struct world *w = *state;
    bench_write(w->b, PREPARERX, 1);
    controller_writes(w, "\x01\x02\x03", 3);
    bench_run_to(w->b, 100000);
    assert_int_equal(bench_event_cycle(w->b, WRITE), 10 * BIT);
    assert_int_equal(bench_event_cycle(w->b, RXSTARTED), 10 * BIT);
    assert_int_equal(bench_event_cycle(w->b, TWI_STOPPED), (10 + 27 + 1) * BIT);
    assert_int_equal(bench_read(w->b, RXD_AMOUNT), 3);
    assert_memory_equal(w->b->ram + TARGET, "\x01\x02\x03", 3);
    assert_int_equal(twim_event_cycle(w, TWI_STOPPED), (10 + 27 + 1) * BIT);
    assert_int_equal(bench_event_count(w->b, TWI_ERROR), 0);
}

static void a_prepared_buffer_answers_a_read(void **state)
{
    struct world *w = *state;
    memcpy(w->b->ram + TARGET, "\xAA\xBB", 2);
    bench_write(w->b, PREPARETX, 1);
    controller_reads(w, 2);
    bench_run_to(w->b, 100000);
    assert_int_equal(bench_event_cycle(w->b, READ), 10 * BIT);
    assert_int_equal(bench_event_cycle(w->b, TXSTARTED), 10 * BIT);
    assert_int_equal(bench_event_count(w->b, TWI_STOPPED), 1);
    assert_int_equal(bench_read(w->b, TXD_AMOUNT), 2);
    assert_memory_equal(w->b->ram + CONTROLLER, "\xAA\xBB", 2);
}

static void unprepared_it_stretches_the_clock(void **state)
{
    struct world *w = *state;
    memcpy(w->b->ram + TARGET, "\xAA", 1);
    controller_reads(w, 1);
    bench_run_to(w->b, 100000);
    assert_int_equal(bench_event_count(w->b, READ), 1);
    assert_int_equal(bench_event_count(w->b, TXSTARTED), 0);
    assert_int_equal(clock_next_due(&w->b->clock), CLOCK_NEVER);
    bench_write(w->b, PREPARETX, 1);
    bench_run_to(w->b, 200000);
    assert_int_equal(bench_event_cycle(w->b, TXSTARTED), 100000);
    assert_int_equal(twim_event_cycle(w, TWI_STOPPED), 100000 + 10 * BIT);
    assert_int_equal(w->b->ram[CONTROLLER], 0xAA);
}

static void each_prepare_is_good_for_one_transfer(void **state)
{
    struct world *w = *state;
    bench_write(w->b, PREPARERX, 1);
    controller_writes(w, "\x01", 1);
    bench_run_to(w->b, 100000);
    controller_writes(w, "\x02", 1);
    bench_run_to(w->b, 200000);
    assert_int_equal(bench_event_count(w->b, RXSTARTED), 1);
    assert_int_equal(bench_event_count(w->b, WRITE), 2);
}

static void an_array_list_moves_on_by_a_buffer(void **state)
{
    struct world *w = *state;
    bench_write(w->b, RXD_MAXCNT, 2);
    bench_write(w->b, 0x540, 1);
    for (uint32_t i = 0; i < 2; i++) {
        bench_write(w->b, PREPARERX, 1);
        controller_writes(w, i == 0 ? "\x01\x02" : "\x03\x04", 2);
        bench_run_to(w->b, (i + 1) * 100000);
    }
    assert_memory_equal(w->b->ram + TARGET, "\x01\x02\x03\x04", 4);
    assert_int_equal(bench_read(w->b, RXD_PTR), BENCH_RAM_BASE + TARGET + 4);
}

static void shortcuts_suspend_until_resume(void **state)
{
    struct world *w = *state;
    bench_write(w->b, SHORTS, WRITE_SUSPEND);
    bench_write(w->b, PREPARERX, 1);
    controller_writes(w, "\x01", 1);
    bench_run_to(w->b, 100000);
    assert_int_equal(bench_event_count(w->b, WRITE), 1);
    assert_int_equal(bench_event_count(w->b, RXSTARTED), 0);
    bench_write(w->b, TWI_RESUME, 1);
    bench_run_to(w->b, 200000);
    assert_int_equal(bench_event_cycle(w->b, RXSTARTED), 100000);
    assert_int_equal(bench_event_cycle(w->b, TWI_STOPPED), 100000 + 10 * BIT);
    assert_int_equal(w->b->ram[TARGET], 1);
}

static void the_task_suspends_until_resume(void **state)
{
    struct world *w = *state;
    bench_write(w->b, PREPARERX, 1);
    bench_write(w->b, TWI_SUSPEND, 1);
    controller_writes(w, "\x01", 1);
    bench_run_to(w->b, 100000);
    assert_int_equal(bench_event_count(w->b, RXSTARTED), 0);
    bench_write(w->b, TWI_RESUME, 1);
    bench_run_to(w->b, 200000);
    assert_int_equal(bench_event_cycle(w->b, RXSTARTED), 100000);
    assert_int_equal(w->b->ram[TARGET], 1);
}

static void two_addresses_and_which_one_matched(void **state)
{
    struct world *w = *state;
    bench_write(w->b, TWI_ADDRESS + 4, 0x44);
    twim_write(w, TWI_ADDRESS, 0x44);
    controller_writes(w, "\x01", 1);
    bench_run_to(w->b, 100000);
    assert_int_equal(twim_peek(w, TWIM_ERRORSRC), 2); /* CONFIG enables the first only */
    twim_write(w, TWI_STOP, 1);
    bench_write(w->b, TWIS_CONFIG, 3);
    bench_write(w->b, PREPARERX, 1);
    bench_run_to(w->b, 200000);
    controller_writes(w, "\x01", 1);
    bench_run_to(w->b, 300000);
    assert_int_equal(bench_read(w->b, MATCH), 1);
    assert_int_equal(w->b->ram[TARGET], 1);
    twim_write(w, TWI_ADDRESS, ADDRESS);
    bench_write(w->b, PREPARERX, 1);
    controller_writes(w, "\x02", 1);
    bench_run_to(w->b, 400000);
    assert_int_equal(bench_read(w->b, MATCH), 0);
}

static void more_than_the_buffer_holds_is_refused(void **state)
{
    struct world *w = *state;
    bench_write(w->b, RXD_MAXCNT, 2);
    bench_write(w->b, PREPARERX, 1);
    controller_writes(w, "\x01\x02\x03", 3);
    bench_run_to(w->b, 100000);
    assert_int_equal(bench_read(w->b, TWIS_ERRORSRC), 5); /* OVERFLOW, and DNACK sent */
    assert_int_equal(bench_event_count(w->b, TWI_ERROR), 1);
    assert_int_equal(twim_peek(w, TWIM_ERRORSRC), 4);
    assert_int_equal(bench_read(w->b, RXD_AMOUNT), 2);
    bench_write(w->b, TWIS_ERRORSRC, 5);
    assert_int_equal(bench_read(w->b, TWIS_ERRORSRC), 0);
}

static void more_than_the_buffer_has_is_the_orc_byte(void **state)
{
    struct world *w = *state;
    memcpy(w->b->ram + TARGET, "\xAA\xBB", 2);
    bench_write(w->b, PREPARETX, 1);
    controller_reads(w, 3);
    bench_run_to(w->b, 100000);
    assert_memory_equal(w->b->ram + CONTROLLER, "\xAA\xBB\xCC", 3);
    assert_int_equal(bench_read(w->b, TWIS_ERRORSRC), 8);
    assert_int_equal(bench_read(w->b, TXD_AMOUNT), 2);
    assert_int_equal(bench_event_count(w->b, TWI_ERROR), 1);
}

static void write_then_read_with_a_repeated_start(void **state)
{
    struct world *w = *state;
    bench_write(w->b, PREPARERX, 1);
    bench_write(w->b, PREPARETX, 1);
    bench_write(w->b, TXD_PTR, BENCH_RAM_BASE + TARGET + 16);
    w->b->ram[TARGET + 16] = 0x99;
    twim_write(w, RXD_PTR, BENCH_RAM_BASE + CONTROLLER + 16);
    twim_write(w, RXD_MAXCNT, 1);
    w->b->ram[CONTROLLER] = 0x42;
    twim_write(w, TXD_PTR, BENCH_RAM_BASE + CONTROLLER);
    twim_write(w, TXD_MAXCNT, 1);
    twim_write(w, SHORTS, 1U << 7 | 1U << 12);
    twim_write(w, TWI_STARTTX, 1);
    bench_run_to(w->b, 100000);
    assert_int_equal(w->b->ram[TARGET], 0x42);
    assert_int_equal(w->b->ram[CONTROLLER + 16], 0x99);
    assert_int_equal(bench_event_count(w->b, TWI_STOPPED), 1);
    assert_int_equal(bench_event_cycle(w->b, READ), (10 + 9 + 10) * BIT);
}

static void stop_lets_go_of_the_clock_and_says_so(void **state)
{
    struct world *w = *state;
    controller_reads(w, 1);
    bench_run_to(w->b, 100000);
    bench_write(w->b, TWI_STOP, 1);
    assert_int_equal(bench_event_cycle(w->b, TWI_STOPPED), 100000);
    bench_run_to(w->b, 200000);
    assert_int_equal(w->b->ram[CONTROLLER], 0xFF); /* nobody drives SDA any more */
    assert_int_equal(twim_event_cycle(w, TWI_STOPPED), 100000 + 10 * BIT);
}

static void disabling_lets_go_of_the_clock(void **state)
{
    struct world *w = *state;
    controller_reads(w, 1);
    bench_run_to(w->b, 100000);
    bench_write(w->b, TWI_ENABLE, 0);
    bench_run_to(w->b, 200000);
    assert_int_equal(w->b->ram[CONTROLLER], 0xFF); /* nobody drives SDA any more */
    assert_int_equal(twim_event_cycle(w, TWI_STOPPED), 100000 + 10 * BIT);
}

static void a_buffer_outside_of_ram_takes_nothing(void **state)
{
    struct world *w = *state;
    bench_write(w->b, RXD_PTR, 0x1000);
    bench_write(w->b, PREPARERX, 1);
    controller_writes(w, "\x01", 1);
    bench_run_to(w->b, 100000);
    assert_int_equal(w->b->diag.count[DIAG_GUEST_ERROR], 1);
    assert_int_equal(bench_read(w->b, RXD_AMOUNT), 0);
}

static void the_interrupt_line_follows(void **state)
{
    struct world *w = *state;
    bench_write(w->b, INTENSET, 1U << 25);
    controller_writes(w, "\x01", 1);
    bench_run_to(w->b, 10 * BIT - 1);
    assert_false(w->b->irq);
    bench_run_to(w->b, 10 * BIT);
    assert_true(w->b->irq);
    bench_write(w->b, WRITE, 0);
    assert_false(w->b->irq);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_prepared_buffer_takes_a_write),
        TEST(a_prepared_buffer_answers_a_read),
        TEST(unprepared_it_stretches_the_clock),
        TEST(each_prepare_is_good_for_one_transfer),
        TEST(an_array_list_moves_on_by_a_buffer),
        TEST(shortcuts_suspend_until_resume),
        TEST(the_task_suspends_until_resume),
        TEST(two_addresses_and_which_one_matched),
        TEST(more_than_the_buffer_holds_is_refused),
        TEST(more_than_the_buffer_has_is_the_orc_byte),
        TEST(write_then_read_with_a_repeated_start),
        TEST(stop_lets_go_of_the_clock_and_says_so),
        TEST(disabling_lets_go_of_the_clock),
        TEST(a_buffer_outside_of_ram_takes_nothing),
        TEST(the_interrupt_line_follows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
