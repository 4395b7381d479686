/* ST7789: commands and pixels over the SPI wires, and what the glass shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/parts/st7789.h"

enum { SCK = 2, MOSI = 3, DC = 18, CS = 25, RESET = 26 };

#define MS 64000U /* cycles */

static struct spi_controller controller;

static int setup(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    b->props[0] = (struct bench_prop){"width", 240};
    b->props[1] = (struct bench_prop){"height", 240};
    b->bus_pins[PROPS_SPI_SCK] = SCK + 1;
    b->bus_pins[PROPS_SPI_MOSI] = MOSI + 1;
    b->gpios[0] = (struct bench_gpio){"cs-gpios", CS, PROPS_GPIO_ACTIVE_LOW};
    b->gpios[1] = (struct bench_gpio){"dc-gpios", DC, 0};
    b->gpios[2] = (struct bench_gpio){"reset-gpios", RESET, PROPS_GPIO_ACTIVE_LOW};
    controller = (struct spi_controller){.pins = b->pins, .pin_count = BENCH_PINS};
    assert_null(bench_start(b, &part_st7789_class, 0));
    wire_drive(&b->pins[CS].out, WIRE_LOW);
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static void send(struct bench *b, bool data, const void *bytes, size_t count)
{
    const struct spi_pins pins = {SCK, MOSI, SPI_NO_PIN};
    const struct spi_frame frame = {.lines = 1, .hz = 8000000};
    wire_drive(&b->pins[DC].out, data ? WIRE_HIGH : WIRE_LOW);
    for (size_t i = 0; i < count; i++) {
        (void)spi_exchange(&b->nets.spi, &controller, &pins, ((const uint8_t *)bytes)[i], &frame);
    }
}

/* A command and its parameters. */
static void command(struct bench *b, uint8_t code, const void *parameters, size_t count)
{
    send(b, false, &code, 1);
    send(b, true, parameters, count);
}

static void window(struct bench *b, uint32_t x0, uint32_t x1, uint32_t y0, uint32_t y1)
{
    const uint8_t columns[] = {(uint8_t)(x0 >> 8), (uint8_t)x0, (uint8_t)(x1 >> 8), (uint8_t)x1};
    const uint8_t rows[] = {(uint8_t)(y0 >> 8), (uint8_t)y0, (uint8_t)(y1 >> 8), (uint8_t)y1};
    command(b, 0x2A, columns, 4);
    command(b, 0x2B, rows, 4);
}

static void turn_on(struct bench *b)
{
    command(b, 0x11, NULL, 0);
    bench_run_to(b, clock_now(&b->clock) + 5 * MS);
    command(b, 0x21, NULL, 0); /* the glass wants inversion */
    command(b, 0x29, NULL, 0);
    command(b, 0x3A, "\x55", 1);
}

static uint32_t pixel(struct bench *b, uint32_t x, uint32_t y)
{
    uint8_t row[240 * 3];
    b->device_class->picture_row(b->device, y, row);
    return (uint32_t)row[x * 3] << 16 | (uint32_t)row[x * 3 + 1] << 8 | row[x * 3 + 2];
}

static uint32_t changes(struct bench *b)
{
    struct device_picture picture = {0};
    assert_true(b->device_class->picture(b->device, &picture));
    return picture.changes;
}

/* Whoever has a copy of the picture asks by this number whether it is still right. */
static void every_change_of_the_glass_has_another_number(void **state)
{
    struct bench *b = *state;
    uint32_t seen[8] = {0};
    size_t count = 0;
    seen[count++] = changes(b);
    turn_on(b);
    seen[count++] = changes(b);
    window(b, 10, 11, 20, 21);
    assert_int_equal(changes(b), seen[1]); /* nothing to be seen yet */
    command(b, 0x2C, "\xF8\x00", 2);
    seen[count++] = changes(b);
    command(b, 0x2C, "\x07\xE0", 2); /* the same pixel again */
    seen[count++] = changes(b);
    command(b, 0x20, NULL, 0);
    seen[count++] = changes(b);
    command(b, 0x36, "\x08", 1);
    seen[count++] = changes(b);
    command(b, 0x28, NULL, 0);
    seen[count++] = changes(b);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(seen[i], seen[k]);
        }
    }
}

static uint32_t guest_errors(const struct bench *b)
{
    return b->diag.count[DIAG_GUEST_ERROR];
}

static void it_is_black_until_it_is_on(void **state)
{
    struct bench *b = *state;
    struct device_picture picture;
    assert_true(b->device_class->picture(b->device, &picture));
    assert_int_equal(picture.width, 240);
    assert_int_equal(picture.height, 240);
    assert_int_equal(pixel(b, 0, 0), 0);
    turn_on(b);
    assert_int_equal(pixel(b, 0, 0), 0xFFFFFF);
    assert_string_equal(b->notes.entries[0].what, "on");
    command(b, 0x28, NULL, 0);
    assert_int_equal(pixel(b, 0, 0), 0);
    assert_string_equal(b->notes.entries[1].what, "off");
    assert_int_equal(guest_errors(b), 0);
}

static void pixels_fill_the_window(void **state)
{
    struct bench *b = *state;
    static const uint8_t colours[] = {0xF8, 0x00, 0x07, 0xE0, 0x00, 0x1F, 0x84, 0x10};
    turn_on(b);
    window(b, 10, 11, 20, 21);
    command(b, 0x2C, colours, 8);
    assert_int_equal(pixel(b, 10, 20), 0xFF0000);
    assert_int_equal(pixel(b, 11, 20), 0x00FF00);
    assert_int_equal(pixel(b, 10, 21), 0x0000FF);
    assert_int_equal(pixel(b, 11, 21), 0x848284);
    assert_int_equal(pixel(b, 12, 20), 0xFFFFFF);
    assert_int_equal(pixel(b, 9, 20), 0xFFFFFF);
    assert_string_equal(b->notes.entries[b->notes.count - 1].what, "frame");
    command(b, 0x2C, colours + 2, 2); /* from the start again */
    assert_int_equal(pixel(b, 10, 20), 0x00FF00);
    command(b, 0x3C, colours + 4, 2); /* goes on */
    assert_int_equal(pixel(b, 11, 20), 0x0000FF);
    command(b, 0x20, NULL, 0); /* no inversion: the glass shows the opposite */
    assert_int_equal(pixel(b, 11, 20), 0xFFFF00);
    assert_int_equal(guest_errors(b), 0);
}

static void colours_of_12_and_18_bits(void **state)
{
    struct bench *b = *state;
    turn_on(b);
    window(b, 0, 239, 0, 0);
    command(b, 0x3A, "\x53", 1);
    command(b, 0x2C, "\x12\x3A\xBC", 3);
    assert_int_equal(pixel(b, 0, 0), 0x112233);
    assert_int_equal(pixel(b, 1, 0), 0xAABBCC);
    command(b, 0x3A, "\x66", 1);
    command(b, 0x2C, "\xFC\x80\x04", 3);
    assert_int_equal(pixel(b, 0, 0), 0xFF8204);
}

static void madctl_turns_the_picture(void **state)
{
    static const struct {
        uint8_t madctl;
        uint32_t x, y; /* where the pixel of column 1, row 2 comes out */
    } rows[] = {{0x00, 1, 2}, {0x40, 238, 2}, {0x80, 1, 317}, {0xC0, 238, 317},
                {0x20, 2, 1}, {0x60, 237, 1}, {0xA0, 2, 318}, {0xE0, 237, 318}};
    struct bench *b = *state;
    turn_on(b);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        command(b, 0x36, &rows[i].madctl, 1);
        window(b, 1, 1, 2, 2);
        command(b, 0x2C, "\x12\x34", 2);
        uint32_t at = (rows[i].y * ST7789_COLUMNS + rows[i].x) * ST7789_PIXEL_BYTES;
        assert_int_equal(part_memory_get(&b->memory, at), 0x10);
        part_memory_put(&b->memory, at, 0xFF);
    }
    command(b, 0x36, "\x08", 1); /* blue and red exchanged */
    command(b, 0x2C, "\xF8\x00", 2);
    assert_int_equal(pixel(b, 1, 2), 0x0000FF);
}

static void scrolling_moves_lines(void **state)
{
    struct bench *b = *state;
    turn_on(b);
    for (uint32_t y = 0; y < 320; y++) {
        const uint8_t colour[] = {0, (uint8_t)(y & 0x1F)};
        window(b, 0, 0, y, y);
        command(b, 0x2C, colour, 2);
    }
    command(b, 0x33, "\x00\x0A\x01\x2C\x00\x0A", 6); /* 10 fixed, 300, 10 fixed */
    command(b, 0x37, "\x00\x0C", 2);                 /* from row 12 on */
    assert_int_equal(pixel(b, 0, 9), 9 * 0x08 + 2);
    assert_int_equal(pixel(b, 0, 10), 12 * 0x08 + 3);
    assert_int_equal(pixel(b, 0, 239), (241 & 31) * 0x08 + 4);
    command(b, 0x33, "\x01\x00\x01\x00\x00\x00", 6); /* too large */
    assert_int_equal(guest_errors(b), 1);
}

static void reset_and_chip_select(void **state)
{
    struct bench *b = *state;
    turn_on(b);
    wire_drive(&b->pins[CS].out, WIRE_HIGH);
    command(b, 0x28, NULL, 0); /* not for it */
    assert_int_equal(pixel(b, 0, 0), 0xFFFFFF);
    wire_drive(&b->pins[CS].out, WIRE_LOW);
    wire_drive(&b->pins[RESET].out, WIRE_LOW);
    assert_int_equal(pixel(b, 0, 0), 0);
    command(b, 0x29, NULL, 0); /* in reset */
    wire_drive(&b->pins[RESET].out, WIRE_HIGH);
    assert_int_equal(guest_errors(b), 0);
    command(b, 0x11, NULL, 0); /* too early */
    assert_int_equal(guest_errors(b), 1);
    bench_run_to(b, clock_now(&b->clock) + 5 * MS);
    turn_on(b);
    assert_int_equal(guest_errors(b), 1);
    assert_int_equal(pixel(b, 0, 0), 0xFFFFFF);
    uint8_t line_and_a_pixel[241 * 2] = {0}; /* the window is the whole memory again */
    command(b, 0x2C, line_and_a_pixel, sizeof line_and_a_pixel);
    assert_int_equal(pixel(b, 239, 0), 0);
    assert_int_equal(pixel(b, 0, 1), 0);
    assert_int_equal(pixel(b, 1, 1), 0xFFFFFF);
    command(b, 0x2C, "\xFF\xFF", 2);
    bench_reset(b, RESET_SREQ); /* of the chip */
    assert_int_equal(pixel(b, 0, 0), 0xFFFFFF);
    bench_reset(b, RESET_POWER_ON);
    assert_int_equal(pixel(b, 0, 0), 0);
}

static void odd_commands_are_reported(void **state)
{
    struct bench *b = *state;
    command(b, 0xB2, "\x0C\x0C\x00\x33\x33", 5);
    command(b, 0xE0, "01234567890123456789", 20);
    assert_int_equal(guest_errors(b), 0);
    command(b, 0x77, NULL, 0);
    assert_int_equal(guest_errors(b), 1);
    window(b, 20, 10, 0, 0);
    assert_int_equal(guest_errors(b), 2);
    assert_true(bench_input(b, "no-answer", 1));
    turn_on(b);
    assert_int_equal(pixel(b, 0, 0), 0);
    assert_true(bench_input(b, "no-answer", 0));
    turn_on(b);
    assert_int_equal(pixel(b, 0, 0), 0xFFFFFF);
}

/* A child of the SPI bus itself, as older devicetrees have it. */
static void the_older_shape_is_understood(void **state)
{
    struct bench *b = *state;
    bench_clear_nets(b);
    free(b->device);
    free(b->memory.inverted);
    free(b->memory.touched);
    b->gpios[1] = (struct bench_gpio){"cmd-data-gpios", DC, PROPS_GPIO_ACTIVE_LOW};
    assert_null(bench_start(b, &part_st7789_class, 0));
    wire_drive(&b->pins[CS].out, WIRE_LOW);
    turn_on(b);
    assert_int_equal(pixel(b, 0, 0), 0xFFFFFF);
}

static void wrong_properties_are_refused(void **state)
{
    struct bench *b = bench_new();
    (void)state;
    b->props[0] = (struct bench_prop){"width", 241};
    assert_non_null(strstr(bench_start(b, &part_st7789_class, 0), "240 x 320"));
    free(b->device);
    free(b->memory.inverted);
    free(b->memory.touched);
    b->props[0].value = 240;
    assert_non_null(strstr(bench_start(b, &part_st7789_class, 0), "pinctrl-0"));
    bench_free(b);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(it_is_black_until_it_is_on),    TEST(every_change_of_the_glass_has_another_number),
        TEST(pixels_fill_the_window),        TEST(colours_of_12_and_18_bits),
        TEST(madctl_turns_the_picture),      TEST(scrolling_moves_lines),
        TEST(reset_and_chip_select),         TEST(odd_commands_are_reported),
        TEST(the_older_shape_is_understood), cmocka_unit_test(wrong_properties_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
