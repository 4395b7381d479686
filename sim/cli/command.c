#include "sim/cli/command.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "sim/cli/board_file.h"

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
    bool is_long = strncmp(given, "--", 2) == 0;
    if (option == ':') {
        return sim_fail(error, SIM_WRONG_USE, "%s needs a value: see --help", given);
    }
    if (is_long && optopt != 0) {
        return sim_fail(error, SIM_WRONG_USE, "%.*s takes no value: see --help",
                        (int)strcspn(given, "="), given);
    }
    if (!is_long || optopt != 0) { /* of "-jx", getopt_long is still at the word */
        return sim_fail(error, SIM_WRONG_USE, "unknown option -%c: see --help", optopt);
    }
    return sim_fail(error, SIM_WRONG_USE, "unknown option %s: see --help", given);
}

bool command_read_listing(int argc, char **argv, bool has_all, const char *help,
                          struct command_listing *listing, struct sim_error *error)
{
    const struct option options[] = {{"board", required_argument, NULL, 'b'},
                                     {"json", no_argument, NULL, 'j'},
                                     {"help", no_argument, NULL, 'h'},
                                     {has_all ? "all" : NULL, no_argument, NULL, 'a'},
                                     {NULL, 0, NULL, 0}};
    int option = 0;
    *listing = (struct command_listing){.board = BOARD_FILE_DEFAULT};
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":b:h", options, NULL)) != -1) {
        switch (option) {
        case 'h':
            fputs(help, stdout);
            return false;
        case 'b':
            listing->board = optarg;
            break;
        case 'j':
            listing->json = true;
            break;
        case 'a':
            listing->all = true;
            break;
        default:
            return command_refuse_option(option, argv, error);
        }
    }
    return command_no_arguments(argc - optind + 1, argv + optind - 1, error);
}
