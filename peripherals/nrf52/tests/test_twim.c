/* TWIM: buffers over the two-wire bus, bit times, shortcuts, refusals and stuck lines, with no CPU.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/nrf52/tests/twi_bench.h"

#define RXSTARTED  0x14C
#define TXSTARTED  0x150
#define LASTRX     0x15C
#define LASTTX     0x160
#define SHORTS     0x200
#define INTENSET   0x304
#define ERRORSRC   0x4C4
#define RXD_PTR    0x534
#define RXD_MAXCNT 0x538
#define RXD_AMOUNT 0x53C
#define TXD_PTR    0x544
#define TXD_MAXCNT 0x548
#define TXD_AMOUNT 0x54C
#define TXD_LIST   0x550

#define LASTTX_STARTRX (1U << 7)
#define LASTTX_SUSPEND (1U << 8)
#define LASTTX_STOP    (1U << 9)
#define LASTRX_STARTTX (1U << 10)
#define LASTRX_SUSPEND (1U << 11)
#define LASTRX_STOP    (1U << 12)

#define TX_BUFFER (BENCH_RAM_BASE + 0x100)
#define RX_BUFFER (BENCH_RAM_BASE + 0x800)
#define BIT       256U /* 250 kbps at 64 MHz */
#define START     1000U

static int setup(void **state)
{
    *state = twi_bench_new(6);
    bench_run_to(((struct twi_bench *)*state)->bench, START);
    return 0;
}

static int teardown(void **state)
{
    twi_bench_free(*state);
    return 0;
}

static void transmit(struct bench *b, const char *bytes, uint32_t count, uint32_t shorts)
{
    memcpy(b->ram + 0x100, bytes, count);
    bench_write(b, TXD_PTR, TX_BUFFER);
    bench_write(b, TXD_MAXCNT, count);
    bench_write(b, SHORTS, shorts);
    bench_write(b, TWI_STARTTX, 1);
}

static void receive(struct bench *b, uint32_t count, uint32_t shorts)
{
    bench_write(b, RXD_PTR, RX_BUFFER);
    bench_write(b, RXD_MAXCNT, count);
    bench_write(b, SHORTS, shorts);
    bench_write(b, TWI_STARTRX, 1);
}

static void a_write_takes_its_bit_times(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    transmit(b, "\x12\x34\x56", 3, LASTTX_STOP);
    assert_int_equal(bench_event_cycle(b, TXSTARTED), START);
    bench_run_to(b, START + 10 * BIT - 1);
    assert_int_equal(t->target.starts, 0);
    bench_run_to(b, START + 10 * BIT);
    assert_int_equal(t->target.starts, 1);
    assert_false(t->target.read);
    bench_run_to(b, START + (10 + 18) * BIT);
    assert_int_equal(bench_event_cycle(b, LASTTX), START + (10 + 18) * BIT);
    assert_int_equal(t->target.written_count, 2);
    bench_run_to(b, START + (10 + 27 + 1) * BIT - 1);
    assert_int_equal(bench_event_count(b, TWI_STOPPED), 0);
    assert_int_equal(bench_read(b, TXD_AMOUNT), 3);
    bench_run_to(b, 1000000);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), START + (10 + 27 + 1) * BIT);
    assert_int_equal(bench_event_count(b, TWI_STOPPED), 1);
    assert_int_equal(bench_event_count(b, LASTTX), 1);
    assert_memory_equal(t->target.written, "\x12\x34\x56", 3);
    assert_int_equal(t->target.stops, 1);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void a_read_takes_its_bit_times(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    twi_bench_sends(t, "\xA1\xB2", 2);
    receive(b, 2, LASTRX_STOP);
    assert_int_equal(bench_event_cycle(b, RXSTARTED), START);
    bench_run_to(b, 1000000);
    assert_true(t->target.read);
    assert_int_equal(bench_event_cycle(b, LASTRX), START + (10 + 9) * BIT);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), START + (10 + 18 + 1) * BIT);
    assert_memory_equal(b->ram + 0x800, "\xA1\xB2", 2);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 2);
}

static void each_frequency_has_its_bit_time(void **state)
{
    (void)state;
    static const struct {
        uint32_t frequency, bit_cycles;
    } rates[] = {{0x01980000, 640}, {0x04000000, 256}, {0x06400000, 160}, {0x06680000, 160}};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        struct twi_bench *t = twi_bench_new(6);
        bench_write(t->bench, TWI_FREQUENCY, rates[i].frequency);
        transmit(t->bench, "x", 1, LASTTX_STOP);
        bench_run_to(t->bench, 1000000);
        assert_int_equal(bench_event_cycle(t->bench, TWI_STOPPED), 20 * rates[i].bit_cycles);
        twi_bench_free(t);
    }
}

static void without_a_frequency_nothing_moves(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    bench_write(b, TWI_FREQUENCY, 0); /* a vendor's workaround does this and waits for TXSTARTED */
    transmit(b, "x", 1, LASTTX_STOP);
    assert_int_equal(bench_event_count(b, TXSTARTED), 1);
    bench_run_to(b, 1000000);
    assert_int_equal(b->events.count, 1);
    bench_write(b, TWI_ENABLE, 0);
    bench_write(b, TWI_FREQUENCY, 0x04000000);
    bench_write(b, TWI_ENABLE, 6);
    bench_write(b, TWI_STARTTX, 1);
    bench_run_to(b, 2000000);
    assert_int_equal(bench_event_count(b, TWI_STOPPED), 1);
}

static void an_array_list_moves_on_by_a_buffer(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    memcpy(b->ram + 0x100, "\x01\x02\x03\x04", 4);
    bench_write(b, TXD_PTR, TX_BUFFER);
    bench_write(b, TXD_MAXCNT, 2);
    bench_write(b, TXD_LIST, 1);
    bench_write(b, SHORTS, LASTTX_STOP);
    for (uint32_t i = 0; i < 2; i++) {
        bench_write(b, TWI_STARTTX, 1);
        bench_run_to(b, (i + 1) * 100000);
    }
    assert_memory_equal(t->target.written, "\x01\x02\x03\x04", 4);
    assert_int_equal(bench_read(b, TXD_PTR), TX_BUFFER + 4);
}

static void write_then_read_with_a_repeated_start(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    twi_bench_sends(t, "\x21", 1);
    bench_write(b, RXD_PTR, RX_BUFFER);
    bench_write(b, RXD_MAXCNT, 1);
    transmit(b, "\xA7", 1, LASTTX_STARTRX | LASTRX_STOP);
    bench_run_to(b, 1000000);
    assert_int_equal(bench_event_cycle(b, RXSTARTED), START + 10 * BIT); /* at LASTTX */
    assert_int_equal(bench_event_cycle(b, LASTRX), START + (10 + 9 + 10) * BIT);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), START + (10 + 9 + 10 + 9 + 1) * BIT);
    assert_int_equal(t->target.starts, 2);
    assert_int_equal(t->target.stops, 1);
    assert_int_equal(t->target.written[0], 0xA7);
    assert_int_equal(b->ram[0x800], 0x21);
}

static void read_then_write_with_a_repeated_start(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    twi_bench_sends(t, "\x21", 1);
    bench_write(b, TXD_PTR, TX_BUFFER);
    bench_write(b, TXD_MAXCNT, 1);
    b->ram[0x100] = 0x5A;
    receive(b, 1, LASTRX_STARTTX | LASTTX_STOP);
    bench_run_to(b, 1000000);
    assert_int_equal(t->target.written[0], 0x5A);
    assert_int_equal(b->ram[0x800], 0x21); /* stored after STARTTX had come */
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), START + (10 + 9 + 10 + 9 + 1) * BIT);
}

/* Suspend after the last byte, then a read from a driver that resumes first. */
static void suspend_holds_the_bus_and_resume_starts_nothing(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    transmit(b, "\x01", 1, LASTTX_SUSPEND);
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_cycle(b, TWI_SUSPENDED), START + 19 * BIT);
    assert_int_equal(bench_event_count(b, TWI_SUSPENDED), 1);
    uint32_t events = b->events.count;
    bench_write(b, TWI_RESUME, 1);
    bench_run_to(b, 200000);
    assert_int_equal(b->events.count, events);
    assert_int_equal(t->target.stops, 0);
    twi_bench_sends(t, "\x77", 1);
    receive(b, 1, LASTRX_STOP);
    bench_run_to(b, 1000000);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), 200000 + (10 + 9 + 1) * BIT);
    assert_int_equal(b->ram[0x800], 0x77);
    assert_int_equal(t->target.stops, 1);
}

static void while_suspended_tasks_wait_for_resume(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    transmit(b, "\x01", 1, LASTTX_SUSPEND);
    bench_run_to(b, 100000);
    bench_write(b, SHORTS, LASTTX_STOP);
    bench_write(b, TWI_STARTTX, 1);
    bench_run_to(b, 200000);
    assert_int_equal(t->target.starts, 1);
    bench_write(b, TWI_RESUME, 1);
    bench_run_to(b, 300000);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), 200000 + 20 * BIT);
    assert_int_equal(t->target.starts, 2);
}

static void stop_while_suspended_waits_and_is_reported(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    transmit(b, "\x01", 1, LASTTX_SUSPEND);
    bench_run_to(b, 100000);
    bench_write(b, TWI_STOP, 1);
    bench_run_to(b, 200000);
    assert_int_equal(bench_event_count(b, TWI_STOPPED), 0);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    bench_write(b, TWI_RESUME, 1);
    bench_run_to(b, 300000);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), 200000 + BIT);
}

static void suspend_within_a_buffer_and_on(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    transmit(b, "\x01\x02\x03", 3, LASTTX_STOP);
    bench_run_to(b, START + 12 * BIT);
    bench_write(b, TWI_SUSPEND, 1);
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_cycle(b, TWI_SUSPENDED), START + 19 * BIT);
    assert_int_equal(t->target.written_count, 1);
    bench_write(b, TWI_RESUME, 1);
    bench_run_to(b, 200000);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), 100000 + 19 * BIT);
    assert_memory_equal(t->target.written, "\x01\x02\x03", 3);
}

static void lastrx_suspend_is_nrf52840s(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    twi_bench_sends(t, "\x01", 1);
    receive(b, 1, LASTRX_SUSPEND);
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_count(b, TWI_SUSPENDED), 0); /* the bench is an nRF52832 */
    assert_int_equal(bench_event_count(b, LASTRX), 1);
}

static void without_a_shortcut_the_bus_waits_after_the_last_byte(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    transmit(b, "\x01", 1, 0);
    bench_run_to(b, 100000);
    assert_int_equal(t->target.stops, 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER); /* waiting costs nothing */
    bench_write(b, TWI_STOP, 1);
    bench_run_to(b, 200000);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), 100000 + BIT);
}

static void an_address_that_nobody_has(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    bench_write(b, TWI_ADDRESS, 0x16);
    transmit(b, "\x01", 1, LASTTX_STOP);
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_cycle(b, TWI_ERROR), START + 10 * BIT);
    assert_int_equal(bench_read(b, ERRORSRC), 2);
    assert_int_equal(bench_event_count(b, LASTTX), 0);
    assert_int_equal(bench_event_count(b, TWI_STOPPED), 0); /* software says STOP */
    bench_write(b, TWI_RESUME, 1);
    bench_write(b, TWI_STOP, 1);
    bench_run_to(b, 200000);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), 100000 + BIT);
    bench_write(b, ERRORSRC, 2);
    assert_int_equal(bench_read(b, ERRORSRC), 0);
    assert_int_equal(bench_read(b, TXD_AMOUNT), 0);
}

static void a_refused_byte_ends_the_transfer(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    t->target.refuse_byte = 2;
    transmit(b, "\x01\x02\x03", 3, LASTTX_STOP);
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_cycle(b, TWI_ERROR), START + (10 + 18) * BIT);
    assert_int_equal(bench_read(b, ERRORSRC), 4);
    assert_int_equal(bench_read(b, TXD_AMOUNT), 2); /* counts the refused one */
    assert_int_equal(bench_event_count(b, TWI_STOPPED), 0);
}

/* LASTTX_STOP has been carried out already when the last byte is refused. */
static void a_refused_last_byte_still_stops(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    t->target.refuse_byte = 1;
    transmit(b, "\x01", 1, LASTTX_STOP);
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_cycle(b, TWI_ERROR), START + 19 * BIT);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), START + 20 * BIT);
}

static void an_empty_buffer_sends_the_address_alone(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    transmit(b, "", 0, LASTTX_STOP);
    bench_write(b, TWI_STOP, 1);
    bench_run_to(b, 100000);
    assert_int_equal(t->target.starts, 1);
    assert_int_equal(t->target.written_count, 0);
    assert_int_equal(bench_event_count(b, LASTTX), 0);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), START + 11 * BIT);
}

static void a_target_stretches_the_clock(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    t->target.stretch_cycles = 5000;
    transmit(b, "\x01\x02", 2, LASTTX_STOP);
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), START + 29 * BIT + 2 * 5000);
}

static void a_stuck_sda_blocks_start_until_it_is_free(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    t->target.holds_sda = true;
    transmit(b, "\x01", 1, LASTTX_STOP);
    bench_run_to(b, 100000);
    assert_int_equal(b->events.count, 1); /* TXSTARTED */
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    t->target.holds_sda = false;
    i2c_release(&b->nets.i2c);
    bench_run_to(b, 200000);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), 100000 + 20 * BIT);
}

static void a_stuck_scl_holds_the_next_byte(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    transmit(b, "\x01\x02", 2, LASTTX_STOP);
    bench_run_to(b, START + 12 * BIT);
    t->target.holds_scl = true;
    bench_run_to(b, 100000);
    assert_int_equal(t->target.written_count, 1);
    assert_int_equal(bench_event_count(b, LASTTX), 0);
    t->target.holds_scl = false;
    i2c_release(&b->nets.i2c);
    bench_run_to(b, 200000);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), 100000 + 10 * BIT);
}

static void a_part_that_drives_a_pin_low_blocks_it_as_well(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    wire_drive(&b->pins[TWI_BENCH_SDA].in, WIRE_LOW);
    transmit(b, "\x01", 1, LASTTX_STOP);
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_count(b, TWI_STOPPED), 0);
    bench_write(b, TWI_ENABLE, 0); /* what drivers do then */
    wire_drive(&b->pins[TWI_BENCH_SDA].in, WIRE_FLOATING);
    bench_write(b, TWI_ENABLE, 6);
    bench_write(b, TWI_STARTTX, 1);
    bench_run_to(b, 200000);
    assert_int_equal(bench_event_count(b, TWI_STOPPED), 1);
}

static void a_buffer_outside_of_ram_transfers_nothing(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    bench_write(b, TXD_PTR, 0x00001000);
    bench_write(b, TXD_MAXCNT, 4);
    bench_write(b, TWI_STARTTX, 1);
    bench_write(b, RXD_PTR, 0x00001000);
    bench_write(b, RXD_MAXCNT, 4);
    bench_write(b, TWI_STARTRX, 1);
    bench_run_to(b, 100000);
    assert_int_equal(b->events.count, 0);
    assert_int_equal(t->target.starts, 0);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2);
}

static void a_buffer_that_leaves_ram_ends_there(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    bench_write(b, TXD_PTR, BENCH_RAM_BASE + BENCH_RAM_BYTES - 1);
    bench_write(b, TXD_MAXCNT, 4);
    bench_write(b, TWI_STARTTX, 1);
    bench_run_to(b, 100000);
    assert_int_equal(t->target.written_count, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    bench_write(b, TWI_STOP, 1);
    bench_run_to(b, 200000);
    assert_int_equal(bench_event_count(b, TWI_STOPPED), 1);
}

static void without_pins_nobody_answers(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    bench_write(b, TWI_PSEL_SDA, 0xFFFFFFFF);
    transmit(b, "\x01", 1, LASTTX_STOP);
    bench_run_to(b, 100000);
    assert_int_equal(bench_read(b, ERRORSRC), 2);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    assert_int_equal(t->target.starts, 0);
}

static void the_interrupt_line_follows_events_and_inten(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    bench_write(b, INTENSET, 1U << 24);
    transmit(b, "\x01", 1, LASTTX_STOP);
    assert_false(b->irq);
    bench_run_to(b, START + 10 * BIT);
    assert_true(b->irq);
    bench_write(b, LASTTX, 0);
    assert_false(b->irq);
}

static void disabling_lets_go_of_everything(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    transmit(b, "\x01\x02", 2, LASTTX_STOP);
    bench_run_to(b, START + 12 * BIT);
    bench_write(b, TWI_ENABLE, 0);
    bench_run_to(b, 100000);
    assert_int_equal(t->target.written_count, 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    bench_write(b, TWI_STARTTX, 1); /* a task of nobody */
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
}

static void stop_without_a_transfer_is_done_at_once(void **state)
{
    struct bench *b = ((struct twi_bench *)*state)->bench;
    bench_write(b, TWI_STOP, 1);
    assert_int_equal(bench_event_cycle(b, TWI_STOPPED), START);
}

/* PPI makes RESUME and SUSPEND of SUSPENDED: it ends, since only tasks from outside go on. */
static void on_event(struct bench *b, uint32_t address)
{
    if (address == b->env.base + TWI_SUSPENDED && bench_event_count(b, TWI_SUSPENDED) < 5) {
        bench_write(b, TWI_RESUME, 1);
        bench_write(b, TWI_SUSPEND, 1);
    }
}

static void tasks_from_within_events_are_taken_in_turn(void **state)
{
    struct bench *b = ((struct twi_bench *)*state)->bench;
    b->on_event = on_event;
    bench_write(b, TWI_SUSPEND, 1);
    assert_int_equal(bench_event_count(b, TWI_SUSPENDED), 5);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void a_fault_corrupts_a_byte_that_comes_in(void **state)
{
    struct twi_bench *t = *state;
    struct bench *b = t->bench;
    assert_true(bench_input(b, "rx-corrupt", 2));
    twi_bench_sends(t, "\xA1\xB2\xC3", 3);
    receive(b, 3, LASTRX_STOP);
    bench_run_to(b, 1000000);
    uint32_t wrong = b->ram[0x801] ^ 0xB2U;
    assert_true(wrong != 0 && (wrong & (wrong - 1)) == 0);
    assert_int_equal(b->ram[0x800], 0xA1);
    assert_int_equal(b->ram[0x802], 0xC3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_write_takes_its_bit_times),
        TEST(a_read_takes_its_bit_times),
        cmocka_unit_test(each_frequency_has_its_bit_time),
        TEST(without_a_frequency_nothing_moves),
        TEST(an_array_list_moves_on_by_a_buffer),
        TEST(write_then_read_with_a_repeated_start),
        TEST(read_then_write_with_a_repeated_start),
        TEST(suspend_holds_the_bus_and_resume_starts_nothing),
        TEST(while_suspended_tasks_wait_for_resume),
        TEST(stop_while_suspended_waits_and_is_reported),
        TEST(suspend_within_a_buffer_and_on),
        TEST(lastrx_suspend_is_nrf52840s),
        TEST(without_a_shortcut_the_bus_waits_after_the_last_byte),
        TEST(an_address_that_nobody_has),
        TEST(a_refused_byte_ends_the_transfer),
        TEST(a_refused_last_byte_still_stops),
        TEST(an_empty_buffer_sends_the_address_alone),
        TEST(a_target_stretches_the_clock),
        TEST(a_stuck_sda_blocks_start_until_it_is_free),
        TEST(a_stuck_scl_holds_the_next_byte),
        TEST(a_part_that_drives_a_pin_low_blocks_it_as_well),
        TEST(a_buffer_outside_of_ram_transfers_nothing),
        TEST(a_buffer_that_leaves_ram_ends_there),
        TEST(without_pins_nobody_answers),
        TEST(the_interrupt_line_follows_events_and_inten),
        TEST(disabling_lets_go_of_everything),
        TEST(stop_without_a_transfer_is_done_at_once),
        TEST(tasks_from_within_events_are_taken_in_turn),
        TEST(a_fault_corrupts_a_byte_that_comes_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
