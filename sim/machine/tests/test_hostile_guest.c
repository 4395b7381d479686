/* The whole nRF52-DK with guests that do nonsense: random tasks, registers, pointers, jumps.
 * Whatever they do, the simulator stays whole (under the sanitizers) and time moves.
 *
 * A failure names its seed: run this program with the seed as its argument to see just that case.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "peripherals/catalogue.h"
#include "sim/loader/file.h"
#include "sim/machine/machine.h"
#include "sim/machine/machine_input.h"

#define GUESTS      60U
#define RUN_CYCLES  1000000U
#define CODE_OFFSET 0x100U
#define CODE_HALVES 2000U

struct guest {
    uint16_t code[CODE_HALVES];
    size_t count;
    uint32_t random;
};

static uint32_t next_random(struct guest *guest)
{
    guest->random ^= guest->random << 13;
    guest->random ^= guest->random >> 17;
    guest->random ^= guest->random << 5;
    return guest->random;
}

static void emit(struct guest *guest, uint32_t half)
{
    guest->code[guest->count] = (uint16_t)half;
    guest->count++;
}

/* MOVW and MOVT (T3, T1): i:imm3:imm8 and imm4. */
static void emit_constant(struct guest *guest, uint32_t reg, uint32_t value)
{
    for (uint32_t top = 0; top < 2; top++) {
        uint32_t imm = top == 0 ? value & 0xFFFF : value >> 16;
        emit(guest, 0xF240U | top << 7 | (imm >> 11 & 1) << 10 | imm >> 12);
        emit(guest, (imm >> 8 & 7) << 12 | reg << 8 | (imm & 0xFF));
    }
}

static uint32_t pick_address(struct guest *guest, const struct board *board)
{
    uint32_t kind = next_random(guest) % 16;
    uint32_t word = next_random(guest) % 0x400 * 4;
    if (kind < 11) {
        const struct board_device *device =
            &board->devices[next_random(guest) % board->device_count];
        /* The registers that matter sit below 0x600. */
        return device->base + (kind < 8 ? word % 0x600 : word);
    }
    switch (kind) {
    case 11:
        return board->ram.base + next_random(guest) % 0x10100;
    case 12:
        return next_random(guest) % 0x80100;
    case 13:
        return 0xE000E000U + word;
    case 14:
        return 0x40000000U + next_random(guest) % 0x30000;
    default:
        return next_random(guest);
    }
}

static uint32_t pick_value(struct guest *guest)
{
    static const uint32_t likely[] = {0, 1, 2, 3, 4, 8, 0xFF, 0x20000100, 0x2000FFF0, 0xFFFFFFFF};
    uint32_t at = next_random(guest) % 16;
    return at < sizeof likely / sizeof likely[0] ? likely[at] : next_random(guest);
}

static void emit_step(struct guest *guest, const struct board *board)
{
    uint32_t kind = next_random(guest) % 20;
    emit_constant(guest, 0, pick_address(guest, board));
    if (kind < 12) {
        emit_constant(guest, 1, pick_value(guest));
        emit(guest, 0x6001); /* str r1, [r0] */
    } else if (kind < 16) {
        emit(guest, 0x6802); /* ldr r2, [r0] */
    } else if (kind == 16) {
        emit(guest, 0x7001); /* strb r1, [r0] */
    } else if (kind == 17 && next_random(guest) % 32 == 0) {
        emit(guest, 0xBF30); /* wfi */
    } else if (kind == 18) {
        emit(guest, next_random(guest)); /* anything */
    } else {
        emit(guest, 0xC10F); /* stmia r1!, {r0-r3} */
    }
}

/* A fault handler goes on two bytes further; an interrupt handler returns at once. */
static const uint16_t fault_handler[] = {0x9B06, 0x3302, 0x9306, 0x4770};
#define FAULT_HANDLER  0xE0U
#define RETURN_HANDLER 0xE6U

static uint32_t vector_of(uint32_t exception)
{
    if (exception == 0) {
        return 0x20008000U;
    }
    if (exception == 1) {
        return CODE_OFFSET + 1;
    }
    return (exception < 7 ? FAULT_HANDLER : RETURN_HANDLER) + 1;
}

static void make_guest(struct guest *guest, const struct board *board, uint32_t seed,
                       uint8_t image[0x2000])
{
    *guest = (struct guest){.random = seed * 2654435761U + 1};
    while (guest->count + 16 < CODE_HALVES) {
        emit_step(guest, board);
    }
    emit(guest, 0xBF30); /* wfi */
    emit(guest, 0xE7FD); /* b to it */
    memset(image, 0xFF, 0x2000);
    for (uint32_t i = 0; i < FAULT_HANDLER / 4; i++) {
        uint32_t entry = vector_of(i);
        memcpy(image + i * 4, &entry, 4);
    }
    memcpy(image + FAULT_HANDLER, fault_handler, sizeof fault_handler);
    memcpy(image + CODE_OFFSET, guest->code, guest->count * 2);
}

static void add_inputs(struct machine *machine, struct guest *guest)
{
    static const struct {
        const char *device, *what;
    } inputs[] = {{"button0", "press"}, {"button0", "release"},  {"pad0", "touch"},
                  {"uart0", "byte"},    {"temp", "temperature"}, {"pad0", "untouch"}};
    for (uint32_t i = 0; i < 20; i++) {
        size_t at = next_random(guest) % (sizeof inputs / sizeof inputs[0]);
        int device = machine_find_device(machine, inputs[at].device);
        assert_true(device >= 0);
        assert_true(machine_add_input(machine, device, next_random(guest) % RUN_CYCLES,
                                      inputs[at].what, (int32_t)next_random(guest)));
    }
}

static void run_guest(const struct board *board, uint32_t seed)
{
    static struct guest guest;
    static uint8_t image[0x2000];
    struct sim_error error = {.status = SIM_OK};
    struct machine_config config = {.board = board,
                                    .seed = seed,
                                    .check_isolation = seed % 2 == 0,
                                    .quirk = catalogue_find_quirk(board->chip->name)};
    config.absent = catalogue_absent_entries(&config.absent_count);
    struct machine *machine = machine_create(&config, &error);
    assert_non_null(machine);
    make_guest(&guest, board, seed, image);
    assert_true(machine_load(machine, "guest", 0, image, sizeof image, &error));
    add_inputs(machine, &guest);
    machine_reset(machine, RESET_POWER_ON);
    for (uint64_t cycle = RUN_CYCLES / 4; cycle <= RUN_CYCLES; cycle += RUN_CYCLES / 4) {
        enum machine_stop stop = machine_run(machine, cycle);
        if (stop == MACHINE_STOP_ENGINE) {
            fail_msg("seed %u: %s", seed, cpu_error(machine_cpu(machine)));
        }
        if (stop == MACHINE_STOP_LOCKUP) {
            machine_reset(machine, RESET_LOCKUP);
        } else {
            assert_true(clock_now(machine_clock(machine)) >= cycle);
        }
    }
    machine_destroy(machine);
}

static void read_board(struct board *board)
{
    struct file_bytes bytes;
    struct sim_error error = {.status = SIM_OK};
    assert_true(file_read(BOARD_BLOB, &bytes, &error));
    assert_true(board_parse(BOARD_BLOB, bytes.data, bytes.size, catalogue_find, board, &error));
    file_free(&bytes);
}

static uint32_t only_seed; /* from the command line; 0: all */

static void test_hostile_guests(void **state)
{
    (void)state;
    struct board board;
    read_board(&board);
    uint32_t first = only_seed == 0 ? 1 : only_seed;
    uint32_t last = only_seed == 0 ? GUESTS : only_seed;
    for (uint32_t seed = first; seed <= last; seed++) {
        fprintf(stderr, "\rseed %u ", seed);
        run_guest(&board, seed);
    }
    board_free(&board);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hostile_guests)};
    only_seed = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
