/*
 * pack_arguments.h - the packer's options as text, for its two programs: `sandglass pack` and the
 * build's tbf_pack.
 */
#ifndef TOOLS_PACK_PACK_ARGUMENTS_H
#define TOOLS_PACK_PACK_ARGUMENTS_H

#include <getopt.h>

#include "tools/pack/pack.h"

struct pack_arguments {
    struct pack_options options;
    struct pack_permission permissions[PACK_PERMISSIONS_MAX];
    const char *input, *output;
    bool help;
};

/* For getopt_long; each program begins with ":" so that a missing value is ':'. */
#define PACK_SHORT_OPTIONS ":o:n:h"
extern const struct option pack_long_options[];

/* What they do, for a help text. */
extern const char pack_options_help[];

/* Takes one option as getopt_long returned it, with optarg. False when it is none of them, or what
 * it says makes no sense; then *error has a line, or "" for an option that is not known. */
bool pack_take_option(struct pack_arguments *arguments, int option, const char *value,
                      struct pack_error *error);

/* Packs arguments->input into *output, whose bytes are then what the file is to have: a TBF, or a
 * bundle when arguments->output ends in ".tab". */
bool pack_by_arguments(struct pack_arguments *arguments, struct pack_output *output,
                       uint8_t **file_bytes, size_t *file_size, struct pack_error *error);

#endif
