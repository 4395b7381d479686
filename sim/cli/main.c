/* sandglass - the program: finds the subcommand, prints the one error there may be. */
#include <stdio.h>
#include <string.h>

#include "sim/cli/command.h"

static const struct command *const commands[] = {
    &command_run,  &command_boards, &command_devices, &command_faults,
    &command_apps, &command_pack,   &command_install, &command_new,
    &command_fuzz, &command_test,   &command_inject,  &command_version};

static void print_help(FILE *stream)
{
    fputs("usage: sandglass COMMAND [options]\n\n", stream);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        fprintf(stream, "  %-8s  %s\n", commands[i]->name, commands[i]->summary);
    }
    fputs("\n`sandglass COMMAND --help` tells the options. Without options, `sandglass run` shows "
          "a demo.\n",
          stream);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

/* What was told to nobody is no success: a full disk, a closed file. */
static enum sim_status close_output(enum sim_status status)
{
    bool good = fflush(stdout) == 0 && ferror(stdout) == 0;
    if (!good) {
        fprintf(stderr, "sandglass: not all of the output could be written\n");
    }
    return good || status != SIM_OK ? status : SIM_WRONG_USE;
}

int main(int argc, char **argv)
{
    struct sim_error error = {.status = SIM_OK};
    if (argc < 2) {
        print_help(stderr);
        return SIM_WRONG_USE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return SIM_OK;
    }
    const struct command *command =
        find_command(strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
    if (command == NULL) {
        fprintf(stderr, "sandglass: there is no command %s: `sandglass --help` lists them\n",
                argv[1]);
        return SIM_WRONG_USE;
    }
    enum sim_status status = command->run(argc - 1, argv + 1, &error);
    if (error.status != SIM_OK) {
        fprintf(stderr, "sandglass %s: %s\n", command->name, error.text);
        status = error.status;
    }
    return (int)close_output(status);
}
