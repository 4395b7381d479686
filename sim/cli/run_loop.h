/* sim/cli/run_loop.h - what a run does between slices, for whoever drives it. */
#ifndef SIM_CLI_RUN_LOOP_H
#define SIM_CLI_RUN_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/cli/run_session.h"

/* `session` is a struct run_session: brings console and keyboard up to date. True: the run is over
 * (Ctrl-C, or what --until waits for was seen). */
bool run_loop_look(void *session);

/* From now on Ctrl-C ends the run; whether it has come. */
void run_loop_catch_interrupt(void);
bool run_loop_interrupted(void);

/* The host's clock: for pacing and for what the summary says of speed. */
uint64_t run_loop_host_ns(void);
/* Waits until so much host time has passed since `start_ns` as virtual time. */
void run_loop_pace(uint64_t start_ns, uint64_t virtual_ns);

/* Tells that the debugger has disappeared. */
void run_loop_tell_lost(struct run_session *session);

/* What the end of a session's run means, said on stderr when it is not the one that was asked for.
 */
enum sim_status run_loop_judge(struct run_session *session, enum machine_stop stop,
                               struct sim_error *error);
void run_loop_print_summary(const struct run_session *session);

#endif
