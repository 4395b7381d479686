/* SPIM and display together, with no CPU: a picture goes out by EasyDMA, with D/C and chip select
 * in between, and is compared with what the glass shows. Then the same with SPIM3's own chip select
 * and D/C line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/catalogue.h"
#include "peripherals/iface/tests/io_bench.h"

enum { SCK = 2, MOSI = 3, DC = 18, CS = 25, RST = 26 };

#define BUFFER (BENCH_RAM_BASE + 0x100)
#define SIDE   64U /* of the picture, in pixels */

static struct {
    struct bench *bench; /* its device is the display */
    const struct device_class *spim_class;
    void *spim;
    struct nvm nvm;
} world;

static void spim_write(uint32_t offset, uint32_t value)
{
    const struct bus_access access = {.offset = offset, .size_bytes = 4};
    (void)world.spim_class->write(world.spim, access, value);
}

/* GPIO's part of a claimed pin. */
static void claim_changed(void *owner, uint32_t pin, enum wire_level level)
{
    struct bench *b = owner;
    wire_drive(&b->pins[pin].out, level);
}

static void set_up(uint32_t base)
{
    static struct wire_listener listeners[2];
    struct bench *b = bench_new();
    world.bench = b;
    b->props[0] = (struct bench_prop){"width", 240};
    b->props[1] = (struct bench_prop){"height", 240};
    b->bus_pins[PROPS_SPI_SCK] = SCK + 1;
    b->bus_pins[PROPS_SPI_MOSI] = MOSI + 1;
    b->gpios[0] = (struct bench_gpio){"cs-gpios", CS, PROPS_GPIO_ACTIVE_LOW};
    b->gpios[1] = (struct bench_gpio){"dc-gpios", DC, 0};
    b->gpios[2] = (struct bench_gpio){"reset-gpios", RST, PROPS_GPIO_ACTIVE_LOW};
    assert_null(bench_start(b, catalogue_find("sitronix,st7789v"), 0));
    world.spim_class = catalogue_find("nordic,nrf-spim");
    world.spim = calloc(1, world.spim_class->size_bytes);
    assert_non_null(world.spim);
    world.nvm.flash_bytes = base == 0x4002F000 ? 1024U * 1024U : 512U * 1024U;
    struct device_env env = b->env;
    env.base = base;
    env.nvm = &world.nvm;
    assert_null(world.spim_class->init(world.spim, &env));
    wire_listen(&b->pins[CS].claim, &listeners[0], claim_changed, b, CS);
    wire_listen(&b->pins[DC].claim, &listeners[1], claim_changed, b, DC);
    spim_write(0x508, SCK);
    spim_write(0x50C, MOSI);
    spim_write(0x524, 0x80000000);
    spim_write(0x500, 7);
}

static int setup_spim(void **state)
{
    (void)state;
    set_up(0x40004000);
    wire_drive(&world.bench->pins[CS].out, WIRE_LOW);
    return 0;
}

static int setup_spim3(void **state)
{
    (void)state;
    set_up(0x4002F000);
    spim_write(0x514, CS);
    spim_write(0x56C, DC);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bench_free(world.bench);
    free(world.spim);
    return 0;
}

/* The transfer is over when this returns. */
static void transfer(const void *bytes, uint32_t count)
{
    struct bench *b = world.bench;
    memcpy(b->ram + 0x100, bytes, count);
    spim_write(0x544, BUFFER);
    spim_write(0x548, count);
    spim_write(0x010, 1);
    bench_run_to(b, clock_now(&b->clock) + 64 * 300);
}

static void send_by_gpio(uint8_t command, const void *data, uint32_t count)
{
    wire_drive(&world.bench->pins[DC].out, WIRE_LOW);
    transfer(&command, 1);
    wire_drive(&world.bench->pins[DC].out, WIRE_HIGH);
    if (count != 0) {
        transfer(data, count);
    }
}

static void send_by_dcx(uint8_t command, const void *data, uint32_t count)
{
    uint8_t bytes[256] = {command};
    if (count != 0) {
        memcpy(bytes + 1, data, count);
    }
    spim_write(0x570, 1); /* DCXCNT */
    transfer(bytes, 1 + count);
}

/* Something that no constant or shifted picture equals. */
static uint32_t colour_of(uint32_t x, uint32_t y)
{
    return (x * 37U + y * 101U + x * y) & 0xFFFFU;
}

static void draw(void (*send)(uint8_t command, const void *data, uint32_t count))
{
    struct bench *b = world.bench;
    uint8_t line[SIDE * 2];
    send(0x11, NULL, 0);
    bench_run_to(b, clock_now(&b->clock) + 5U * 64000U);
    send(0x21, NULL, 0);
    send(0x29, NULL, 0);
    send(0x3A, "\x55", 1);
    send(0x2A, "\x00\x20\x00\x5F", 4);
    send(0x2B, "\x00\x40\x00\x7F", 4);
    for (uint32_t y = 0; y < SIDE; y++) {
        for (uint32_t x = 0; x < SIDE; x++) {
            line[x * 2] = (uint8_t)(colour_of(x, y) >> 8);
            line[x * 2 + 1] = (uint8_t)colour_of(x, y);
        }
        send(y == 0 ? 0x2C : 0x3C, line, sizeof line);
    }
}

static void check_picture(void)
{
    const struct bench *b = world.bench;
    uint8_t row[240 * 3];
    for (uint32_t y = 0; y < 240; y++) {
        b->device_class->picture_row(b->device, y, row);
        for (uint32_t x = 0; x < 240; x++) {
            bool inside = x >= 0x20 && x <= 0x5F && y >= 0x40 && y <= 0x7F;
            uint32_t shown =
                (row[x * 3] & 0xF8U) << 8 | (row[x * 3 + 1] & 0xFCU) << 3 | row[x * 3 + 2] >> 3;
            uint32_t expected = inside ? colour_of(x - 0x20, y - 0x40) : 0xFFFF;
            if (shown != expected) {
                fail_msg("pixel %u, %u is %04X, should be %04X", x, y, shown, expected);
            }
        }
    }
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void a_picture_by_gpio(void **state)
{
    (void)state;
    draw(send_by_gpio);
    check_picture();
}

static void a_picture_by_spim3(void **state)
{
    (void)state;
    draw(send_by_dcx);
    check_picture();
    assert_int_equal(world.bench->pins[CS].out.level, WIRE_HIGH);
}

static void spim3_has_16_and_32_mhz(void **state)
{
    static const struct {
        uint32_t frequency, cycles;
    } rates[] = {{0x0A000000, 32}, {0x14000000, 16}};
    struct bench *b = world.bench;
    (void)state;
    spim_write(0x514, 0xFFFFFFFF); /* no chip select: no time before the first bit */
    for (size_t i = 0; i < 2; i++) {
        uint64_t start = clock_now(&b->clock);
        spim_write(0x524, rates[i].frequency);
        spim_write(0x118, 0);
        spim_write(0x544, BUFFER);
        spim_write(0x548, 10);
        spim_write(0x010, 1);
        bench_run_to(b, start + 10 * rates[i].cycles - 1);
        assert_int_equal(world.spim_class->peek(world.spim, 0x118), 0);
        bench_run_to(b, start + 10 * rates[i].cycles);
        assert_int_equal(world.spim_class->peek(world.spim, 0x118), 1);
    }
}

static uint32_t pixel(uint32_t x)
{
    uint8_t row[240 * 3];
    world.bench->device_class->picture_row(world.bench->device, 0, row);
    return (row[x * 3] & 0xF8U) << 8 | (row[x * 3 + 1] & 0xFCU) << 3 | row[x * 3 + 2] >> 3;
}

static void turn_on(void)
{
    struct bench *b = world.bench;
    send_by_gpio(0x11, NULL, 0);
    bench_run_to(b, clock_now(&b->clock) + 5U * 64000U);
    send_by_gpio(0x21, NULL, 0);
    send_by_gpio(0x29, NULL, 0);
    send_by_gpio(0x3A, "\x55", 1);
}

/* Bytes that were over when D/C, or the reset, changed in the middle of a burst were what the wire
 * said before. */
static void a_wire_changes_between_two_bytes(void **state)
{
    static const uint8_t bytes[16] = {0x12, 0x34, 0x12, 0x34, 0x12, 0x34, 0x12, 0x34, 0x12, 0x34};
    struct bench *b = world.bench;
    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t pin = i == 0 ? DC : RST;
        turn_on();
        send_by_gpio(0x2A, i == 0 ? "\x00\x00\x00\x5F" : "\x00\x60\x00\xBF", 4);
        send_by_gpio(0x2C, NULL, 0);
        memcpy(b->ram + 0x100, bytes, sizeof bytes);
        spim_write(0x544, BUFFER);
        spim_write(0x548, sizeof bytes);
        spim_write(0x010, 1);
        bench_run_to(b, clock_now(&b->clock) + 10 * 64 + 8);
        wire_drive(&b->pins[pin].out, WIRE_LOW); /* the rest are commands that do nothing */
        bench_run_to(b, clock_now(&b->clock) + 64 * 100);
        wire_drive(&b->pins[pin].out, WIRE_HIGH);
        bench_run_to(b, clock_now(&b->clock) + 130U * 64000U);
        turn_on();
        assert_int_equal(pixel(i * 0x60 + 4), 0x1234);
        assert_int_equal(pixel(i * 0x60 + 5), 0xFFFF);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_picture_by_gpio, setup_spim, teardown),
        cmocka_unit_test_setup_teardown(a_picture_by_spim3, setup_spim3, teardown),
        cmocka_unit_test_setup_teardown(spim3_has_16_and_32_mhz, setup_spim3, teardown),
        cmocka_unit_test_setup_teardown(a_wire_changes_between_two_bytes, setup_spim, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
