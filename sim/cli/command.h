/* sim/cli/command.h - the subcommands of `sandglass`, one file each. */
#ifndef SIM_CLI_COMMAND_H
#define SIM_CLI_COMMAND_H

#include "sim/loader/sim_error.h"

struct command {
    const char *name;
    const char *summary; /* one line for `sandglass --help` */
    /* argv[0] is the command's name. Returns the exit status; a status other than SIM_OK with
     * nothing in *error has already been explained on stderr. */
    enum sim_status (*run)(int argc, char **argv, struct sim_error *error);
};

extern const struct command command_run;
extern const struct command command_boards;
extern const struct command command_devices;
extern const struct command command_apps;
extern const struct command command_pack;
extern const struct command command_new;
extern const struct command command_version;

#endif
