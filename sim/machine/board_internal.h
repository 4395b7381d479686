/* sim/machine/board_internal.h - between the files board*.c. */
#ifndef SIM_MACHINE_BOARD_INTERNAL_H
#define SIM_MACHINE_BOARD_INTERNAL_H

#include "sim/machine/board.h"

/* board_devices.c: fills in the devices and notes. */
bool board_add_devices(struct board *board, board_find_class *find_class, struct sim_error *error);

/* board_check.c: what one device alone cannot know of: windows and addresses that clash, pins that
 * are not there. */
bool board_check(const struct board *board, struct sim_error *error);

#endif
