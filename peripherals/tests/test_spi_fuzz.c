/* Whatever a guest does with SPI and QSPI while a flash and a display listen, and whatever happens
 * to the wires: no access out of bounds, no end of time, and every state is one that a snapshot may
 * hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/catalogue.h"
#include "peripherals/iface/tests/io_bench.h"

#define STEPS  20000U
#define EVENTS 20000U /* most in one step: no loop that stops time */

enum { SCK = 2, MOSI = 3, MISO = 4, FLASH_CS = 5, DISPLAY_CS = 6, DC = 7, RESET = 8 };

static const struct kind {
    const char *compatible;
    uint32_t base;
} kinds[] = {
    {"nordic,nrf-spim", 0x40003000},
    {"nordic,nrf-spim", 0x40004000},
    {"nordic,nrf-spim", 0x4002F000},
    {"nordic,nrf-qspi", 0x40029000},
    {"jedec,spi-nor", 0},
    {"sitronix,st7789v", 0},
};
#define DEVICES (sizeof kinds / sizeof kinds[0])

static struct {
    struct bench *bench;
    const struct device_class *classes[DEVICES];
    void *devices[DEVICES];
    struct part_memory memories[DEVICES];
    struct nvm nvm;
    uint32_t seed;
} world;

static uint32_t random_number(void)
{
    world.seed ^= world.seed << 13;
    world.seed ^= world.seed >> 17;
    world.seed ^= world.seed << 5;
    return world.seed;
}

static void claim_changed(void *owner, uint32_t pin, enum wire_level level)
{
    struct bench *b = owner;
    wire_drive(&b->pins[pin].out, level);
    wire_drive(&b->pins[pin].pad, level == WIRE_HIGH ? WIRE_HIGH : WIRE_LOW);
}

static void make(size_t index)
{
    const struct device_class *class = catalogue_find(kinds[index].compatible);
    struct device_env env = world.bench->env;
    struct part_memory *memory = &world.memories[index];
    if (class->memory_bytes != NULL) {
        uint32_t size = class->memory_bytes(&env.props);
        *memory = (struct part_memory){calloc(size, 1),
                                       calloc(size / PART_MEMORY_PAGE_BYTES, sizeof(bool)), size};
        env.memory = memory;
    }
    env.base = kinds[index].base;
    env.events.base = env.base;
    env.nvm = &world.nvm;
    world.classes[index] = class;
    world.devices[index] = calloc(1, class->size_bytes);
    assert_null(class->init(world.devices[index], &env));
    class->reset(world.devices[index], RESET_POWER_ON);
}

static void set_up(void)
{
    static struct wire_listener listeners[BENCH_PINS];
    struct bench *b = bench_new();
    world.bench = b;
    world.nvm.flash_bytes = 1024U * 1024U;
    b->props[0] = (struct bench_prop){"size", 0x100000};
    b->props[1] = (struct bench_prop){"easydma-maxcnt-bits", 10};
    b->bytes = (struct bench_bytes){"jedec-id", {0xC2, 0x28, 0x17}, 3};
    b->bus_pins[PROPS_SPI_SCK] = SCK + 1;
    b->bus_pins[PROPS_SPI_MOSI] = MOSI + 1;
    b->bus_pins[PROPS_SPI_MISO] = MISO + 1;
    b->gpios[0] = (struct bench_gpio){"cs-gpios", FLASH_CS, PROPS_GPIO_ACTIVE_LOW};
    b->gpios[1] = (struct bench_gpio){"dc-gpios", DC, 0};
    b->gpios[2] = (struct bench_gpio){"reset-gpios", RESET, PROPS_GPIO_ACTIVE_LOW};
    assert_null(bench_start(b, catalogue_find("nordic,nrf-temp"), 0x4000C000)); /* for its env */
    for (size_t i = 0; i < DEVICES; i++) {
        b->gpios[0].number = i + 1 == DEVICES ? DISPLAY_CS : FLASH_CS;
        make(i);
    }
    for (uint32_t i = 0; i < 9; i++) {
        wire_listen(&b->pins[i].claim, &listeners[i], claim_changed, b, i);
    }
}

static void tear_down(void)
{
    for (size_t i = 0; i < DEVICES; i++) {
        free(world.devices[i]);
        free(world.memories[i].inverted);
        free(world.memories[i].touched);
    }
    bench_free(world.bench);
    memset(&world, 0, sizeof world);
}

/* What registers mean something to: pins, counts, addresses in RAM, single bits. */
static uint32_t random_value(uint32_t offset)
{
    uint32_t random = random_number();
    if (offset < 0x100) {
        return 1;
    }
    if (offset >= 0x500 && offset <= 0x514 && random % 4 != 0) {
        return random >> 8 & 0xFU;
    }
    switch (random % 5) {
    case 0:
        return BENCH_RAM_BASE + (random >> 8 & 0x1FFFU);
    case 1:
        return 1U << (random >> 8 & 31U);
    case 2:
        return random >> 8 & 0x1FU;
    case 3:
        return 0x80000000U;
    default:
        return random_number();
    }
}

static void poke(void)
{
    static const uint16_t starts[] = {0x000, 0x010, 0x020, 0x100, 0x200, 0x300, 0x400,
                                      0x500, 0x508, 0x518, 0x524, 0x534, 0x544, 0x554,
                                      0x5C0, 0x600, 0x614, 0x624, 0x634, 0x560};
    size_t index = random_number() % 4;
    uint32_t value = 0;
    struct bus_access access = {.offset = starts[random_number() % 20] + random_number() % 5 * 4U,
                                .size_bytes = 4};
    if (random_number() % 4 == 0) {
        access.offset = random_number() % 8 == 0 ? 0x12000000U - kinds[index].base : access.offset;
        (void)world.classes[index]->read(world.devices[index], access, &value);
    } else {
        (void)world.classes[index]->write(world.devices[index], access,
                                          random_value(access.offset));
    }
}

static void run(uint64_t cycles)
{
    struct clock *clock = &world.bench->clock;
    uint64_t end = clock_now(clock) + cycles;
    uint32_t events = 0;
    while (clock_next_due(clock) <= end) {
        clock_set_now(clock, clock_next_due(clock));
        clock_fire_due(clock);
        assert_true(events++ < EVENTS);
    }
    clock_set_now(clock, end);
}

static void write_to(size_t index, uint32_t offset, uint32_t value)
{
    const struct bus_access access = {.offset = offset, .size_bytes = 4};
    (void)world.classes[index]->write(world.devices[index], access, value);
}

/* Now and then things are as a driver would have them: pins, rate, buffers, instructions in RAM. */
static void set_right(void)
{
    static const uint8_t instructions[] = {0x02, 0x06, 0x06, 0x06, 0x20, 0x03, 0x05,
                                           0x9F, 0x11, 0x29, 0x2A, 0x2B, 0x2C, 0x36,
                                           0x3A, 0xB9, 0xAB, 0xC7, 0xEB, 0x01, 0x40};
    static const uint32_t of_spim[] = {0x500, 7,     0x508,      SCK,   0x50C, MOSI,  0x510,
                                       MISO,  0x524, 0x80000000, 0x554, 0,     0x200, 0};
    static const uint32_t of_qspi[] = {0x524, SCK,   0x528,      FLASH_CS, 0x530, MOSI,  0x534,
                                       MISO,  0x600, 0x10040405, 0x500,    1,     0x000, 1};
    struct bench *b = world.bench;
    size_t index = random_number() % 4;
    const uint32_t *pairs = index == 3 ? of_qspi : of_spim;
    uint32_t buffer = random_number() % 0x1000U;
    bool flash = random_number() % 2 != 0;
    for (size_t i = 0; i < 14; i += 2) {
        write_to(index, pairs[i], pairs[i + 1]);
    }
    for (uint32_t i = 0; i < 64; i++) {
        b->ram[buffer + i] =
            random_number() % 4 == 0 ? instructions[random_number() % sizeof instructions] : 0;
    }
    b->ram[buffer] = instructions[random_number() % sizeof instructions];
    wire_drive(&b->pins[FLASH_CS].out, WIRE_HIGH); /* an edge of the chip select */
    wire_drive(&b->pins[flash ? FLASH_CS : DISPLAY_CS].out, WIRE_LOW);
    wire_drive(&b->pins[flash ? DISPLAY_CS : FLASH_CS].out, WIRE_HIGH);
    wire_drive(&b->pins[RESET].out, WIRE_HIGH);
    write_to(index, index == 3 ? 0x514 : 0x544, BENCH_RAM_BASE + buffer);
    write_to(index, index == 3 ? 0x518 : 0x548, 1 + random_number() % 40);
    write_to(index, index == 3 ? 0x008 : 0x010, 1);
    run(30000);
    wire_drive(&b->pins[FLASH_CS].out, WIRE_HIGH);
}

static void disturb(void)
{
    static const char *const faults[] = {"no-answer", "write-drop", "write-torn", "erase-partial",
                                         "worn-page"};
    struct bench *b = world.bench;
    uint32_t random = random_number();
    struct device_input input = {.what = faults[random % 5], .value = (int32_t)(random >> 8 & 1)};
    size_t index = random >> 16 & 7U;
    switch (random >> 24 & 15U) {
    case 0:
    case 1:
    case 2:
        wire_drive(&b->pins[random % 9].out, (random >> 8 & 1U) != 0 ? WIRE_HIGH : WIRE_LOW);
        break;
    case 3:
        wire_drive(&b->pins[random % 9].pad, (random >> 8 & 1U) != 0 ? WIRE_HIGH : WIRE_LOW);
        break;
    case 4:
        (void)world.classes[4 + (index & 1)]->input(world.devices[4 + (index & 1)], &input);
        break;
    case 5:
        if (index < DEVICES && random % 16 == 0) {
            world.classes[index]->reset(world.devices[index], RESET_POWER_ON);
            if (world.classes[index]->update != NULL) {
                world.classes[index]->update(world.devices[index]);
            }
        }
        break;
    default:
        break;
    }
}

static void check(uint32_t seed, uint32_t step)
{
    for (size_t i = 0; i < DEVICES; i++) {
        const struct device_class *class = world.classes[i];
        const char *state = (const char *)world.devices[i] + class->state_offset;
        if (!class->state_is_sane(world.devices[i], state, clock_now(&world.bench->clock))) {
            fail_msg("run %u, step %u: %s is in a state that its snapshot refuses", seed, step,
                     class->name);
        }
    }
}

static void it_survives(void **state)
{
    uint32_t notes = 0;
    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        set_up();
        world.seed = seed * 2654435761U;
        for (uint32_t step = 0; step < STEPS; step++) {
            poke();
            disturb();
            if (random_number() % 16 == 0) {
                set_right();
            }
            run(random_number() % 3000);
            check(seed, step);
        }
        notes += world.bench->notes.count;
        tear_down();
    }
    assert_true(notes > 100); /* programs, erases, frames: bytes did arrive */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_survives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
