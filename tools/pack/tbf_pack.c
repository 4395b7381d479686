/* tbf_pack: the packer as a program. The build uses it; `sandglass pack` does the same and more. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/pack/pack.h"

static const char usage[] =
    "usage: tbf_pack [options] -o OUT.tbf APP.elf\n"
    "  -n, --name NAME            the package's name (default: the file's)\n"
    "      --app-heap BYTES       RAM for malloc (default: the ELF's APP_HEAP_SIZE)\n"
    "      --kernel-heap BYTES    RAM for the kernel's grants (default: KERNEL_HEAP_SIZE)\n"
    "      --ram-limit BYTES      refuse an app that needs more RAM\n"
    "      --permit DRIVER:COMMAND  allow this only; may be given several times\n";

struct arguments {
    struct pack_options options;
    struct pack_permission permissions[PACK_PERMISSIONS_MAX];
    const char *output;
};

static int wrong_use(const char *what, const char *value)
{
    fprintf(stderr, "tbf_pack: %s%s\n%s", what, value, usage);
    return 2;
}

static bool parse_number(const char *text, char **end, uint32_t *value)
{
    errno = 0;
    unsigned long number = strtoul(text, end, 0);
    *value = (uint32_t)number;
    return errno == 0 && *end != text && text[0] != '-' && number < UINT32_MAX;
}

static bool parse_bytes(const char *text, uint32_t *value)
{
    char *end;
    return parse_number(text, &end, value) && *end == '\0';
}

/* DRIVER:COMMAND, added to the record of that driver and block of 64 commands. */
static bool add_permission(struct arguments *a, const char *text)
{
    char *end;
    uint32_t driver, command;
    if (!parse_number(text, &end, &driver) || *end != ':' || !parse_bytes(end + 1, &command)) {
        return false;
    }
    struct pack_permission *p = a->permissions;
    size_t i = 0;
    while (i < a->options.permission_count &&
           (p[i].driver != driver || p[i].command_block != command / 64)) {
        i++;
    }
    if (i == PACK_PERMISSIONS_MAX) {
        return false;
    }
    if (i == a->options.permission_count) {
        p[i] = (struct pack_permission){.driver = driver, .command_block = command / 64};
        a->options.permission_count++;
    }
    p[i].mask |= UINT64_C(1) << (command % 64);
    a->options.permissions = p;
    return true;
}

static int write_output(const char *path, const struct pack_output *output)
{
    FILE *file = fopen(path, "wb");
    bool done = file != NULL && fwrite(output->bytes, 1, output->size, file) == output->size;
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
    enum { APP_HEAP = 256, KERNEL_HEAP, RAM_LIMIT, PERMIT };
    static const struct option long_options[] = {
        {"name", required_argument, NULL, 'n'},
        {"output", required_argument, NULL, 'o'},
        {"app-heap", required_argument, NULL, APP_HEAP},
        {"kernel-heap", required_argument, NULL, KERNEL_HEAP},
        {"ram-limit", required_argument, NULL, RAM_LIMIT},
        {"permit", required_argument, NULL, PERMIT},
        {NULL, 0, NULL, 0},
    };
    struct arguments a = {.options = pack_default_options};
    int option;
    while ((option = getopt_long(argc, argv, "n:o:", long_options, NULL)) != -1) {
        bool good = true;
        switch (option) {
        case 'n':
            a.options.name = optarg;
            break;
        case 'o':
            a.output = optarg;
            break;
        case APP_HEAP:
            good = parse_bytes(optarg, &a.options.app_heap_bytes);
            break;
        case KERNEL_HEAP:
            good = parse_bytes(optarg, &a.options.kernel_heap_bytes);
            break;
        case RAM_LIMIT:
            good = parse_bytes(optarg, &a.options.ram_limit_bytes);
            break;
        case PERMIT:
            good = add_permission(&a, optarg);
            break;
        default:
            fputs(usage, stderr);
            return 2;
        }
        if (!good) {
            return wrong_use("cannot make sense of ", optarg);
        }
    }
    if (argc - optind != 1 || a.output == NULL) {
        return wrong_use("one ELF file and -o are needed", "");
    }

    struct pack_output output;
    struct pack_error error;
    if (!pack_file(argv[optind], &a.options, &output, &error)) {
        fprintf(stderr, "tbf_pack: %s\n", error.text);
        return 1;
    }
    int status = write_output(a.output, &output);
    pack_output_free(&output);
    return status;
}
