/* Every device of the nRF52-DK, poked without a core: accesses anywhere in their windows, time, the
 * outside world, resets, PPI.
 *
 * Input: a sequence of steps, each a byte and what it needs (see step). What must hold: a peek
 * changes nothing and sees what a read would; no cycle goes on for ever and no event stays in the
 * past (device_world.c); an interrupt line is what INTEN and the event registers say; time costs
 * a bounded number of events and tasks.
 */
#include "tests/fuzz/device_world.h"

#define LIMIT_SECONDS 10U
#define STEPS_MAX     600U
#define BUDGET        400000U /* events, and tasks eightfold, of one input: some 2 s of a storm */
#define LONG_ADVANCE  6400000U
#define SLICE         4096U /* time passes in slices, so that no flood hides in a long stretch */

/* Events a device may fire in a cycle on average, times cycles, is what a stretch of time may cost:
 * a TIMER that matches at each of its ticks fires every 4 cycles; PPI goes on every 4. An event
 * triggers at most the tasks of all channels and forks. */
#define EVENTS_PER_CYCLES(cycles) (64U + (cycles)*4U)
#define TASKS_PER_EVENT           64U

static uint8_t pick_size(uint8_t code)
{
    return code >= 6 ? (uint8_t)(code - 5) : 4; /* 6, 7: a byte, two */
}

/* A register that the device knows reads as a peek showed it, unless the read itself took something
 * out (then the next peek shows it). Unknown ones may read as an erratum wants. */
static void check_read(struct world *world, uint32_t address)
{
    uint32_t peeked = world_peek_checked(world, address);
    uint32_t value = 0;
    bool answered = world_read(world, address & ~3U, 4, &value);
    if (answered && peeked != 0 && world_peek(world, address) == peeked) {
        fuzz_check(value == peeked, "a read gives something else than a peek");
    }
}

static bool is_spent(const struct world *world)
{
    return world->fired + world->tasks / 8 > BUDGET;
}

static void advance_slice(struct world *world, uint64_t cycles)
{
    uint64_t fired = world->fired;
    uint64_t tasks = world->tasks;
    world_run_to(world, clock_now(&world->clock) + cycles);
    uint64_t most = EVENTS_PER_CYCLES(cycles);
    fuzz_check(world->fired - fired <= most, "a flood of events");
    fuzz_check(world->tasks - tasks <= most * TASKS_PER_EVENT, "a flood of tasks");
}

/* As the core: for so many cycles, or until it is no longer held. */
static void advance(struct world *world, uint64_t cycles)
{
    uint64_t end = clock_now(&world->clock) + cycles;
    for (;;) {
        uint64_t now = clock_now(&world->clock);
        end = world->stall_until_cycle > end ? world->stall_until_cycle : end;
        if (now >= end || is_spent(world)) {
            return;
        }
        advance_slice(world, end - now < SLICE ? end - now : SLICE);
    }
}

static void step(struct world *world, struct fuzz_bytes *bytes)
{
    static const uint32_t flash_like[] = {0, 0x10001000, 0x7FFFC, 0x100013FC};
    uint8_t code = fuzz_u8(bytes);
    uint32_t value = 0;
    switch (code & 0xF) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7: {
        uint8_t size = pick_size(code & 7U);
        uint32_t address = fuzz_address(code >> 5, bytes);
        (void)world_write(world, address / size * size, size, fuzz_value(bytes));
        break;
    }
    case 8:
        check_read(world, fuzz_address((code >> 4) % 6, bytes));
        break;
    case 9: {
        uint8_t size = (uint8_t)(1U << (code >> 4) % 3);
        (void)world_read(world, fuzz_address(5, bytes) / size * size, size, &value);
        break;
    }
    case 10:
        (void)world_peek_checked(world, fuzz_address((code >> 4) % 6, bytes));
        break;
    case 11:
    case 12:
        advance(world, (code & 0x10) != 0 ? fuzz_u16(bytes) : fuzz_u8(bytes));
        break;
    case 13:
        advance(world, code == 0xFD ? LONG_ADVANCE : fuzz_u16(bytes) * 16U);
        break;
    case 14: {
        struct fuzz_input input = fuzz_input(bytes);
        world_input(world, &input);
        break;
    }
    default:
        switch (code >> 4 & 3) {
        case 0:
            world_reset(world, fuzz_u32(bytes));
            break;
        case 1:
            wire_drive(&world->pins[fuzz_u8(bytes) % fuzz_board()->pin_count].in,
                       (enum wire_level)(fuzz_u8(bytes) % 3));
            break;
        default:
            (void)world_write(world, flash_like[code >> 4 & 3] + (fuzz_u8(bytes) & 0xFCU), 4,
                              fuzz_u32(bytes));
            break;
        }
        break;
    }
}

/* INTEN and the event registers of every device, as a debugger sees them. */
static void check_lines(struct world *world)
{
    const struct board *board = fuzz_board();
    for (size_t i = 0; i < board->device_count; i++) {
        const struct board_device *device = &board->devices[i];
        if (device->irqn == BOARD_NO_IRQ || device->window_bytes == 0) {
            continue;
        }
        uint32_t inten = world_peek(world, device->base + 0x304);
        bool wanted = false;
        for (uint32_t k = 0; k < 32; k++) {
            wanted = wanted || ((inten >> k & 1U) != 0 &&
                                world_peek(world, device->base + 0x100 + 4 * k) != 0);
        }
        bool level = (world->irq_levels[device->irqn / 64] >> device->irqn % 64 & 1U) != 0;
        if (level != wanted) {
            fuzz_fail("%s: the interrupt line is %d", device->name, level);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes bytes = {.data = data, .size = size};
    fuzz_prepare();
    struct world *world = world_start();
    fuzz_limit_seconds(LIMIT_SECONDS);
    for (uint32_t i = 0; i < STEPS_MAX && fuzz_more(&bytes); i++) {
        step(world, &bytes);
        if (is_spent(world)) {
            break;
        }
    }
    check_lines(world);
    fuzz_limit_seconds(0);
    return 0;
}
