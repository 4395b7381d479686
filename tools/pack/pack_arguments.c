#include "tools/pack/pack_arguments.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/pack/app_elf.h"
#include "tools/pack/tab.h"

enum {
    APP_HEAP = 256,
    KERNEL_HEAP,
    RAM_LIMIT,
    PERMISSIONS,
    WRITE_ID,
    READ_IDS,
    MODIFY_IDS,
    SHORT_ID,
    APP_VERSION,
    DISABLED,
    STICKY,
    POWER_OF_TWO,
    FOOTER,
    SHA256,
    SIGN,
};

const struct option pack_long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"name", required_argument, NULL, 'n'},
    {"app-heap", required_argument, NULL, APP_HEAP},
    {"kernel-heap", required_argument, NULL, KERNEL_HEAP},
    {"ram-limit", required_argument, NULL, RAM_LIMIT},
    {"permissions", required_argument, NULL, PERMISSIONS},
    {"permit", required_argument, NULL, PERMISSIONS},
    {"write-id", required_argument, NULL, WRITE_ID},
    {"read-ids", required_argument, NULL, READ_IDS},
    {"modify-ids", required_argument, NULL, MODIFY_IDS},
    {"short-id", required_argument, NULL, SHORT_ID},
    {"app-version", required_argument, NULL, APP_VERSION},
    {"disabled", no_argument, NULL, DISABLED},
    {"sticky", no_argument, NULL, STICKY},
    {"power-of-two", no_argument, NULL, POWER_OF_TWO},
    {"minimum-footer-size", required_argument, NULL, FOOTER},
    {"sha256", no_argument, NULL, SHA256},
    {"sign", required_argument, NULL, SIGN},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

const char pack_options_help[] =
    "  -o, --output FILE        .tbf, or .tab for a bundle (default: the ELF's name with .tbf)\n"
    "  -n, --name NAME          the package's name (default: the file's)\n"
    "      --app-heap BYTES     RAM for malloc (default: what the ELF says)\n"
    "      --kernel-heap BYTES  RAM for the kernel's grants (default: what the ELF says)\n"
    "      --ram-limit BYTES    refuse an app that needs more\n"
    "      --permissions DRIVER:COMMANDS  allow these only, as 2:0,1,3-5 or 0x60001:*; may be\n"
    "                           given for several drivers\n"
    "      --short-id N         one running process for all apps of this number\n"
    "      --app-version N      of several of them the highest runs (default 0)\n"
    "      --write-id N         the mark of what it stores\n"
    "      --read-ids N,...     marks of what it may read in isolated storage\n"
    "      --modify-ids N,...   marks of what it may change there\n"
    "      --disabled           the kernel leaves it alone\n"
    "      --sticky             tockloader erases it only when forced to\n"
    "      --power-of-two       a size as Tock's tools make it (default for a .tab)\n"
    "      --minimum-footer-size BYTES  room for signatures to come\n"
    "      --sha256             with a hash of header and binary\n"
    "      --sign KEY.pem       with a signature, ECDSA on P-256\n";

static bool fail_value(struct pack_error *error, const char *option, const char *wants,
                       const char *value)
{
    return pack_fail(error, option, "takes %s, not '%s'", wants, value);
}

/* A number up to 2^32 - 2; *end is behind it. */
static bool read_number(const char *text, char **end, uint32_t *number)
{
    errno = 0;
    unsigned long value = strtoul(text, end, 0);
    *number = (uint32_t)value;
    return text[0] >= '0' && text[0] <= '9' && errno == 0 && value < UINT32_MAX;
}

static bool take_number(const char *option, const char *wants, const char *text, uint32_t *number,
                        struct pack_error *error)
{
    char *end = NULL;
    return (read_number(text, &end, number) && *end == '\0') ||
           fail_value(error, option, wants, text);
}

static bool take_nonzero(const char *option, const char *text, uint32_t *number,
                         struct pack_error *error)
{
    return take_number(option, "a number", text, number, error) &&
           (*number != 0 || fail_value(error, option, "a number other than 0", text));
}

static bool take_ids(const char *option, const char *text, struct pack_ids *ids,
                     struct pack_error *error)
{
    const char *at = text;
    for (;;) {
        char *end = NULL;
        uint32_t id = 0;
        if (!read_number(at, &end, &id) || id == 0 || (*end != ',' && *end != '\0')) {
            return fail_value(error, option, "numbers other than 0 with commas between", text);
        }
        if (ids->count == PACK_STORAGE_IDS_MAX) {
            return pack_fail(error, option, "takes at most %d numbers", PACK_STORAGE_IDS_MAX);
        }
        ids->id[ids->count] = id;
        ids->count++;
        if (*end == '\0') {
            return true;
        }
        at = end + 1;
    }
}

/* Into the record of that driver and block of 64 commands. */
static bool permit(struct pack_arguments *a, uint32_t driver, uint32_t block, uint64_t mask)
{
    struct pack_permission *p = a->permissions;
    size_t i = 0;
    while (i < a->options.permission_count &&
           (p[i].driver != driver || p[i].command_block != block)) {
        i++;
    }
    if (i == PACK_PERMISSIONS_MAX) {
        return false;
    }
    if (i == a->options.permission_count) {
        p[i] = (struct pack_permission){.driver = driver, .command_block = block};
        a->options.permission_count++;
    }
    p[i].mask |= mask;
    a->options.permissions = p;
    return true;
}

/* No driver has commands beyond it; a typing mistake should not make thousands of records. */
#define COMMAND_MAX 511u

static bool permit_range(struct pack_arguments *a, uint32_t driver, uint32_t first, uint32_t last)
{
    for (uint32_t command = first; command <= last; command++) {
        if (!permit(a, driver, command / 64, UINT64_C(1) << command % 64)) {
            return false;
        }
    }
    return true;
}

/* DRIVER:COMMANDS; commands are numbers and ranges, or * for the first 64. */
static bool take_permissions(struct pack_arguments *a, const char *text, struct pack_error *error)
{
    static const char wants[] = "DRIVER:COMMANDS, as 2:0,1,3-5 or 0x60001:*";
    char *end = NULL;
    uint32_t driver = 0;
    bool room = true;
    if (!read_number(text, &end, &driver) || *end != ':') {
        return fail_value(error, "--permissions", wants, text);
    }
    if (strcmp(end, ":*") == 0) {
        room = permit_range(a, driver, 0, 63);
        end += 2;
    }
    while (*end == ':' || *end == ',') {
        uint32_t first = 0;
        if (!read_number(end + 1, &end, &first)) {
            return fail_value(error, "--permissions", wants, text);
        }
        uint32_t last = first;
        if (*end == '-' && !read_number(end + 1, &end, &last)) {
            return fail_value(error, "--permissions", wants, text);
        }
        if (first > last || last > COMMAND_MAX) {
            return fail_value(error, "--permissions", "commands from 0 to 511, low to high", text);
        }
        room = room && permit_range(a, driver, first, last);
    }
    if (*end != '\0') {
        return fail_value(error, "--permissions", wants, text);
    }
    return room || pack_fail(error, "--permissions",
                             "makes more than %d records, of 64 commands of a driver each, and "
                             "Tock's kernel takes no more",
                             PACK_PERMISSIONS_MAX);
}

static bool take_flag(struct pack_options *options, int option)
{
    bool *flag = option == DISABLED       ? &options->disabled
                 : option == STICKY       ? &options->sticky
                 : option == POWER_OF_TWO ? &options->power_of_two
                                          : &options->sha256;
    *flag = true;
    return true;
}

bool pack_take_option(struct pack_arguments *arguments, int option, const char *value,
                      struct pack_error *error)
{
    static const char bytes[] = "a number of bytes";
    struct pack_options *o = &arguments->options;
    error->text[0] = '\0';
    switch (option) {
    case 'o':
        arguments->output = value;
        return true;
    case 'n':
        o->name = value;
        return true;
    case 'h':
        arguments->help = true;
        return true;
    case APP_HEAP:
        return take_number("--app-heap", bytes, value, &o->app_heap_bytes, error);
    case KERNEL_HEAP:
        return take_number("--kernel-heap", bytes, value, &o->kernel_heap_bytes, error);
    case RAM_LIMIT:
        return take_number("--ram-limit", bytes, value, &o->ram_limit_bytes, error);
    case PERMISSIONS:
        return take_permissions(arguments, value, error);
    case WRITE_ID:
        return take_nonzero("--write-id", value, &o->storage.write_id, error);
    case READ_IDS:
        return take_ids("--read-ids", value, &o->storage.read, error);
    case MODIFY_IDS:
        return take_ids("--modify-ids", value, &o->storage.modify, error);
    case SHORT_ID:
        return take_nonzero("--short-id", value, &o->short_id, error);
    case APP_VERSION:
        return take_number("--app-version", "a number", value, &o->app_version, error);
    case FOOTER:
        return take_number("--minimum-footer-size", bytes, value, &o->minimum_footer_bytes, error);
    case SIGN:
        o->sign_key_path = value;
        return true;
    case DISABLED:
    case STICKY:
    case POWER_OF_TWO:
    case SHA256:
        return take_flag(o, option);
    default:
        return false;
    }
}

static bool has_ending(const char *path, const char *ending)
{
    size_t length = path != NULL ? strlen(path) : 0, bytes = strlen(ending);
    return length > bytes && strcmp(path + length - bytes, ending) == 0;
}

/* An output's name that promises what this does not make. */
static bool is_misnamed(const char *path)
{
    return has_ending(path, ".hex") || has_ending(path, ".elf") || has_ending(path, ".bin");
}

bool pack_by_arguments(struct pack_arguments *arguments, struct pack_output *output,
                       uint8_t **file_bytes, size_t *file_size, struct pack_error *error)
{
    bool tab = has_ending(arguments->output, ".tab");
    arguments->options.power_of_two |= tab;
    *file_bytes = NULL;
    *file_size = 0;
    if (is_misnamed(arguments->output)) {
        return pack_fail(error, arguments->output,
                         "makes a TBF or a TAB: give -o a name that ends in .tbf or .tab");
    }
    if (!pack_file(arguments->input, &arguments->options, output, error)) {
        return false;
    }
    if (tab && !tab_write(output, arguments->input, file_bytes, file_size, error)) {
        pack_output_free(output);
        return false;
    }
    return true;
}
