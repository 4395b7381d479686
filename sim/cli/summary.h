/* sim/cli/summary.h - what a run was: time, instructions, system calls, processes, MPU, RAM, and
 * who polled what is not there. */
#ifndef SIM_CLI_SUMMARY_H
#define SIM_CLI_SUMMARY_H

#include <stdio.h>

#include "sim/view/kernel_view.h"
#include "sim/loader/image.h"
#include "sim/loader/symbol_map.h"
#include "sim/machine/machine.h"
#include "sim/machine/machine_view.h"

struct summary_sources {
    struct machine *machine;
    const struct image *firmware; /* how much RAM its own data take */
    const struct symbol_map *symbols;
    const struct kernel_view *kernel; /* what of a process's block its grants are, if known */
    bool mpu_account;                 /* the MPU's whole account, not only its line */
    struct machine_totals begun;      /* where the run began: not 0 after --restore */
    uint64_t wall_ns;                 /* that the run took; 0: nothing is said of the host's time */
    uint64_t run_ns;                  /* of which the machine ran: without pacing */
};

void summary_print(FILE *stream, const struct summary_sources *sources);

#endif
