/* sim/cli/inject_options.h - the command line of `sandglass inject`. */
#ifndef SIM_CLI_INJECT_OPTIONS_H
#define SIM_CLI_INJECT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"
#include "sim/loader/tbf.h"

#define INJECT_JOBS_MAX  64
#define INJECT_WITHIN_NS (10ULL * 1000000000ULL) /* where the user gives none */

struct inject_options {
    const char *board;
    const char *svc; /* as it was given */
    char app[TBF_NAME_BYTES];
    uint32_t call_class, driver, number; /* the last two may be INJECT_ANY */
    uint64_t count;
    uint64_t within_ns, window_ns; /* a window of 0: to be chosen */
    uint64_t seed;
    bool has_only, json, help;
    uint64_t only;
    uint64_t jobs;
    char *const *files;
    int file_count;
};

/* argv[0] is `inject`, argv[1] the experiment. */
bool inject_options_parse(int argc, char **argv, struct inject_options *options,
                          struct sim_error *error);

/* "command"; of a class that the ABI has. */
const char *inject_class_name(uint32_t call_class);

extern const char inject_options_help[];

#endif
