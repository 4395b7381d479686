/* sim/cli/run_window.h - a run with its window: SDL on the main thread, the machine on another. */
#ifndef SIM_CLI_RUN_WINDOW_H
#define SIM_CLI_RUN_WINDOW_H

#include "sim/cli/run_session.h"

/* Whether a run with these options opens a window: it was asked for, or a display is there. */
bool run_window_is_wanted(const struct run_options *options);

/* Runs the session, which is open, to its end and until its window is closed. Without a display it
 * goes on in the terminal and says so, unless the user insisted. The exit status of the program. */
enum sim_status run_window_run(struct run_session *session, struct sim_error *error);

#endif
