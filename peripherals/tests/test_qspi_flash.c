/* QSPI and a flash, with no CPU: reads, writes and erases by EasyDMA, custom instructions, deep
 * power-down, the window, and the times of all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/catalogue.h"
#include "peripherals/iface/tests/io_bench.h"

enum { CSN = 17, SCK = 19, IO0 = 20, IO1 = 21 };

#define BASE       0x40029000U
#define ACTIVATE   0x000
#define READSTART  0x004
#define WRITESTART 0x008
#define ERASESTART 0x00C
#define DEACTIVATE 0x010
#define READY      0x100
#define INTENSET   0x304
#define ENABLE     0x500
#define READ_SRC   0x504
#define READ_DST   0x508
#define READ_CNT   0x50C
#define WRITE_DST  0x510
#define WRITE_SRC  0x514
#define WRITE_CNT  0x518
#define ERASE_PTR  0x51C
#define ERASE_LEN  0x520
#define PSEL       0x524
#define IFCONFIG0  0x544
#define IFCONFIG1  0x600
#define STATUS     0x604
#define DPMDUR     0x614
#define CINSTRCONF 0x634
#define CINSTRDAT0 0x638
#define CINSTRDAT1 0x63C

#define US     64U /* cycles */
#define MS     (1000U * US)
#define BUFFER (BENCH_RAM_BASE + 0x400)

static struct {
    struct bench *bench; /* its device is the flash */
    const struct device_class *qspi_class;
    void *qspi;
    uint64_t stalled;
} world;

static void stall(void *context, uint64_t cycles)
{
    (void)context;
    world.stalled += cycles;
}

static void claim_changed(void *owner, uint32_t pin, enum wire_level level)
{
    struct bench *b = owner;
    wire_drive(&b->pins[pin].out, level);
}

static void poke(uint32_t offset, uint32_t value)
{
    const struct bus_access access = {.offset = offset, .size_bytes = 4};
    (void)world.qspi_class->write(world.qspi, access, value);
}

static uint32_t peek(uint32_t offset)
{
    return world.qspi_class->peek(world.qspi, offset);
}

static void wait(uint64_t cycles)
{
    bench_run_to(world.bench, clock_now(&world.bench->clock) + cycles);
}

/* Until READY; returns the cycles. */
static uint64_t wait_ready(uint64_t limit)
{
    uint64_t start = clock_now(&world.bench->clock);
    while (peek(READY) == 0) {
        uint64_t next = clock_next_due(&world.bench->clock);
        assert_true(next <= start + limit);
        bench_run_to(world.bench, next);
    }
    poke(READY, 0);
    return clock_now(&world.bench->clock) - start;
}

static int setup(void **state)
{
    static struct wire_listener listener;
    struct bench *b = bench_new();
    (void)state;
    world.bench = b;
    b->props[0] = (struct bench_prop){"size", 0x4000000};
    b->bytes = (struct bench_bytes){"jedec-id", {0xC2, 0x28, 0x17}, 3};
    b->bus_pins[PROPS_QSPI_SCK] = SCK + 1;
    b->bus_pins[PROPS_QSPI_CSN] = CSN + 1;
    b->bus_pins[PROPS_QSPI_IO0] = IO0 + 1;
    b->bus_pins[PROPS_QSPI_IO1] = IO1 + 1;
    assert_null(bench_start(b, catalogue_find("nordic,qspi-nor"), 0));
    wire_listen(&b->pins[CSN].claim, &listener, claim_changed, b, CSN);
    world.qspi_class = catalogue_find("nordic,nrf-qspi");
    world.qspi = calloc(1, world.qspi_class->size_bytes);
    assert_non_null(world.qspi);
    struct device_env env = b->env;
    env.base = BASE;
    env.events.base = BASE;
    env.chip.stall = stall;
    world.stalled = 0;
    assert_null(world.qspi_class->init(world.qspi, &env));
    static const uint32_t pins[] = {SCK, CSN, 0xFFFFFFFF, IO0, IO1};
    for (uint32_t i = 0; i < 5; i++) {
        if (i != 2) {
            poke(PSEL + 4 * i, pins[i]);
        }
    }
    poke(IFCONFIG1, 0x30040405); /* 8 MHz: 8 cycles a bit; CSN 5 periods of 16 MHz high */
    poke(ENABLE, 1);
    poke(ACTIVATE, 1);
    assert_int_equal(peek(STATUS) & 8, 0);
    (void)wait_ready(100 * US);
    assert_int_equal(peek(STATUS), 8);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bench_free(world.bench);
    free(world.qspi);
    return 0;
}

static void enable_quad(void)
{
    poke(CINSTRDAT0, 0x40);
    poke(CINSTRCONF, 0x01 | 2U << 8 | 1U << 14 | 1U << 15); /* WRSR with WREN */
    (void)wait_ready(100 * US);
}

static void write_flash(uint32_t address, const void *data, uint32_t count)
{
    memcpy(world.bench->ram + 0x400, data, count);
    poke(WRITE_SRC, BUFFER);
    poke(WRITE_DST, address);
    poke(WRITE_CNT, count);
    poke(WRITESTART, 1);
}

static void read_flash(uint32_t address, uint32_t count)
{
    memset(world.bench->ram + 0x400, 0xAA, count);
    poke(READ_DST, BUFFER);
    poke(READ_SRC, address);
    poke(READ_CNT, count);
    poke(READSTART, 1);
}

static uint32_t guest_errors(void)
{
    return world.bench->diag.count[DIAG_GUEST_ERROR];
}

static void custom_instructions_exchange_bytes(void **state)
{
    (void)state;
    poke(CINSTRDAT0, 0);
    poke(CINSTRCONF, 0x9F | 4U << 8);
    assert_int_equal(wait_ready(100 * US), 4 * 8 * 8);
    assert_int_equal(peek(CINSTRDAT0), 0x1728C2);
    /* A long frame: opcode, then two pieces of what it answers. */
    poke(CINSTRCONF, 0x9F | 1U << 8 | 1U << 16);
    (void)wait_ready(100 * US);
    assert_int_equal(world.bench->pins[CSN].out.level, WIRE_LOW);
    poke(CINSTRCONF, 0x9F | 2U << 8 | 1U << 16);
    (void)wait_ready(100 * US);
    assert_int_equal(peek(CINSTRDAT0) & 0xFF, 0xC2);
    poke(CINSTRCONF, 0x9F | 3U << 8 | 1U << 16 | 1U << 17);
    (void)wait_ready(100 * US);
    assert_int_equal(peek(CINSTRDAT0) & 0xFFFF, 0x1728);
    assert_int_equal(world.bench->pins[CSN].out.level, WIRE_HIGH);
    assert_int_equal(guest_errors(), 0);
}

static void writes_are_split_into_pages_and_read_back(void **state)
{
    static const uint32_t readoc[] = {0, 1, 2, 3, 4};
    static const uint32_t writeoc[] = {0, 2, 3}; /* the chip has no two-line program */
    uint8_t data[512];
    (void)state;
    enable_quad();
    for (uint32_t w = 0; w < 3; w++) {
        for (uint32_t i = 0; i < sizeof data; i++) {
            data[i] = (uint8_t)(i * 7 + w);
        }
        uint32_t address = 0x1080 + w * 0x1000;
        poke(IFCONFIG0, writeoc[w] << 3);
        write_flash(address, data, sizeof data);
        (void)wait_ready(100 * MS); /* three pages: two programs to wait for */
        for (uint32_t r = 0; r < 5; r++) {
            poke(IFCONFIG0, readoc[r]);
            read_flash(address, sizeof data);
            (void)wait_ready(100 * MS);
            assert_memory_equal(world.bench->ram + 0x400, data, sizeof data);
        }
    }
    assert_int_equal(guest_errors(), 0);
    assert_int_equal(clock_next_due(&world.bench->clock), CLOCK_NEVER);
}

static void transfers_take_their_bit_times(void **state)
{
    const uint64_t poll = 5 * 4 + 16 * 8;      /* gap, RDSR */
    const uint64_t header = 5 * 4 + 3 * 8 * 8; /* gap and what precedes the first instruction */
    (void)state;
    enable_quad();
    wait(20 * MS);
    poke(IFCONFIG0, 0);
    read_flash(0, 64);
    assert_int_equal(wait_ready(MS), poll + header + (5 + 64) * 64);
    poke(IFCONFIG0, 4);
    read_flash(0, 64);
    assert_int_equal(wait_ready(MS), poll + header + 64 + (6 + 64) * 16);
    poke(IFCONFIG1, 0x00040405); /* 32 MHz: 2 cycles a bit */
    read_flash(0, 256);
    assert_int_equal(wait_ready(MS), 20 + 32 + 20 + 48 + 16 + (6 + 256) * 4);
}

static void erases_and_what_waits_for_them(void **state)
{
    (void)state;
    write_flash(0x3000, "\0\0\0\0", 4);
    (void)wait_ready(MS);
    wait(MS);
    poke(INTENSET, 1);
    poke(ERASE_PTR, 0x3000);
    poke(ERASE_LEN, 0);
    poke(ERASESTART, 1);
    uint64_t sent = wait_ready(MS);
    assert_true(sent < 50 * US); /* READY: the instruction is out */
    assert_int_equal(part_memory_get(&world.bench->memory, 0x3000), 0);
    read_flash(0x3000, 4); /* waits until the flash is done: 40 ms */
    assert_int_equal(peek(STATUS) & 8, 0);
    assert_in_range(wait_ready(50 * MS), 40 * MS - sent, 41 * MS);
    assert_memory_equal(world.bench->ram + 0x400, "\xFF\xFF\xFF\xFF", 4);
    assert_int_equal(guest_errors(), 0);
}

static void deep_power_down_by_ifconfig(void **state)
{
    (void)state;
    poke(IFCONFIG0, 1U << 7);
    poke(DPMDUR, 0x00030001); /* 16 us in, 48 us out */
    poke(IFCONFIG1, 0x31040405);
    assert_in_range(wait_ready(MS), 16 * US, 20 * US);
    assert_int_equal(peek(STATUS) & 0xFF, 0xC);
    poke(IFCONFIG1, 0x30040405);
    assert_in_range(wait_ready(MS), 48 * US, 52 * US);
    assert_int_equal(peek(STATUS) & 0xFF, 0x8);
    read_flash(0, 4);
    (void)wait_ready(MS);
    assert_int_equal(guest_errors(), 0);
}

static void the_window_shows_the_flash(void **state)
{
    struct bus_access access = {.offset = 0x12000104U - BASE, .size_bytes = 4};
    uint32_t value = 0;
    (void)state;
    write_flash(0x100, "abcdefgh", 8);
    (void)wait_ready(MS);
    wait(MS);
    assert_int_equal(world.qspi_class->read(world.qspi, access, &value), BUS_OK);
    assert_int_equal(value, 0x68676665);
    assert_int_equal(world.stalled, 9 * 64);
    poke(0x540, 2); /* XIPOFFSET */
    access.size_bytes = 1;
    assert_int_equal(world.qspi_class->read(world.qspi, access, &value), BUS_OK);
    assert_int_equal(value, 'g');
    assert_int_equal(world.qspi_class->write(world.qspi, access, 0), BUS_FAULT);
    poke(DEACTIVATE, 1);
    assert_int_equal(world.qspi_class->read(world.qspi, access, &value), BUS_FAULT);
}

static void mistakes_are_reported(void **state)
{
    (void)state;
    poke(READ_DST, 0x1000);
    poke(READ_CNT, 4);
    poke(READSTART, 1);
    assert_int_equal(guest_errors(), 1);
    read_flash(0, 4);
    poke(ERASESTART, 1); /* at work */
    assert_int_equal(guest_errors(), 2);
    (void)wait_ready(MS);
    read_flash(BUFFER, 4);
    poke(READ_DST, BENCH_RAM_BASE + BENCH_RAM_BYTES - 4);
    poke(READ_CNT, 8);
    (void)wait_ready(MS);
    poke(READSTART, 1); /* leaves RAM */
    wait(MS);
    assert_int_equal(guest_errors(), 3);
    assert_int_equal(world.bench->pins[CSN].out.level, WIRE_HIGH);
    poke(ENABLE, 0);
    poke(READSTART, 1);
    assert_int_equal(guest_errors(), 4);
    assert_int_equal(world.bench->pins[CSN].out.level, WIRE_FLOATING);
    poke(ENABLE, 1);
    poke(DEACTIVATE, 1);
    poke(READSTART, 1); /* enabled, but not activated */
    assert_int_equal(guest_errors(), 5);
}

static void a_fault_loses_the_end_of_an_operation(void **state)
{
    const struct device_input lost = {.what = "ready-lost", .value = 1};
    const uint32_t word = 0x12345678;
    (void)state;
    write_flash(0x100, &word, 4);
    (void)wait_ready(100 * MS);
    assert_true(world.qspi_class->input(world.qspi, &lost));
    read_flash(0x100, 4);
    wait(100 * MS);
    assert_int_equal(peek(READY), 0);
    assert_memory_equal(world.bench->ram + 0x400, &word, 4); /* it was done all the same */
    read_flash(0x100, 4);
    (void)wait_ready(100 * MS);
}

static void the_flash_is_let_go_of(void **state)
{
    (void)state;
    read_flash(0, 4);
    (void)wait_ready(100 * MS);
    assert_int_equal(world.bench->pins[CSN].out.level, WIRE_HIGH);
    poke(INTENSET, 0); /* and stays so with whatever is written */
    assert_int_equal(world.bench->pins[CSN].out.level, WIRE_HIGH);
    poke(CINSTRCONF, 0x9F | 1U << 8 | 1U << 16); /* a long frame */
    (void)wait_ready(100 * US);
    assert_int_equal(world.bench->pins[CSN].out.level, WIRE_LOW);
    poke(DEACTIVATE, 1);
    assert_int_equal(world.bench->pins[CSN].out.level, WIRE_HIGH);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(custom_instructions_exchange_bytes),
        TEST(writes_are_split_into_pages_and_read_back),
        TEST(transfers_take_their_bit_times),
        TEST(erases_and_what_waits_for_them),
        TEST(deep_power_down_by_ifconfig),
        TEST(the_window_shows_the_flash),
        TEST(mistakes_are_reported),
        TEST(a_fault_loses_the_end_of_an_operation),
        TEST(the_flash_is_let_go_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
