/* sim/cli/run_snapshot.h - `--save-at` and `--restore`: a run that goes on where another one was.
 */
#ifndef SIM_CLI_RUN_SNAPSHOT_H
#define SIM_CLI_RUN_SNAPSHOT_H

#include "sim/cli/run_session.h"

/* Puts the machine where the file of --restore says; without one, nothing happens. The machine is
 * loaded and reset, no input of this run is queued yet. */
bool run_snapshot_restore(struct run_session *session, struct sim_error *error);

/* The cycle at which to save next, CLOCK_NEVER: no more. */
uint64_t run_snapshot_next(const struct run_session *session);

/* Writes the file of --save-at once its time has come. */
bool run_snapshot_save_due(struct run_session *session, struct sim_error *error);

#endif
