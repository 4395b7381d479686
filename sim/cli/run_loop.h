/* sim/cli/run_loop.h - what a run does between slices, for whoever drives it. */
#ifndef SIM_CLI_RUN_LOOP_H
#define SIM_CLI_RUN_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/cli/run_pace.h"
#include "sim/cli/run_session.h"

/* `session` is a struct run_session: brings console and keyboard up to date. True: the run is over
 * (Ctrl-C, or what --until waits for was seen). */
bool run_loop_look(void *session);

/* From now on Ctrl-C ends the run; whether it has come. */
void run_loop_catch_interrupt(void);
bool run_loop_interrupted(void);

/* The host's clock: for pacing and for what the summary says of speed. */
uint64_t run_loop_host_ns(void);
/* Waits until a machine at `cycle` is not too early any more. */
void run_loop_pace(struct run_pace *pace, uint64_t cycle);

/* Tells that the debugger has disappeared. */
void run_loop_tell_lost(struct run_session *session);

void run_loop_print_summary(const struct run_session *session);

#endif
