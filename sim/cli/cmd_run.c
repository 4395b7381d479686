#include <stdio.h>

#include "sim/cli/command.h"
#include "sim/cli/run_loop.h"
#include "sim/cli/run_net.h"
#include "sim/cli/run_options.h"
#include "sim/cli/run_session.h"
#include "sim/cli/run_window.h"

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    struct run_options options;
    struct run_session session;
    if (!run_options_parse(argc, argv, &options, error)) {
        return error->status;
    }
    if (options.help) {
        fputs(run_options_help, stdout);
        return SIM_OK;
    }
    if (options.net != NULL) {
        return run_net(&options, error);
    }
    enum sim_status status = SIM_OK;
    run_loop_catch_interrupt();
    if (run_session_open(&session, &options, error)) {
        status = run_window_is_wanted(&options) ? run_window_run(&session, error)
                                                : run_session_run(&session, error);
        status = run_picture_finish(&session, error) ? status : error->status;
    } else {
        status = error->status;
    }
    run_session_close(&session);
    return status;
}

const struct command command_run = {
    .name = "run", .summary = "runs firmware and apps on a simulated board", .run = run};
