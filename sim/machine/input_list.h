/* sim/machine/input_list.h - what the devices of a board can be told from outside, checked before a
 * run begins: which inputs there are, and the values that they take there. Faults are in
 * fault_list.h.
 */
#ifndef SIM_MACHINE_INPUT_LIST_H
#define SIM_MACHINE_INPUT_LIST_H

#include "sim/machine/board.h"

/* Whether the device of the board takes this input with this value. Else SIM_WRONG_USE, with the
 * inputs or the values that it takes. */
bool input_list_check(const struct board *board, size_t device, const char *what, int32_t value,
                      struct sim_error *error);

/* The same for a touch at a place. A touch key, which has no places, takes none. */
bool input_list_check_touch(const struct board *board, size_t device, int32_t x, int32_t y,
                            struct sim_error *error);

#endif
