/* sim/cli/board_kernel.h - which of the kernels that come with the program fits a board. */
#ifndef SIM_CLI_BOARD_KERNEL_H
#define SIM_CLI_BOARD_KERNEL_H

#include "sim/machine/board.h"

/* The name of the kernel ("nrf52dk") for a board, by the `compatible` of its root: a board that
 * includes one of ours has it, and so has a tree from a Zephyr build for the same board. NULL when
 * there is none. */
const char *board_kernel_name(const struct board *board);

/* Where the ELF of that kernel is. SIM_WRONG_USE when there is none, or when it is not built;
 * `board_name` is what the user calls the board. */
bool board_kernel_find(const struct board *board, const char *board_name, char *path, size_t size,
                       struct sim_error *error);

#endif
