/* sim/cli/summary_mpu.h - the MPU's part of the summary: switches and refusals; on
 * demand the whole account; hits when they were counted. */
#ifndef SIM_CLI_SUMMARY_MPU_H
#define SIM_CLI_SUMMARY_MPU_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/machine/machine_view.h"

/* `whole_account`: --mpu-stats account. `run_ns`: host time that the machine ran; 0: not
 * to be told. Prints nothing
 * for a guest that has left the MPU alone. */
void summary_mpu_print(FILE *stream, struct machine *machine, const struct machine_totals *totals,
                       bool whole_account, uint64_t run_ns);

#endif
