/* tests/fuzz/fuzz_board.h - the board that the targets run on, read once per process. */
#ifndef TESTS_FUZZ_FUZZ_BOARD_H
#define TESTS_FUZZ_FUZZ_BOARD_H

#include "sim/machine/board.h"
#include "sim/machine/machine.h"
#include "tests/fuzz/fuzz_bytes.h"

/* The board that the environment's FUZZ_BOARD names, nrf52dk without it: from the blob that was
 * built with the program. Lives as long as the process. */
const struct board *fuzz_board(void);

/* A machine that lives as long as the process: destroyed at its end, since a search for leaks does
 * not look into a machine's memory. At most 64. */
void fuzz_keep_machine(struct machine *machine);

/* Finds out which registers the devices have, once per process. Call it before fuzz_address, and
 * while no world is in use. */
void fuzz_prepare(void);

/* A register address for a fuzzer to poke: `selector` picks one of a device's registers, a place in
 * its window, the System Control Space or any address at all; then come the bytes that say which.
 */
uint32_t fuzz_address(uint8_t selector, struct fuzz_bytes *bytes);

/* The value for a register: what registers often want - small numbers, single bits, pointers into
 * RAM, addresses of events and tasks - or anything. */
uint32_t fuzz_value(struct fuzz_bytes *bytes);

/* One input for some device: what the outside world can do. */
struct fuzz_input {
    size_t device; /* index in the board */
    const char *what;
    int32_t value;
};
struct fuzz_input fuzz_input(struct fuzz_bytes *bytes);

#endif
