/* sim/cli/run_inputs.h - the inputs of the command line (--press, --touch, --uart-in, --set). */
#ifndef SIM_CLI_RUN_INPUTS_H
#define SIM_CLI_RUN_INPUTS_H

#include "sim/cli/run_session.h"

/* Queues them all. A device that the board does not have is SIM_WRONG_USE. */
bool run_inputs_queue(struct run_session *session, struct sim_error *error);

#endif
