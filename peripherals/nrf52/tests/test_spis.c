/* SPIS: semaphore, buffers and what is sent beyond them, with no CPU; and a transfer from one box
 * of the chip to another over jumpers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/serial_box.h"

#define ACQUIRE    0x024
#define RELEASE    0x028
#define END        0x104
#define ENDRX      0x110
#define ACQUIRED   0x128
#define SHORTS     0x200
#define SEMSTAT    0x400
#define STATUS     0x440
#define ENABLE     0x500
#define PSEL_SCK   0x508
#define PSEL_MISO  0x50C
#define PSEL_MOSI  0x510
#define PSEL_CSN   0x514
#define RXD_PTR    0x534
#define RXD_MAXCNT 0x538
#define RXD_AMOUNT 0x53C
#define TXD_PTR    0x544
#define TXD_MAXCNT 0x548
#define TXD_AMOUNT 0x54C
#define CONFIG     0x554
#define DEF        0x55C
#define ORC        0x5C0

enum { SCK = 10, MOSI = 11, MISO = 12, CSN = 13 };

#define TX (BENCH_RAM_BASE + 0x100)
#define RX (BENCH_RAM_BASE + 0x800)

static struct spi_controller controller;

static int setup(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    assert_null(bench_start(b, &nrf52_serial_box_class, 0x40004000));
    controller = (struct spi_controller){.pins = b->pins, .pin_count = BENCH_PINS};
    wire_drive(&b->pins[CSN].pad, WIRE_HIGH);
    bench_write(b, PSEL_SCK, SCK);
    bench_write(b, PSEL_MISO, MISO);
    bench_write(b, PSEL_MOSI, MOSI);
    bench_write(b, PSEL_CSN, CSN);
    bench_write(b, DEF, 0xDD);
    bench_write(b, ORC, 0xCC);
    bench_write(b, ENABLE, 2);
    memcpy(b->ram + 0x100, "answer", 6);
    bench_write(b, TXD_PTR, TX);
    bench_write(b, TXD_MAXCNT, 3);
    bench_write(b, RXD_PTR, RX);
    bench_write(b, RXD_MAXCNT, 4);
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static uint8_t send(struct bench *b, uint8_t byte, uint8_t mode)
{
    const struct spi_pins pins = {SCK, MOSI, MISO};
    const struct spi_frame frame = {.lines = 1, .mode = mode, .hz = 1000000};
    return spi_exchange(&b->nets.spi, &controller, &pins, byte, &frame).in;
}

static void select_chip(struct bench *b, bool selected)
{
    wire_drive(&b->pins[CSN].pad, selected ? WIRE_LOW : WIRE_HIGH);
}

static void a_transaction_uses_both_buffers(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_read(b, SEMSTAT), 1);
    bench_write(b, RELEASE, 1);
    assert_int_equal(bench_read(b, SEMSTAT), 0);
    assert_int_equal(send(b, 'x', 0), 0); /* not selected: the pin's level */
    select_chip(b, true);
    assert_int_equal(bench_read(b, SEMSTAT), 2);
    assert_int_equal(send(b, 'a', 0), 'a');
    assert_int_equal(send(b, 'b', 0), 'n');
    assert_int_equal(bench_event_count(b, END), 0);
    select_chip(b, false);
    assert_int_equal(bench_event_count(b, END), 1);
    assert_int_equal(bench_event_count(b, ENDRX), 1);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 2);
    assert_int_equal(bench_read(b, TXD_AMOUNT), 2);
    assert_memory_equal(b->ram + 0x800, "ab", 2);
    assert_int_equal(bench_read(b, SEMSTAT), 0);
    assert_int_equal(bench_read(b, STATUS), 0);
}

static void beyond_the_buffers_orc_and_status(void **state)
{
    struct bench *b = *state;
    bench_write(b, RELEASE, 1);
    select_chip(b, true);
    for (uint8_t i = 0; i < 6; i++) {
        assert_int_equal(send(b, i, 0), i < 3 ? "ans"[i] : 0xCC);
    }
    assert_int_equal(bench_event_count(b, ENDRX), 1); /* as the buffer was full */
    select_chip(b, false);
    assert_int_equal(bench_event_count(b, ENDRX), 1);
    assert_int_equal(bench_read(b, STATUS), 3);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 4);
    assert_int_equal(bench_read(b, TXD_AMOUNT), 3);
    bench_write(b, STATUS, 1);
    assert_int_equal(bench_read(b, STATUS), 2);
}

static void without_the_semaphore_def_is_sent(void **state)
{
    struct bench *b = *state;
    select_chip(b, true);
    assert_int_equal(send(b, 'a', 0), 0xDD);
    bench_write(b, RELEASE, 1); /* too late for this one */
    assert_int_equal(send(b, 'b', 0), 0xDD);
    select_chip(b, false);
    assert_int_equal(bench_event_count(b, END), 0);
    assert_int_equal(b->ram[0x800], 0);
}

static void acquire_waits_for_the_end(void **state)
{
    struct bench *b = *state;
    bench_write(b, ACQUIRE, 1); /* the CPU has it already */
    assert_int_equal(bench_event_count(b, ACQUIRED), 1);
    bench_write(b, RELEASE, 1);
    select_chip(b, true);
    bench_write(b, ACQUIRE, 1);
    assert_int_equal(bench_read(b, SEMSTAT), 3);
    assert_int_equal(bench_event_count(b, ACQUIRED), 1);
    select_chip(b, false);
    assert_int_equal(bench_read(b, SEMSTAT), 1);
    assert_int_equal(bench_event_count(b, ACQUIRED), 2);
    bench_write(b, RELEASE, 1);
    bench_write(b, SHORTS, 1U << 2);
    select_chip(b, true);
    select_chip(b, false);
    assert_int_equal(bench_read(b, SEMSTAT), 1);
    assert_int_equal(bench_event_count(b, ACQUIRED), 3);
}

static void mode_order_and_ram_are_checked(void **state)
{
    struct bench *b = *state;
    bench_write(b, CONFIG, 1);
    bench_write(b, RELEASE, 1);
    select_chip(b, true);
    assert_int_equal(send(b, 0x01, 0), 0x86); /* 'a' from its lowest bit on */
    assert_int_equal(b->ram[0x800], 0x80);
    (void)send(b, 1, 3);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    select_chip(b, false);
    bench_write(b, RXD_PTR, 0x1000);
    select_chip(b, true);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2);
    assert_int_equal(bench_read(b, SEMSTAT), 0);
}

/* A SPIM beside the SPIS, on other pins, with wires between them. */
static void a_spim_reaches_it_over_jumpers(void **state)
{
    struct bench *b = *state;
    static struct serial_box spim;
    static struct spi_joint joints[3];
    struct device_env env = b->env;
    static const uint32_t from[] = {0x508, 2, 0x50C, 3, 0x510, 4, 0x534, RX + 0x100, 0x538, 2};
    memset(&spim, 0, sizeof spim);
    env.base = 0x40003000;
    env.events.base = env.base;
    assert_null(nrf52_serial_box_class.init(&spim, &env));
    for (uint32_t i = 0; i < 3; i++) {
        joints[i] = (struct spi_joint){.first = SCK + i, .second = 2 + i};
        spi_bus_add_joint(&b->nets.spi, &joints[i]);
    }
    struct bus_access access = {.size_bytes = 4};
    for (size_t i = 0; i < sizeof from / sizeof from[0]; i += 2) {
        access.offset = from[i];
        (void)nrf52_serial_box_class.write(&spim, access, from[i + 1]);
    }
    access.offset = ENABLE;
    (void)nrf52_serial_box_class.write(&spim, access, 7);
    bench_write(b, RELEASE, 1);
    select_chip(b, true);
    access.offset = 0x010;
    (void)nrf52_serial_box_class.write(&spim, access, 1);
    bench_run_to(b, 100000);
    select_chip(b, false);
    assert_memory_equal(b->ram + 0x900, "an", 2);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 2);
    b->nets = (struct nets){0}; /* the second box is gone */
}

static void a_wrong_mode_is_told_once_a_transaction(void **state)
{
    struct bench *b = *state;
    bench_write(b, RELEASE, 1);
    for (uint32_t i = 1; i <= 2; i++) {
        select_chip(b, true);
        (void)send(b, 'a', 3);
        (void)send(b, 'b', 3);
        select_chip(b, false);
        assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], i);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_transaction_uses_both_buffers),         TEST(beyond_the_buffers_orc_and_status),
        TEST(without_the_semaphore_def_is_sent),       TEST(acquire_waits_for_the_end),
        TEST(mode_order_and_ram_are_checked),          TEST(a_spim_reaches_it_over_jumpers),
        TEST(a_wrong_mode_is_told_once_a_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
