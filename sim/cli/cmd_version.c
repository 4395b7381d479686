#include <stdio.h>

#include "sim/cli/command.h"

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    (void)argv;
    if (argc > 1) {
        sim_fail(error, SIM_WRONG_USE, "takes no options");
        return SIM_WRONG_USE;
    }
    printf("sandglass %s\n", SANDGLASS_VERSION);
    return SIM_OK;
}

const struct command command_version = {
    .name = "version", .summary = "prints the version", .run = run};
