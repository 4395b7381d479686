/* sim/cli/run_debug.h - a run that a debugger drives: --gdb. */
#ifndef SIM_CLI_RUN_DEBUG_H
#define SIM_CLI_RUN_DEBUG_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/debug/gdb_server.h"
#include "sim/loader/sim_error.h"

struct run_session;

/* Opens the server on options.gdb_port, writes a command file with every app's symbols where it
 * runs, tells on stderr how to connect, and serves until the run is over or the debugger lets it
 * go. `run`: what the run itself wants. Where apps get their RAM is found out on a second machine
 * that runs ahead, so the one that is debugged is still at its first instruction. */
bool run_debug(struct run_session *session, const struct gdb_run *run, enum gdb_end *end,
               struct sim_error *error);

#endif
