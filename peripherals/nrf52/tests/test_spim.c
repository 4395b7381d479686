/* SPIM: EasyDMA buffers, bit times, events, shortcuts and chip selects, with no CPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/serial_box.h"

#define BASE       0x40003000
#define START      0x010
#define STOP       0x014
#define SUSPEND    0x01C
#define RESUME     0x020
#define STOPPED    0x104
#define ENDRX      0x110
#define END        0x118
#define ENDTX      0x120
#define STARTED    0x14C
#define SHORTS     0x200
#define INTENSET   0x304
#define ENABLE     0x500
#define PSEL_SCK   0x508
#define PSEL_MOSI  0x50C
#define PSEL_MISO  0x510
#define PSEL_CSN   0x514
#define FREQUENCY  0x524
#define RXD_PTR    0x534
#define RXD_MAXCNT 0x538
#define RXD_AMOUNT 0x53C
#define RXD_LIST   0x540
#define TXD_PTR    0x544
#define TXD_MAXCNT 0x548
#define TXD_AMOUNT 0x54C
#define TXD_LIST   0x550
#define CONFIG     0x554
#define ORC        0x5C0

#define SCK  2U
#define MOSI 3U
#define MISO 4U
#define CS   5U

#define M8         0x80000000U
#define BYTE_AT_M8 64U /* cycles */
#define TX         (BENCH_RAM_BASE + 0x100)
#define RX         (BENCH_RAM_BASE + 0x800)

/* A target that writes down what it hears and answers the complement. */
struct echo {
    struct spi_target target;
    struct spi_pins pins;
    bool selected;
    uint8_t heard[1024];
    uint64_t cycles[1024];
    uint32_t count;
    struct spi_frame frame;
    const struct clock *clock;
};

struct world {
    struct bench *bench;
    struct echo echo;
};

static int32_t echo_exchange(void *owner, uint8_t out, const struct spi_frame *frame)
{
    struct echo *echo = owner;
    echo->heard[echo->count % 1024] = out;
    echo->cycles[echo->count++ % 1024] = clock_now(echo->clock);
    echo->frame = *frame;
    return (uint8_t)~out;
}

static void add_echo(struct bench *b, struct echo *echo, uint32_t cs)
{
    echo->clock = &b->clock;
    echo->pins = (struct spi_pins){SCK, MOSI, MISO};
    echo->target = (struct spi_target){.owner = echo,
                                       .pins = &echo->pins,
                                       .selected = &echo->selected,
                                       .modes = SPI_MODE_0,
                                       .exchange = echo_exchange};
    spi_bus_add_target(&b->nets.spi, &echo->target);
    spi_target_listen(&echo->target, cs == SPI_NO_PIN ? NULL : &b->pins[cs], false);
}

static struct world *new_world(uint32_t maxcnt_bits)
{
    static struct world world;
    memset(&world, 0, sizeof world);
    world.bench = bench_new();
    world.bench->props[0] = (struct bench_prop){"easydma-maxcnt-bits", maxcnt_bits};
    assert_null(bench_start(world.bench, &nrf52_serial_box_class, BASE));
    add_echo(world.bench, &world.echo, CS);
    bench_write(world.bench, PSEL_SCK, SCK);
    bench_write(world.bench, PSEL_MOSI, MOSI);
    bench_write(world.bench, PSEL_MISO, MISO);
    bench_write(world.bench, FREQUENCY, M8);
    bench_write(world.bench, ENABLE, 7);
    wire_drive(&world.bench->pins[CS].out, WIRE_LOW);
    return &world;
}

static int setup(void **state)
{
    *state = new_world(8);
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    bench_free(w->bench);
    return 0;
}

static uint32_t guest_errors(const struct bench *b)
{
    return b->diag.count[DIAG_GUEST_ERROR];
}

static void transfer(struct bench *b, uint32_t tx_count, uint32_t rx_count)
{
    for (uint32_t i = 0; i < tx_count; i++) {
        b->ram[0x100 + i] = (uint8_t)(i + 1);
    }
    bench_write(b, TXD_PTR, TX);
    bench_write(b, TXD_MAXCNT, tx_count);
    bench_write(b, RXD_PTR, RX);
    bench_write(b, RXD_MAXCNT, rx_count);
    bench_write(b, START, 1);
}

static void bytes_go_both_ways_in_their_time(void **state)
{
    struct world *w = *state;
    struct bench *b = w->bench;
    bench_run_to(b, 1000);
    transfer(b, 40, 40);
    assert_int_equal(bench_event_cycle(b, STARTED), 1000);
    bench_run_to(b, 1000 + 40 * BYTE_AT_M8 - 1);
    assert_int_equal(bench_event_count(b, END), 0);
    bench_run_to(b, 100000);
    assert_int_equal(w->echo.count, 40);
    for (uint32_t i = 0; i < 40; i++) {
        assert_int_equal(w->echo.heard[i], i + 1);
        assert_int_equal(b->ram[0x800 + i], (uint8_t) ~(i + 1));
    }
    assert_int_equal(w->echo.frame.hz, 8000000);
    assert_int_equal(w->echo.frame.lines, 1);
    assert_int_equal(bench_event_cycle(b, END), 1000 + 40 * BYTE_AT_M8);
    assert_int_equal(bench_event_cycle(b, ENDRX), 1000 + 40 * BYTE_AT_M8);
    assert_int_equal(bench_event_cycle(b, ENDTX), 1000 + 40 * BYTE_AT_M8);
    assert_int_equal(bench_event_count(b, STOPPED), 0);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 40);
    assert_int_equal(bench_read(b, TXD_AMOUNT), 40);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    assert_int_equal(guest_errors(b), 0);
}

static void the_rates_are_the_specified_ones(void **state)
{
    static const struct {
        uint32_t frequency, hz;
    } rates[] = {{0x02000000, 125000},  {0x04000000, 250000},  {0x08000000, 500000},
                 {0x10000000, 1000000}, {0x20000000, 2000000}, {0x40000000, 4000000},
                 {0x80000000, 8000000}};
    struct world *w = *state;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        uint64_t start = clock_now(&w->bench->clock);
        bench_write(w->bench, FREQUENCY, rates[i].frequency);
        transfer(w->bench, 2, 0);
        bench_run_to(w->bench, start + 100000);
        assert_int_equal(bench_event_cycle(w->bench, END) - start,
                         16 * (BENCH_CPU_HZ / rates[i].hz));
    }
    uint32_t ends = bench_event_count(w->bench, END);
    bench_write(w->bench, FREQUENCY, 0);
    transfer(w->bench, 2, 0);
    bench_run_to(w->bench, clock_now(&w->bench->clock) + 100000);
    assert_int_equal(guest_errors(w->bench), 1);
    assert_int_equal(bench_event_count(w->bench, END), ends);
}

static void the_shorter_buffer_to_be_filled_ends_first(void **state)
{
    struct bench *b = ((struct world *)*state)->bench;
    transfer(b, 50, 3);
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_cycle(b, ENDRX), 3 * BYTE_AT_M8);
    assert_int_equal(bench_event_cycle(b, ENDTX), 50 * BYTE_AT_M8);
    assert_int_equal(bench_event_count(b, ENDRX), 1);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 3);
}

static void the_longer_buffer_counts_and_orc_fills_up(void **state)
{
    struct world *w = *state;
    struct bench *b = w->bench;
    bench_write(b, ORC, 0x5A);
    transfer(b, 3, 50);
    bench_run_to(b, 100000);
    assert_int_equal(w->echo.count, 50);
    assert_int_equal(w->echo.heard[2], 3);
    assert_int_equal(w->echo.heard[3], 0x5A);
    assert_int_equal(w->echo.heard[49], 0x5A);
    assert_int_equal(bench_event_cycle(b, ENDTX), 3 * BYTE_AT_M8);
    assert_int_equal(bench_event_cycle(b, ENDRX), 50 * BYTE_AT_M8);
    assert_int_equal(bench_event_cycle(b, END), 50 * BYTE_AT_M8);
    assert_int_equal(bench_read(b, TXD_AMOUNT), 3);
    b->ram[0x800 + 2] = 0xEE;
    transfer(b, 5, 2); /* what comes beyond the buffer is lost */
    bench_run_to(b, 200000);
    assert_int_equal(b->ram[0x800 + 1], (uint8_t)~2);
    assert_int_equal(b->ram[0x800 + 2], 0xEE);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 2);
}

static void a_target_that_is_not_selected_hears_nothing(void **state)
{
    struct world *w = *state;
    struct bench *b = w->bench;
    wire_drive(&b->pins[CS].out, WIRE_HIGH);
    transfer(b, 2, 2);
    bench_run_to(b, 10000);
    assert_int_equal(w->echo.count, 0);
    assert_int_equal(b->ram[0x800], 0x00); /* the level of the pin */
    wire_drive(&b->pins[MISO].pad, WIRE_HIGH);
    transfer(b, 2, 2);
    bench_run_to(b, 20000);
    assert_int_equal(b->ram[0x800], 0xFF);
    wire_drive(&b->pins[CS].out, WIRE_LOW);
    bench_write(b, PSEL_SCK, 9); /* another clock */
    transfer(b, 2, 2);
    bench_run_to(b, 30000);
    assert_int_equal(w->echo.count, 0);
}

static void two_selected_targets_are_reported(void **state)
{
    static struct echo second;
    struct world *w = *state;
    memset(&second, 0, sizeof second);
    add_echo(w->bench, &second, SPI_NO_PIN);
    transfer(w->bench, 4, 4);
    bench_run_to(w->bench, 10000);
    assert_int_equal(second.count, 4);
    assert_int_equal(guest_errors(w->bench), 0); /* they say the same */
    second.pins.mosi = 30;                       /* low: answers 0xFF */
    transfer(w->bench, 4, 4);
    bench_run_to(w->bench, 20000);
    assert_int_equal(guest_errors(w->bench), 1);
    assert_int_equal(w->bench->ram[0x800 + 1], (uint8_t)~2); /* low wins */
}

static void mode_and_bit_order_matter(void **state)
{
    struct world *w = *state;
    bench_write(w->bench, CONFIG, 1); /* LSB first */
    transfer(w->bench, 2, 2);
    bench_run_to(w->bench, 10000);
    assert_int_equal(w->echo.heard[0], 0x80);
    assert_int_equal(w->bench->ram[0x800], 0xFE); /* ~0x80 is 0x7F; back in the chip's order */
    bench_write(w->bench, CONFIG, 2);             /* mode 1 */
    transfer(w->bench, 2, 2);
    bench_run_to(w->bench, 20000);
    assert_int_equal(w->echo.count, 2);
    assert_int_equal(guest_errors(w->bench), 1);
}

static void a_chip_select_changes_between_two_bytes(void **state)
{
    struct world *w = *state;
    transfer(w->bench, 10, 0);
    bench_run_to(w->bench, 3 * BYTE_AT_M8 + 5);
    wire_drive(&w->bench->pins[CS].out, WIRE_HIGH);
    assert_int_equal(w->echo.count, 3);
    bench_run_to(w->bench, 10000);
    assert_int_equal(w->echo.count, 3);
    assert_int_equal(bench_event_cycle(w->bench, END), 10 * BYTE_AT_M8);
}

static void stop_lets_the_byte_end(void **state)
{
    struct world *w = *state;
    struct bench *b = w->bench;
    transfer(b, 30, 30);
    bench_run_to(b, 4 * BYTE_AT_M8 + 1);
    bench_write(b, STOP, 1);
    assert_int_equal(w->echo.count, 4);
    bench_run_to(b, 10000);
    assert_int_equal(w->echo.count, 5);
    assert_int_equal(bench_event_cycle(b, STOPPED), 5 * BYTE_AT_M8);
    assert_int_equal(bench_event_cycle(b, ENDRX), 5 * BYTE_AT_M8);
    assert_int_equal(bench_event_cycle(b, ENDTX), 5 * BYTE_AT_M8);
    assert_int_equal(bench_event_count(b, END), 0);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 5);
    bench_write(b, STOP, 1);
    assert_int_equal(bench_event_cycle(b, STOPPED), 10000);
}

static void suspend_waits_for_resume(void **state)
{
    struct world *w = *state;
    struct bench *b = w->bench;
    bench_write(b, RESUME, 1); /* starts nothing */
    bench_write(b, SUSPEND, 1);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    transfer(b, 20, 0);
    bench_run_to(b, 5 * BYTE_AT_M8);
    bench_write(b, SUSPEND, 1);
    bench_run_to(b, 20000);
    assert_int_equal(w->echo.count, 6);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    bench_write(b, RESUME, 1);
    bench_run_to(b, 40000);
    assert_int_equal(w->echo.count, 20);
    assert_int_equal(bench_event_cycle(b, END), 20000 + 14 * BYTE_AT_M8);
    transfer(b, 5, 0);
    bench_write(b, SUSPEND, 1);
    bench_run_to(b, 50000);
    bench_write(b, STOP, 1);
    assert_int_equal(bench_event_cycle(b, STOPPED), 50000);
}

static void lists_move_on_and_end_start_repeats(void **state)
{
    struct world *w = *state;
    struct bench *b = w->bench;
    for (uint32_t i = 0; i < 6; i++) {
        b->ram[0x100 + i] = (uint8_t)(0x10 + i);
    }
    bench_write(b, TXD_PTR, TX);
    bench_write(b, TXD_MAXCNT, 2);
    bench_write(b, TXD_LIST, 1);
    bench_write(b, RXD_PTR, RX);
    bench_write(b, RXD_MAXCNT, 2);
    bench_write(b, RXD_LIST, 1);
    bench_write(b, SHORTS, 1U << 17);
    bench_write(b, START, 1);
    bench_run_to(b, 5 * BYTE_AT_M8);
    bench_write(b, SHORTS, 0);
    bench_run_to(b, 10000);
    assert_int_equal(w->echo.count, 6);
    assert_int_equal(w->echo.heard[5], 0x15);
    assert_int_equal(b->ram[0x800 + 5], (uint8_t)~0x15);
    assert_int_equal(bench_event_count(b, END), 3);
    assert_int_equal(bench_event_cycle(b, END), 6 * BYTE_AT_M8);
}

static void no_bytes_take_some_time(void **state)
{
    struct world *w = *state;
    bench_write(w->bench, SHORTS, 1U << 17);
    transfer(w->bench, 0, 0);
    bench_run_to(w->bench, 1000);
    assert_int_equal(w->echo.count, 0);
    assert_true(bench_event_count(w->bench, END) > 0);
    assert_true(bench_event_count(w->bench, END) < 100);
}

static void dma_reaches_ram_only(void **state)
{
    struct world *w = *state;
    struct bench *b = w->bench;
    bench_write(b, TXD_PTR, 0x1000); /* flash */
    bench_write(b, TXD_MAXCNT, 4);
    bench_write(b, START, 1);
    bench_write(b, TXD_MAXCNT, 0);
    bench_write(b, RXD_PTR, 0x1000);
    bench_write(b, RXD_MAXCNT, 4);
    bench_write(b, START, 1);
    bench_run_to(b, 10000);
    assert_int_equal(b->events.count, 0);
    assert_int_equal(guest_errors(b), 2);
    bench_write(b, RXD_PTR, BENCH_RAM_BASE + BENCH_RAM_BYTES - 2);
    bench_write(b, START, 1); /* leaves RAM on its way */
    bench_run_to(b, 20000);
    assert_int_equal(bench_event_count(b, END), 0);
    assert_int_equal(guest_errors(b), 3);
    transfer(b, 2, 0);
    bench_run_to(b, 30000);
    assert_int_equal(bench_event_count(b, END), 1);
}

static void tasks_need_their_function(void **state)
{
    struct world *w = *state;
    struct bench *b = w->bench;
    bench_write(b, ENABLE, 0);
    bench_write(b, START, 1);
    assert_int_equal(guest_errors(b), 1);
    bench_write(b, ENABLE, 3);
    assert_int_equal(guest_errors(b), 2);
    bench_write(b, ENABLE, 7);
    transfer(b, 10, 0);
    bench_run_to(b, 100);
    bench_write(b, START, 1); /* a second one */
    assert_int_equal(guest_errors(b), 3);
    bench_write(b, ENABLE, 0); /* ends it */
    bench_run_to(b, 10000);
    assert_int_equal(bench_event_count(b, END), 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void the_line_follows_events_and_inten(void **state)
{
    struct world *w = *state;
    struct bench *b = w->bench;
    bench_write(b, INTENSET, 1U << 6);
    transfer(b, 1, 0);
    assert_false(b->irq);
    bench_run_to(b, BYTE_AT_M8);
    assert_true(b->irq);
    bench_write(b, END, 0);
    assert_false(b->irq);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(b->pins[SCK].claim.level, WIRE_FLOATING);
}

/* What the workaround of anomaly 58 does: SCK stops the transfer by way of GPIOTE and PPI. */
static void stop_at_sck(void *owner, uint32_t index, enum wire_level level)
{
    struct bench *b = owner;
    (void)index;
    (void)level;
    struct bus_access access = {.offset = STOP, .size_bytes = 4, .privileged = true};
    (void)b->device_class->write(b->device, access, 1);
}

static void one_byte_to_receive_clocks_out_two(void **state)
{
    static struct wire_listener listener;
    struct world *w = *state;
    struct bench *b = w->bench;
    transfer(b, 1, 1);
    bench_run_to(b, 10000);
    assert_int_equal(w->echo.count, 2);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 1);
    wire_listen(&b->pins[SCK].claim, &listener, stop_at_sck, b, 0);
    transfer(b, 1, 1);
    bench_run_to(b, 20000);
    assert_int_equal(w->echo.count, 3);
    assert_int_equal(bench_event_count(b, END), 2);
    assert_int_equal(bench_event_cycle(b, END), 10000 + BYTE_AT_M8);
    assert_int_equal(bench_event_cycle(b, STOPPED), 10000 + BYTE_AT_M8);
}

static void maxcnt_is_as_wide_as_the_chip_has_it(void **state)
{
    struct world *w = *state;
    bench_write(w->bench, TXD_MAXCNT, 0x1FFFF);
    assert_int_equal(bench_read(w->bench, TXD_MAXCNT), 0xFF);
    bench_free(w->bench);
    *state = new_world(16);
    w = *state;
    transfer(w->bench, 300, 0);
    assert_int_equal(bench_read(w->bench, TXD_MAXCNT), 300);
    bench_run_to(w->bench, 100000);
    assert_int_equal(w->echo.count, 300);
}

static void a_fault_corrupts_a_byte_that_comes_in(void **state)
{
    struct world *w = *state;
    struct bench *b = w->bench;
    assert_true(bench_input(b, "rx-corrupt", 7));
    transfer(b, 10, 10);
    bench_run_to(b, 100000);
    for (uint32_t i = 0; i < 10; i++) {
        uint32_t wrong = b->ram[0x800 + i] ^ (~(i + 1) & 0xFFU);
        assert_int_equal(w->echo.heard[i], i + 1);
        assert_true(i == 6 ? wrong != 0 && (wrong & (wrong - 1)) == 0 : wrong == 0);
    }
}

static void resumed_it_goes_on_to_its_end(void **state)
{
    struct world *w = *state;
    struct bench *b = w->bench;
    transfer(b, 100, 0);
    bench_write(b, SUSPEND, 1);
    bench_run_to(b, 10000);
    assert_int_equal(w->echo.count, 1);
    bench_write(b, RESUME, 1);
    bench_run_to(b, 100000);
    assert_int_equal(w->echo.count, 100);
    assert_int_equal(bench_event_count(b, END), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(bytes_go_both_ways_in_their_time),
        TEST(the_rates_are_the_specified_ones),
        TEST(the_longer_buffer_counts_and_orc_fills_up),
        TEST(the_shorter_buffer_to_be_filled_ends_first),
        TEST(a_target_that_is_not_selected_hears_nothing),
        TEST(two_selected_targets_are_reported),
        TEST(mode_and_bit_order_matter),
        TEST(a_chip_select_changes_between_two_bytes),
        TEST(stop_lets_the_byte_end),
        TEST(suspend_waits_for_resume),
        TEST(lists_move_on_and_end_start_repeats),
        TEST(no_bytes_take_some_time),
        TEST(dma_reaches_ram_only),
        TEST(tasks_need_their_function),
        TEST(the_line_follows_events_and_inten),
        TEST(one_byte_to_receive_clocks_out_two),
        TEST(maxcnt_is_as_wide_as_the_chip_has_it),
        TEST(a_fault_corrupts_a_byte_that_comes_in),
        TEST(resumed_it_goes_on_to_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
