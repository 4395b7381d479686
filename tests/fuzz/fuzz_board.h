/* tests/fuzz/fuzz_board.h - the board that the targets run on, read once per process. */
#ifndef TESTS_FUZZ_FUZZ_BOARD_H
#define TESTS_FUZZ_FUZZ_BOARD_H

#include "sim/machine/board.h"
#include "tests/fuzz/fuzz_bytes.h"

/* The nRF52-DK, from the blob that was built with the program. Lives as long as the process. */
const struct board *fuzz_board(void);

/* A register address for a fuzzer to poke: `selector` picks a device, the System Control Space or
 * any address at all; `offset` a place in it. Low offsets, where registers are, come more often. */
uint32_t fuzz_address(uint8_t selector, struct fuzz_bytes *bytes);

/* One input for some device: what the outside world can do. */
struct fuzz_input {
    size_t device; /* index in the board */
    const char *what;
    int32_t value;
};
struct fuzz_input fuzz_input(struct fuzz_bytes *bytes);

#endif
