#include "sim/cli/command.h"

#include <getopt.h>
#include <string.h>

bool command_wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

bool command_no_arguments(int argc, char **argv, struct sim_error *error)
{
    return argc <= 1 || sim_fail(error, SIM_WRONG_USE, "does not take '%s': see --help", argv[1]);
}

bool command_refuse_option(int option, char **argv, struct sim_error *error)
{
    const char *given = argv[optind - 1];
    return option == ':' ? sim_fail(error, SIM_WRONG_USE, "%s needs a value: see --help", given)
                         : sim_fail(error, SIM_WRONG_USE, "unknown option %s: see --help", given);
}
