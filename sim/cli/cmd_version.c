#include <stdio.h>

#include "sim/cli/command.h"

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    if (command_wants_help(argc, argv)) {
        puts("usage: sandglass version\n\nPrints the program's version.");
        return SIM_OK;
    }
    if (!command_no_arguments(argc, argv, error)) {
        return error->status;
    }
    printf("sandglass %s\n", SANDGLASS_VERSION);
    return SIM_OK;
}

const struct command command_version = {
    .name = "version", .summary = "prints the version", .run = run};
