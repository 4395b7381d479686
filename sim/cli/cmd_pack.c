#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/command.h"
#include "sim/cli/places.h"
#include "sim/loader/file.h"
#include "tools/pack/pack.h"

static const char help[] =
    "usage: sandglass pack APP.elf [-o APP.tbf] [options]\n"
    "\n"
    "Makes of a linked app what lies in flash (TBF). Refuses what cannot run, and says why.\n"
    "\n"
    "  -o, --output FILE        default: the ELF's name with .tbf\n"
    "  -n, --name NAME          the package's name (default: the file's)\n"
    "      --app-heap BYTES     RAM for malloc (default: what the ELF says)\n"
    "      --kernel-heap BYTES  RAM for the kernel's grants (default: what the ELF says)\n"
    "      --ram-limit BYTES    refuse an app that needs more (default 65536)\n"
    "  -h, --help               this text\n";

struct pack_arguments {
    struct pack_options options;
    const char *input, *output;
    bool help;
};

static bool parse_bytes(const char *option, const char *text, uint32_t *value,
                        struct sim_error *error)
{
    char *end = NULL;
    errno = 0;
    unsigned long number = strtoul(text, &end, 0);
    *value = (uint32_t)number;
    return (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 &&
            number < UINT32_MAX) ||
           sim_fail(error, SIM_WRONG_USE, "%s takes a number of bytes, not '%s'", option, text);
}

static bool take_option(int option, char **argv, struct pack_arguments *arguments,
                        struct sim_error *error)
{
    switch (option) {
    case 'o':
        arguments->output = optarg;
        return true;
    case 'n':
        arguments->options.name = optarg;
        return true;
    case 'a':
        return parse_bytes("--app-heap", optarg, &arguments->options.app_heap_bytes, error);
    case 'k':
        return parse_bytes("--kernel-heap", optarg, &arguments->options.kernel_heap_bytes, error);
    case 'r':
        return parse_bytes("--ram-limit", optarg, &arguments->options.ram_limit_bytes, error);
    case 'h':
        arguments->help = true;
        return true;
    default:
        return command_refuse_option(option, argv, error);
    }
}

static bool parse(int argc, char **argv, struct pack_arguments *arguments, struct sim_error *error)
{
    static const struct option options[] = {{"output", required_argument, NULL, 'o'},
                                            {"name", required_argument, NULL, 'n'},
                                            {"app-heap", required_argument, NULL, 'a'},
                                            {"kernel-heap", required_argument, NULL, 'k'},
                                            {"ram-limit", required_argument, NULL, 'r'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int option = 0;
    optind = 0;
    opterr = 0;
    *arguments = (struct pack_arguments){.options = pack_default_options};
    arguments->options.ram_limit_bytes = 65536;
    while ((option = getopt_long(argc, argv, ":o:n:h", options, NULL)) != -1) {
        if (!take_option(option, argv, arguments, error)) {
            return false;
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

static bool write_output(const char *path, const struct pack_output *output,
                         struct sim_error *error)
{
    FILE *stream = fopen(path, "wb");
    bool done = stream != NULL && fwrite(output->bytes, 1, output->size, stream) == output->size;
    done = stream != NULL && fclose(stream) == 0 && done;
    return done || sim_fail(error, SIM_WRONG_USE, "cannot write %s: %s", path, strerror(errno));
}

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    struct pack_arguments arguments;
    struct pack_output output;
    struct pack_error trouble;
    char sibling[PLACES_PATH_MAX];
    if (!parse(argc, argv, &arguments, error)) {
        return error->status;
    }
    if (arguments.help) {
        fputs(help, stdout);
        return SIM_OK;
    }
    if (!pack_file(arguments.input, &arguments.options, &output, &trouble)) {
        sim_fail(error, SIM_WRONG_USE, "%s", trouble.text);
        return SIM_WRONG_USE;
    }
    const char *path = arguments.output;
    if (path == NULL && file_sibling(arguments.input, "tbf", sibling, sizeof sibling)) {
        path = sibling;
    }
    if (path == NULL) {
        sim_fail(error, SIM_WRONG_USE, "%s is too long a path: give -o", arguments.input);
    } else if (write_output(path, &output, error)) {
        printf("%s: %s, %zu bytes of flash, %u of RAM\n", path, output.name, output.size,
               output.minimum_ram_bytes);
    }
    pack_output_free(&output);
    return error->status;
}

const struct command command_pack = {
    .name = "pack", .summary = "makes a TBF of an app's ELF", .run = run};
