/* sim/cli/run_end.h - the end of a run: what it means, in words and as an exit status. */
#ifndef SIM_CLI_RUN_END_H
#define SIM_CLI_RUN_END_H

#include "sim/cli/run_session.h"

/* Nothing can happen any more, and nobody is there to change that. */
bool run_end_is_quiet(const struct run_session *session, enum machine_stop stop);

/* What the end of a session's run means; says it on stderr, and keeps it in session->end_text, when
 * it is not the one that was asked for. */
enum sim_status run_end_judge(struct run_session *session, enum machine_stop stop,
                              struct sim_error *error);

#endif
