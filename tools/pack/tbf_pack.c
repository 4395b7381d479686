/* tbf_pack: the packer as a program for the build; `sandglass pack` is the same for people. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/pack/pack_arguments.h"

static int wrong_use(const char *what)
{
    fprintf(stderr, "tbf_pack: %s\nusage: tbf_pack [options] -o OUT.tbf|OUT.tab APP.elf\n%s", what,
            pack_options_help);
    return 2;
}

static int write_output(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    bool done = file != NULL && fwrite(bytes, 1, size, file) == size;
    if (file != NULL && fclose(file) != 0) {
        done = false;
    }
    if (!done) {
        fprintf(stderr, "tbf_pack: %s: %s\n", path, strerror(errno));
        remove(path);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct pack_arguments a = {.options = pack_default_options};
    struct pack_error error;
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, PACK_SHORT_OPTIONS, pack_long_options, NULL)) != -1) {
        if (!pack_take_option(&a, option, optarg, &error)) {
            return wrong_use(error.text[0] != '\0' ? error.text : argv[optind - 1]);
        }
    }
    if (a.help || argc - optind != 1 || a.output == NULL) {
        return wrong_use("one ELF file and -o are needed");
    }
    a.input = argv[optind];

    struct pack_output output;
    uint8_t *tab = NULL;
    size_t tab_size = 0;
    if (!pack_by_arguments(&a, &output, &tab, &tab_size, &error)) {
        fprintf(stderr, "tbf_pack: %s\n", error.text);
        return 1;
    }
    int status = tab != NULL ? write_output(a.output, tab, tab_size)
                             : write_output(a.output, output.bytes, output.size);
    free(tab);
    pack_output_free(&output);
    return status;
}
