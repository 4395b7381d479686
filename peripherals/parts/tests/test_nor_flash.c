/* Serial NOR flash: instructions, times, deep power-down, faults and power loss, byte by byte over
 * the SPI wires. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/parts/nor_flash.h"

enum { SCK = 2, MOSI = 3, MISO = 4, CS = 5 };

#define SIZE 0x400000U /* 4 MB */
#define US   64U       /* cycles */
#define MS   (1000U * US)

static struct spi_controller controller;

static struct bench *start(const uint8_t id[3], uint32_t bits)
{
    struct bench *b = bench_new();
    b->props[0] = (struct bench_prop){"size", bits};
    b->bytes = (struct bench_bytes){"jedec-id", {id[0], id[1], id[2]}, 3};
    b->bus_pins[PROPS_SPI_SCK] = SCK + 1;
    b->bus_pins[PROPS_SPI_MOSI] = MOSI + 1;
    b->bus_pins[PROPS_SPI_MISO] = MISO + 1;
    b->gpios[0] = (struct bench_gpio){"cs-gpios", CS, PROPS_GPIO_ACTIVE_LOW};
    b->env.props.node = b;
    controller = (struct spi_controller){.pins = b->pins, .pin_count = BENCH_PINS};
    assert_null(bench_start(b, &part_nor_flash_class, 0));
    wire_drive(&b->pins[CS].out, WIRE_HIGH);
    return b;
}

static int setup(void **state)
{
    *state = start((const uint8_t[]){0x0B, 0x40, 0x16}, SIZE * 8);
    return 0;
}

static int setup_macronix(void **state)
{
    *state = start((const uint8_t[]){0xC2, 0x28, 0x17}, 2 * SIZE * 8);
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

static uint8_t byte(struct bench *b, uint8_t out, uint8_t lines, bool read)
{
    const struct spi_pins pins = {SCK, MOSI, MISO};
    const struct spi_frame frame = {.lines = lines, .read = read, .hz = 8000000};
    return spi_exchange(&b->nets.spi, &controller, &pins, out, &frame).in;
}

static void select_chip(struct bench *b, bool selected)
{
    wire_drive(&b->pins[CS].out, selected ? WIRE_LOW : WIRE_HIGH);
}

/* Sends some bytes and then reads some. */
static void command(struct bench *b, const char *out, size_t out_count, uint8_t *in,
                    size_t in_count)
{
    select_chip(b, true);
    for (size_t i = 0; i < out_count; i++) {
        (void)byte(b, (uint8_t)out[i], 1, false);
    }
    for (size_t i = 0; i < in_count; i++) {
        in[i] = byte(b, 0, 1, false);
    }
    select_chip(b, false);
}

#define SEND(b, text) command(b, text, sizeof(text) - 1, NULL, 0)

static uint8_t status(struct bench *b)
{
    uint8_t value;
    command(b, "\x05", 1, &value, 1);
    return value;
}

static uint8_t read_at(struct bench *b, uint32_t address)
{
    const char out[] = {3, (char)(address >> 16), (char)(address >> 8), (char)address};
    uint8_t value;
    command(b, out, 4, &value, 1);
    return value;
}

static void wait(struct bench *b, uint64_t cycles)
{
    bench_run_to(b, clock_now(&b->clock) + cycles);
}

static void program(struct bench *b, uint32_t address, const char *data, size_t count)
{
    char out[300] = {2, (char)(address >> 16), (char)(address >> 8), (char)address};
    memcpy(out + 4, data, count);
    SEND(b, "\x06");
    command(b, out, 4 + count, NULL, 0);
}

static void erase_sector(struct bench *b, uint32_t address)
{
    const char out[] = {0x20, (char)(address >> 16), (char)(address >> 8), (char)address};
    SEND(b, "\x06");
    command(b, out, 4, NULL, 0);
}

static void it_says_who_it_is(void **state)
{
    struct bench *b = *state;
    uint8_t in[6];
    command(b, "\x9F", 1, in, 6);
    assert_memory_equal(in, "\x0B\x40\x16\x0B\x40\x16", 6);
    command(b, "\xAB\0\0\0", 4, in, 1);
    assert_int_equal(in[0], 0x15);
    command(b, "\x90\0\0\0", 4, in, 2);
    assert_memory_equal(in, "\x0B\x15", 2);
    assert_int_equal(status(b), 0);
    assert_int_equal(guest_errors(b), 0);
}

/* Offsets and meanings are those of JESD216B. */
static void sfdp_describes_it(void **state)
{
    struct bench *b = *state;
    uint8_t in[0x70];
    command(b, "\x5A\0\0\0\0", 5, in, sizeof in);
    assert_memory_equal(in, "SFDP", 4);
    assert_int_equal(in[8], 0x00);
    assert_int_equal(in[15], 0xFF);
    uint32_t table = in[12] | (uint32_t)in[13] << 8 | (uint32_t)in[14] << 16;
    assert_int_equal(in[11], 16);
    uint32_t density = 0;
    memcpy(&density, in + table + 4, 4);
    assert_int_equal(density, SIZE * 8 - 1);
    assert_int_equal(in[table + 1], 0x20);          /* 4 kB erase */
    assert_int_equal(in[table + 0x1C], 12);         /* 2^12 */
    assert_int_equal(in[table + 0x1D], 0x20);       /* by this */
    assert_int_equal(in[table + 0x20], 16);         /* 2^16 */
    assert_int_equal(in[table + 0x21], 0xD8);       /* by this */
    assert_int_equal(in[table + 0x28] >> 4, 8);     /* pages of 2^8 */
    assert_int_equal(in[table + 0x3A] >> 4 & 7, 5); /* quad enable: bit 1 of register 2 */
}

static void a_page_is_programmed_in_its_time(void **state)
{
    struct bench *b = *state;
    assert_int_equal(read_at(b, 0x1234), 0xFF);
    program(b, 0x1234, "\x0F\xA5", 2);
    assert_int_equal(status(b), 3);
    wait(b, 400 * US - 1);
    assert_int_equal(status(b) & 1, 1);
    wait(b, 1);
    assert_int_equal(status(b), 0);
    assert_int_equal(read_at(b, 0x1234), 0x0F);
    assert_int_equal(read_at(b, 0x1235), 0xA5);
    assert_int_equal(read_at(b, 0x1236), 0xFF);
    program(b, 0x1234, "\xF5", 1); /* 1 to 0 only */
    wait(b, MS);
    assert_int_equal(read_at(b, 0x1234), 0x05);
    assert_int_equal(guest_errors(b), 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void a_program_wraps_within_its_page(void **state)
{
    struct bench *b = *state;
    char data[260];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (char)i;
    }
    program(b, 0x2FE, "abcd", 4);
    wait(b, MS);
    assert_int_equal(read_at(b, 0x2FE), 'a');
    assert_int_equal(read_at(b, 0x2FF), 'b');
    assert_int_equal(read_at(b, 0x200), 'c');
    assert_int_equal(read_at(b, 0x300), 0xFF);
    program(b, 0x500, data, sizeof data); /* the last 256 count */
    wait(b, MS);
    assert_int_equal(read_at(b, 0x500), 0); /* 256 & 0xFF */
    assert_int_equal(read_at(b, 0x503), 3);
    assert_int_equal(read_at(b, 0x504), 4);
}

static void nothing_without_write_enable(void **state)
{
    struct bench *b = *state;
    SEND(b, "\x02\0\0\0x");
    assert_int_equal(guest_errors(b), 1);
    SEND(b, "\x06");
    assert_int_equal(status(b), 2);
    SEND(b, "\x04");
    SEND(b, "\x20\0\0\0");
    assert_int_equal(guest_errors(b), 2);
    assert_int_equal(status(b), 0);
    program(b, 0, "x", 1);
    assert_int_equal(read_at(b, 0), 0); /* busy: nobody drives MISO, and the pin is low */
    assert_int_equal(guest_errors(b), 3);
    wait(b, MS);
    assert_int_equal(read_at(b, 0), 'x');
    SEND(b, "\x77"); /* no instruction */
    assert_int_equal(guest_errors(b), 4);
}

static void erases_take_their_blocks_and_times(void **state)
{
    static const struct {
        const char *instruction;
        size_t count;
        uint64_t ms;
        uint32_t first, end;
    } rows[] = {{"\x20\x01\x23\x45", 4, 70, 0x12000, 0x13000},
                {"\x52\x01\x23\x45", 4, 150, 0x10000, 0x18000},
                {"\xD8\x01\x23\x45", 4, 250, 0x10000, 0x20000},
                {"\xC7", 1, 15000, 0, SIZE}};
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t before = rows[i].first - 1, after = rows[i].end;
        const uint32_t places[] = {before, rows[i].first, rows[i].end - 1, after};
        for (size_t k = 0; k < 4; k++) {
            program(b, places[k] % SIZE, "\0", 1);
            wait(b, MS);
        }
        SEND(b, "\x06");
        command(b, rows[i].instruction, rows[i].count, NULL, 0);
        wait(b, rows[i].ms * MS - 1);
        assert_int_equal(status(b), 3);
        wait(b, 1);
        assert_int_equal(status(b), 0);
        assert_int_equal(read_at(b, rows[i].first), 0xFF);
        assert_int_equal(read_at(b, rows[i].end - 1), 0xFF);
        assert_int_equal(read_at(b, before % SIZE), i < 3 ? 0 : 0xFF);
        assert_int_equal(read_at(b, after % SIZE), i < 3 ? 0 : 0xFF);
    }
    assert_int_equal(guest_errors(b), 0);
}

static void more_lines_need_quad_enable(void **state)
{
    struct bench *b = *state;
    program(b, 0x102, "QRST", 4);
    wait(b, MS);
    select_chip(b, true); /* 1-1-4 */
    (void)byte(b, 0x6B, 1, false);
    select_chip(b, false);
    assert_int_equal(guest_errors(b), 1);
    SEND(b, "\x06");
    SEND(b, "\x01\x40"); /* S1 bit 6 */
    wait(b, 10 * MS);
    assert_int_equal(status(b), 0x40);
    select_chip(b, true);
    (void)byte(b, 0x6B, 1, false);
    for (int i = 0; i < 4; i++) { /* address, 8 dummy clocks */
        (void)byte(b, (const uint8_t[]){0, 1, 2, 0}[i], 1, false);
    }
    assert_int_equal(byte(b, 0, 4, true), 'Q');
    assert_int_equal(byte(b, 0, 4, true), 'R');
    select_chip(b, false);
    select_chip(b, true); /* 1-4-4: 2 mode and 4 dummy clocks */
    (void)byte(b, 0xEB, 1, false);
    for (int i = 0; i < 6; i++) {
        (void)byte(b, (const uint8_t[]){0, 1, 3, 0, 0, 0}[i], 4, false);
    }
    assert_int_equal(byte(b, 0, 4, true), 'R');
    select_chip(b, false);
    select_chip(b, true); /* 1-2-2 */
    (void)byte(b, 0xBB, 1, false);
    for (int i = 0; i < 4; i++) {
        (void)byte(b, (const uint8_t[]){0, 1, 4, 0}[i], 2, false);
    }
    assert_int_equal(byte(b, 0, 2, true), 'S');
    assert_int_equal(guest_errors(b), 1);
    (void)byte(b, 0, 1, true); /* one line in a phase of two */
    assert_int_equal(guest_errors(b), 2);
    select_chip(b, false);
}

static void deep_power_down_takes_its_time(void **state)
{
    struct bench *b = *state;
    uint8_t in[3] = {0};
    SEND(b, "\xB9");
    wait(b, 10 * US);
    command(b, "\x9F", 1, in, 3);
    assert_int_equal(in[0], 0);
    assert_int_equal(guest_errors(b), 1);
    SEND(b, "\xAB");
    wait(b, 35 * US - 1);
    command(b, "\x9F", 1, in, 3);
    assert_int_equal(in[0], 0);
    wait(b, 1);
    command(b, "\x9F", 1, in, 3);
    assert_memory_equal(in, "\xC2\x28\x17", 3);
    assert_int_equal(guest_errors(b), 2);
}

static void a_reset_instruction_ends_an_erase(void **state)
{
    struct bench *b = *state;
    erase_sector(b, 0);
    SEND(b, "\x99"); /* not enabled */
    assert_int_equal(guest_errors(b), 1);
    assert_int_equal(status(b), 3);
    SEND(b, "\x66");
    SEND(b, "\x99");
    assert_int_equal(status(b), 0);
}

static void fill(struct bench *b, uint32_t sector)
{
    for (uint32_t i = 0; i < 4096; i++) {
        part_memory_put(&b->memory, sector * 4096 + i, 0x00);
    }
}

static uint32_t count_erased(struct bench *b, uint32_t sector)
{
    uint32_t count = 0;
    while (count < 4096 && part_memory_get(&b->memory, sector * 4096 + count) == 0xFF) {
        count++;
    }
    return count;
}

static void faults_of_writes(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "write-drop", 2));
    program(b, 0, "x", 1);
    wait(b, MS);
    assert_int_equal(read_at(b, 0), 'x');
    program(b, 1, "x", 1);
    wait(b, MS);
    assert_int_equal(read_at(b, 1), 0xFF);
    program(b, 1, "x", 1);
    wait(b, MS);
    assert_int_equal(read_at(b, 1), 'x');
    static const char zeros[64];
    assert_true(bench_input(b, "write-torn", 1));
    program(b, 0x100, zeros, sizeof zeros);
    wait(b, MS);
    uint32_t done = 0;
    while (read_at(b, 0x100 + done) == 0) {
        done++;
    }
    assert_in_range(done, 0, 63);
    for (uint32_t i = done + 1; i < 64; i++) { /* the one between may be anything */
        assert_int_equal(read_at(b, 0x100 + i), 0xFF);
    }
    program(b, 0x100, zeros, sizeof zeros);
    wait(b, MS);
    assert_int_equal(read_at(b, 0x13F), 0);
}

static void faults_of_erases(void **state)
{
    struct bench *b = *state;
    fill(b, 1);
    fill(b, 2);
    assert_true(bench_input(b, "erase-partial", 1));
    erase_sector(b, 0x1000);
    wait(b, 70 * MS);
    assert_in_range(count_erased(b, 1), 0, 4095);
    assert_true(bench_input(b, "worn-page", 3));
    erase_sector(b, 0x1000);
    wait(b, 70 * MS);
    assert_int_equal(count_erased(b, 1), 4096);
    erase_sector(b, 0x2000);
    wait(b, 70 * MS);
    assert_in_range(count_erased(b, 2), 0, 8);
    assert_true(bench_input(b, "worn-page", 0));
    erase_sector(b, 0x2000);
    wait(b, 70 * MS);
    assert_int_equal(count_erased(b, 2), 4096);
    assert_false(bench_input(b, "worn-page", -1));
    assert_false(bench_input(b, "no-such-fault", 1));
}

static void no_answer(void **state)
{
    struct bench *b = *state;
    uint8_t in[3];
    wire_drive(&b->pins[MISO].pad, WIRE_HIGH); /* a pull-up */
    assert_true(bench_input(b, "no-answer", 1));
    command(b, "\x9F", 1, in, 3);
    assert_memory_equal(in, "\xFF\xFF\xFF", 3);
    bench_reset(b, RESET_POWER_ON); /* a fault outlives it */
    command(b, "\x9F", 1, in, 3);
    assert_int_equal(in[0], 0xFF);
    assert_true(bench_input(b, "no-answer", 0));
    command(b, "\x9F", 1, in, 3);
    assert_int_equal(in[0], 0x0B);
}

static void only_a_power_cut_interrupts(void **state)
{
    struct bench *b = *state;
    fill(b, 1);
    erase_sector(b, 0x1000);
    wait(b, 35 * MS);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(status(b), 3);
    bench_reset(b, RESET_POWER_ON); /* half of its time */
    assert_int_equal(status(b), 0);
    assert_in_range(count_erased(b, 1), 2048, 2056);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    program(b, 0x2000, "\0\0\0\0\0\0\0\0", 8);
    bench_reset(b, RESET_POWER_ON); /* at once: only the first byte is touched */
    assert_int_equal(read_at(b, 0x2001), 0xFF);
    SEND(b, "\x06");
    SEND(b, "\x01\x40");
    bench_reset(b, RESET_POWER_ON); /* the status register is as before */
    assert_int_equal(status(b), 0);
}

static void wrong_properties_are_refused(void **state)
{
    struct bench *b = bench_new();
    (void)state;
    b->props[0] = (struct bench_prop){"size", 12345};
    b->bytes = (struct bench_bytes){"jedec-id", {1, 2, 3}, 3};
    assert_non_null(strstr(bench_start(b, &part_nor_flash_class, 0), "size"));
    free(b->device);
    b->props[0].value = SIZE * 8;
    b->bytes.count = 2;
    assert_non_null(strstr(bench_start(b, &part_nor_flash_class, 0), "jedec-id"));
    bench_free(b);
}

int main(void)
{
#define TEST(name)          cmocka_unit_test_setup_teardown(name, setup, teardown)
#define MACRONIX_TEST(name) cmocka_unit_test_setup_teardown(name, setup_macronix, teardown)
    const struct CMUnitTest tests[] = {
        TEST(it_says_who_it_is),
        TEST(sfdp_describes_it),
        TEST(a_page_is_programmed_in_its_time),
        TEST(a_program_wraps_within_its_page),
        TEST(nothing_without_write_enable),
        TEST(erases_take_their_blocks_and_times),
        MACRONIX_TEST(more_lines_need_quad_enable),
        MACRONIX_TEST(deep_power_down_takes_its_time),
        TEST(a_reset_instruction_ends_an_erase),
        TEST(faults_of_writes),
        TEST(faults_of_erases),
        TEST(no_answer),
        TEST(only_a_power_cut_interrupts),
        cmocka_unit_test(wrong_properties_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
