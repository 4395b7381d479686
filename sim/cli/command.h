/* sim/cli/command.h - the subcommands of `sandglass`, one file each. */
#ifndef SIM_CLI_COMMAND_H
#define SIM_CLI_COMMAND_H

#include <stdbool.h>

#include "sim/loader/sim_error.h"

struct command {
    const char *name;
    const char *summary; /* one line for `sandglass --help` */
    /* argv[0] is the command's name. Returns the exit status; a status other than SIM_OK with
     * nothing in *error has already been explained on stderr. */
    enum sim_status (*run)(int argc, char **argv, struct sim_error *error);
};

/* -h or --help among the arguments. */
bool command_wants_help(int argc, char **argv);

/* False with a message when there is any argument. */
bool command_no_arguments(int argc, char **argv, struct sim_error *error);

/* getopt_long answered '?' or ':' (with opterr = 0): says so in our words. Always false. */
bool command_refuse_option(int option, char **argv, struct sim_error *error);

/* What commands take that list something of a board. */
struct command_listing {
    const char *board; /* -b BOARD; BOARD_FILE_DEFAULT */
    bool json;         /* --json */
    bool all;          /* --all, where the command has it */
};

/* Reads -b BOARD, --json, --help, and with `has_all` --all. False: nothing is to be listed, since
 * help was printed, or something else was given (*error says what). */
bool command_read_listing(int argc, char **argv, bool has_all, const char *help,
                          struct command_listing *listing, struct sim_error *error);

extern const struct command command_run;
extern const struct command command_boards;
extern const struct command command_devices;
extern const struct command command_faults;
extern const struct command command_apps;
extern const struct command command_pack;
extern const struct command command_install;
extern const struct command command_new;
extern const struct command command_fuzz;
extern const struct command command_test;
extern const struct command command_inject;
extern const struct command command_version;

#endif
