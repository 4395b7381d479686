/* sim/cli/run_loop.h - what a run does between slices, for whoever drives it. */
#ifndef SIM_CLI_RUN_LOOP_H
#define SIM_CLI_RUN_LOOP_H

#include <stdbool.h>

/* `session` is a struct run_session: brings console and keyboard up to date. True: the run is over
 * (Ctrl-C, or what --until waits for was seen). */
bool run_loop_look(void *session);

#endif
