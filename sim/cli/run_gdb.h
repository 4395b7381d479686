/* sim/cli/run_gdb.h - `sandglass run --gdb`: the run under a debugger's control. */
#ifndef SIM_CLI_RUN_GDB_H
#define SIM_CLI_RUN_GDB_H

#include "sim/cli/run_session.h"

/* Writes a command file for gdb, says how to connect, and serves the debugger until it leaves or
 * the run is over at `end_cycle`. *detached: the run goes on without it. *stop is
 * MACHINE_STOP_ENGINE when the engine failed. `look` is called between slices (console, keyboard)
 * and returns true when the run is over. */
bool run_gdb(struct run_session *session, uint64_t end_cycle, bool (*look)(void *session),
             bool *detached, enum machine_stop *stop, struct sim_error *error);

#endif
