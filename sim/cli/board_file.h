/* sim/cli/board_file.h - from what the user wrote after -b to a board. */
#ifndef SIM_CLI_BOARD_FILE_H
#define SIM_CLI_BOARD_FILE_H

#include <stdio.h>

#include "sim/machine/board.h"

#define BOARD_FILE_DEFAULT "nrf52dk"

/* `name` is a board that comes with the program ("nrf52dk"), a .dtb, or a .dts, which is compiled
 * with dtc. */
bool board_file_read(const char *name, struct board *board, struct sim_error *error);

/* A line for each of the board's notes, after `prefix`. */
void board_file_print_notes(const struct board *board, FILE *out, const char *prefix);

/* The folder with the boards that come with the program; false when it is not there. */
bool board_file_folder(char *buffer, size_t size);

#endif
