/* sim/machine/fault_list.h - every fault that the devices and parts of a board can be told to have:
 * what there is to list, and to choose from.
 *
 * A fault is an input (machine_input.h) whose name is the fault's: machine_add_input with
 * fault->name and a value that fault_list_allows makes it happen, and 0 ends it.
 */
#ifndef SIM_MACHINE_FAULT_LIST_H
#define SIM_MACHINE_FAULT_LIST_H

#include "sim/machine/board.h"

#define FAULT_DEFAULT_VALUE 1 /* where the user gives none */

struct fault_choice {
    size_t device; /* index in board->devices, and of machine_add_input */
    const struct device_fault *fault;
    int32_t value_min, value_max; /* of this fault at this device */
};

/* The one with this index, from 0: by device, then as its class lists them. False: there are not so
 * many. */
bool fault_list_at(const struct board *board, size_t index, struct fault_choice *choice);

/* The fault of a device of the board. False with SIM_WRONG_USE when the device has no such fault;
 * the message lists those it has. */
bool fault_list_find(const struct board *board, size_t device, const char *fault,
                     struct fault_choice *choice, struct sim_error *error);

/* Whether this value may be queued: 0, or one of the range. */
bool fault_list_allows(const struct fault_choice *choice, int32_t value);

#endif
