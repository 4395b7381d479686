#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/command.h"
#include "sim/cli/places.h"
#include "sim/loader/file.h"
#include "tools/pack/pack_arguments.h"

static const char help[] =
    "usage: sandglass pack APP.elf [-o APP.tbf|APP.tab] [options]\n"
    "\n"
    "Makes of a linked app what lies in flash (TBF), or a bundle of it for Tock's tools (TAB).\n"
    "Refuses what cannot run, and says why.\n"
    "\n";
static const char help_end[] = "  -h, --help               this text\n";

#define DEFAULT_RAM_LIMIT_BYTES 65536u

static bool parse(int argc, char **argv, struct pack_arguments *arguments, struct sim_error *error)
{
    int option = 0;
    optind = 0;
    opterr = 0;
    *arguments = (struct pack_arguments){.options = pack_default_options};
    arguments->options.ram_limit_bytes = DEFAULT_RAM_LIMIT_BYTES;
    while ((option = getopt_long(argc, argv, PACK_SHORT_OPTIONS, pack_long_options, NULL)) != -1) {
        struct pack_error trouble;
        if (!pack_take_option(arguments, option, optarg, &trouble)) {
            return trouble.text[0] != '\0' ? sim_fail(error, SIM_WRONG_USE, "%s", trouble.text)
                                           : command_refuse_option(option, argv, error);
        }
    }
    if (arguments->help) {
        return true;
    }
    if (argc - optind != 1) {
        return sim_fail(error, SIM_WRONG_USE, "give one APP.elf: see `sandglass pack --help`");
    }
    arguments->input = argv[optind];
    return true;
}

static bool write_output(const char *path, const uint8_t *bytes, size_t size,
                         struct sim_error *error)
{
    FILE *stream = fopen(path, "wb");
    bool done = stream != NULL && fwrite(bytes, 1, size, stream) == size;
    done = stream != NULL && fclose(stream) == 0 && done;
    return done || sim_fail(error, SIM_WRONG_USE, "cannot write %s: %s", path, strerror(errno));
}

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    struct pack_arguments arguments;
    struct pack_output output;
    struct pack_error trouble;
    uint8_t *tab = NULL;
    size_t tab_size = 0;
    char sibling[PLACES_PATH_MAX];
    if (!parse(argc, argv, &arguments, error)) {
        return error->status;
    }
    if (arguments.help) {
        fputs(help, stdout);
        fputs(pack_options_help, stdout);
        fputs(help_end, stdout);
        return SIM_OK;
    }
    if (!pack_by_arguments(&arguments, &output, &tab, &tab_size, &trouble)) {
        sim_fail(error, SIM_WRONG_USE, "%s", trouble.text);
        return SIM_WRONG_USE;
    }
    const char *path = arguments.output;
    if (path == NULL && file_sibling(arguments.input, "tbf", sibling, sizeof sibling)) {
        path = sibling;
    }
    const uint8_t *bytes = tab != NULL ? tab : output.bytes;
    size_t size = tab != NULL ? tab_size : output.size;
    if (path == NULL) {
        sim_fail(error, SIM_WRONG_USE, "%s is too long a path: give -o", arguments.input);
    } else if (write_output(path, bytes, size, error)) {
        printf("%s: %s, %zu bytes of flash, %u of RAM\n", path, output.name, output.size,
               output.minimum_ram_bytes);
    }
    free(tab);
    pack_output_free(&output);
    return error->status;
}

const struct command command_pack = {
    .name = "pack", .summary = "makes a TBF of an app's ELF", .run = run};
