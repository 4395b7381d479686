/* sim/cli/run_options_inputs.h - the part of the options of `sandglass run` that is inputs. */
#ifndef SIM_CLI_RUN_OPTIONS_INPUTS_H
#define SIM_CLI_RUN_OPTIONS_INPUTS_H

#include "sim/cli/run_options.h"

/* Adds what the user wrote after the option of this kind. False with SIM_WRONG_USE and how it is
 * written. */
bool run_options_add_input(struct run_options *options, enum run_input_kind kind, const char *text,
                           struct sim_error *error);

#endif
