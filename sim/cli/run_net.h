/* sim/cli/run_net.h - `run --net FILE`: several machines in one run, each a session of its own. */
#ifndef SIM_CLI_RUN_NET_H
#define SIM_CLI_RUN_NET_H

#include "sim/cli/run_options.h"

/* Reads the file, runs all to the end, prints what they say with their names, and a summary of
 * each. The exit status of the program. */
enum sim_status run_net(const struct run_options *options, struct sim_error *error);

#endif
