/* sim/cli/summary.h - what a run was: time, instructions, system calls, processes, MPU, RAM, and
 * who polled what is not there. Printed on stderr at the end. */
#ifndef SIM_CLI_SUMMARY_H
#define SIM_CLI_SUMMARY_H

#include "sim/loader/image.h"
#include "sim/loader/symbol_map.h"
#include "sim/machine/machine.h"

/* `firmware` says how much RAM the firmware's own data take; `wall_ns` what the run took. */
void summary_print(struct machine *machine, const struct image *firmware,
                   const struct symbol_map *symbols, uint64_t wall_ns);

#endif
