/* sim/cli/run_options_window.h - the part of the options of `sandglass run` that is about the
 * window, its picture and the speed. */
#ifndef SIM_CLI_RUN_OPTIONS_WINDOW_H
#define SIM_CLI_RUN_OPTIONS_WINDOW_H

#include "sim/cli/run_options.h"

/* False with SIM_WRONG_USE and how it is written. */
bool run_options_take_speed(struct run_options *options, const char *text, struct sim_error *error);
bool run_options_take_size(struct run_options *options, const char *text, struct sim_error *error);
bool run_options_take_scale(struct run_options *options, const char *text, struct sim_error *error);
bool run_options_take_theme(struct run_options *options, const char *text, struct sim_error *error);

/* What does not go together. */
bool run_options_check_window(const struct run_options *options, struct sim_error *error);

#endif
