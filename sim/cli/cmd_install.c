#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/abi/syscall.h"
#include "kernel/abi/tbf.h"
#include "sim/cli/command.h"
#include "sim/cli/install_link.h"
#include "sim/cli/places.h"
#include "sim/loader/file.h"
#include "sim/loader/tbf.h"
#include "tools/pack/pack.h"

static const char help[] =
    "usage: sandglass install APP.tbf|APP.elf --uart WHERE\n"
    "       sandglass install --list --uart WHERE\n"
    "       sandglass install --remove NAME --uart WHERE\n"
    "\n"
    "Installs an app on a board that runs, over its console, while its other apps go on. One of "
    "the\n"
    "same ShortId, or the same name, is replaced. If the new one cannot run, the old one stays.\n"
    "\n"
    "  -u, --uart WHERE    a serial device or pseudo-terminal (/dev/ttyACM0), or tcp:[HOST:]PORT\n"
    "  -l, --list          the apps in the board's flash\n"
    "  -r, --remove NAME   ends the app and takes it out of flash\n"
    "  -v, --verbose       shows what else the board says meanwhile\n"
    "  -h, --help          this text\n";

#define WORD_BYTES    4U
#define QUICK_SECONDS 10
#define SLOW_SECONDS  60 /* erasing, checking credentials */
#define ANSWER_TEXT   1U /* the text begins behind the status */

enum { TYPE_BEGIN = 'B', TYPE_WRITE = 'W', TYPE_START = 'S', TYPE_ABORT = 'A', TYPE_LIST = 'L' };
enum { TYPE_REMOVE = 'R', TYPE_QUIT = 'Q' };

/* Of an item of the list: behind the status, u32 each. */
enum { ITEM_NEXT, ITEM_START, ITEM_END, ITEM_SHORT_ID, ITEM_VERSION, ITEM_WORDS };
#define ITEM_FLAGS   (1U + ITEM_WORDS * WORD_BYTES)
#define ITEM_NAME    (ITEM_FLAGS + 1U)
#define ITEMS_MAX    4096U /* more than any board has room for */
#define FLAG_ENABLED 1U
#define FLAG_RUNS    2U

struct install_arguments {
    const char *file, *where, *remove;
    bool list, verbose, help;
};

static void put_word(struct install_frame *frame, uint32_t word)
{
    for (unsigned i = 0; i < WORD_BYTES; i++) {
        frame->payload[frame->length++] = (uint8_t)(word >> (8 * i));
    }
}

static uint32_t word_of(const struct install_frame *frame, unsigned index)
{
    uint32_t word = 0;
    for (unsigned i = 0; i < WORD_BYTES; i++) {
        word |= (uint32_t)frame->payload[1 + index * WORD_BYTES + i] << (8 * i);
    }
    return word;
}

static const char *meaning(unsigned status)
{
    switch (status) {
    case ABI_BUSY:
        return "another installation is under way";
    case ABI_INVAL:
        return "it is no app that could run there";
    case ABI_SIZE:
        return "its length suits no place in flash";
    case ABI_NOMEM:
        return "there is no room in flash";
    case ABI_NODEVICE:
        return "this board installs nothing at run time";
    case ABI_NOSUPPORT:
        return "its kernel does not know this command";
    default:
        return "it failed";
    }
}

/* The board said no. Always false. */
static bool refuse(const char *what, const struct install_frame *answer, struct sim_error *error)
{
    unsigned status = answer->payload[0];
    if (answer->length > ANSWER_TEXT) {
        return sim_fail(error, SIM_GUEST_FAILED, "%s: refused: %.*s", what,
                        (int)(answer->length - ANSWER_TEXT),
                        (const char *)answer->payload + ANSWER_TEXT);
    }
    return sim_fail(error, SIM_GUEST_FAILED, "%s: refused: %s (error %u)", what, meaning(status),
                    status);
}

static bool order(struct install_link *link, const struct install_frame *command, int seconds,
                  const char *what, struct sim_error *error)
{
    struct install_frame answer;
    return install_link_ask(link, command, seconds, &answer, error) &&
           (answer.payload[0] == 0 || refuse(what, &answer, error));
}

/* --- Listing and removing --- */

struct walk {
    uint32_t place;
    unsigned items;
};

static bool next_item(struct install_link *link, struct walk *walk, struct install_frame *item,
                      struct sim_error *error)
{
    struct install_frame command = {.type = TYPE_LIST};
    put_word(&command, walk->place);
    if (!install_link_ask(link, &command, QUICK_SECONDS, item, error)) {
        return false;
    }
    if (item->payload[0] != 0) {
        return refuse("the list", item, error);
    }
    if (item->length <= ITEM_FLAGS) {
        return false;
    }
    uint32_t next = word_of(item, ITEM_NEXT);
    walk->items++;
    if (next <= walk->place || walk->items > ITEMS_MAX) {
        return sim_fail(error, SIM_GUEST_FAILED,
                        "the board's list of apps does not end (item %u: from 0x%" PRIx32
                        " to 0x%" PRIx32 "): what answers there is no Sandglass kernel, or an "
                        "app that plays one",
                        walk->items, walk->place, next);
    }
    walk->place = next;
    return true;
}

static void name_of(const struct install_frame *item, char name[INSTALL_PAYLOAD_MAX + 1])
{
    snprintf(name, INSTALL_PAYLOAD_MAX + 1, "%.*s", (int)(item->length - ITEM_NAME),
             (const char *)item->payload + ITEM_NAME);
    sim_make_printable(name);
}

static bool list(struct install_link *link, struct sim_error *error)
{
    struct install_frame item;
    struct walk walk = {0};
    printf("%-20s %-10s %7s  %-10s %7s  %s\n", "name", "flash", "bytes", "ShortId", "version", "");
    while (next_item(link, &walk, &item, error)) {
        char name[INSTALL_PAYLOAD_MAX + 1];
        uint8_t flags = item.payload[ITEM_FLAGS];
        name_of(&item, name);
        printf("%-20s 0x%08" PRIx32 " %7" PRIu32 "  0x%08" PRIx32 " %7" PRIu32 "  %s\n", name,
               word_of(&item, ITEM_START), word_of(&item, ITEM_END) - word_of(&item, ITEM_START),
               word_of(&item, ITEM_SHORT_ID), word_of(&item, ITEM_VERSION),
               (flags & FLAG_RUNS) != 0      ? "a process"
               : (flags & FLAG_ENABLED) != 0 ? "not loaded"
                                             : "disabled");
    }
    return error->status == SIM_OK;
}

static bool remove_named(struct install_link *link, const char *wanted, struct sim_error *error)
{
    struct install_frame item;
    struct walk walk = {0};
    unsigned removed = 0;
    while (next_item(link, &walk, &item, error)) {
        char name[INSTALL_PAYLOAD_MAX + 1];
        name_of(&item, name);
        if (strcmp(name, wanted) != 0) {
            continue;
        }
        struct install_frame command = {.type = TYPE_REMOVE};
        put_word(&command, word_of(&item, ITEM_START));
        if (!order(link, &command, SLOW_SECONDS, wanted, error)) {
            return false;
        }
        removed++;
        printf("%s removed\n", wanted);
    }
    return error->status == SIM_OK &&
           (removed > 0 ||
            sim_fail(error, SIM_GUEST_FAILED, "there is no app '%s' on the board", wanted));
}

/* --- Installing --- */

struct image {
    struct file_bytes file;
    struct pack_output packed;
    const uint8_t *bytes;
    struct tbf_info info;
};

static bool read_image(const char *name, struct image *image, struct sim_error *error)
{
    struct pack_error trouble;
    char path[PLACES_PATH_MAX];
    (void)places_find_guest(name, path, sizeof path);
    if (!file_read(path, &image->file, error)) {
        return false;
    }
    size_t size = image->file.size;
    image->bytes = image->file.data;
    if (pack_is_app(image->file.data, size)) {
        if (!pack_image(image->file.data, size, path, &pack_default_options, &image->packed,
                        &trouble)) {
            return sim_fail(error, SIM_WRONG_USE, "%s", trouble.text);
        }
        image->bytes = image->packed.bytes;
        size = image->packed.size;
    }
    if (!tbf_parse(path, image->bytes, size, &image->info, error)) {
        return false;
    }
    return !image->info.padding ||
           sim_fail(error, SIM_WRONG_USE, "%s is padding: there is nothing to install", path);
}

static void free_image(struct image *image)
{
    pack_output_free(&image->packed);
    file_free(&image->file);
}

static void show_progress(const char *name, uint32_t done, uint32_t total)
{
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r%s: %3u %%%s", name, (unsigned)(done * 100ULL / total),
                done == total ? "\n" : "");
    }
}

static bool write_all(struct install_link *link, const struct image *image, uint8_t piece,
                      struct sim_error *error)
{
    uint32_t total = image->info.total_bytes;
    uint32_t step = piece / WORD_BYTES * WORD_BYTES;
    for (uint32_t at = 0; at < total; at += step) {
        uint32_t count = total - at < step ? total - at : step;
        struct install_frame command = {.type = TYPE_WRITE};
        put_word(&command, at);
        memcpy(command.payload + WORD_BYTES, image->bytes + at, count);
        command.length = (uint8_t)(command.length + count);
        if (!order(link, &command, QUICK_SECONDS, image->info.name, error)) {
            return false;
        }
        show_progress(image->info.name, at + count, total);
    }
    return true;
}

static bool install(struct install_link *link, const struct image *image, uint8_t piece,
                    struct sim_error *error)
{
    const struct tbf_info *info = &image->info;
    struct install_frame begin = {.type = TYPE_BEGIN};
    const struct install_frame start = {.type = TYPE_START};
    const struct install_frame abort_it = {.type = TYPE_ABORT};
    put_word(&begin, info->total_bytes);
    put_word(&begin, info->fixed_flash == TBF_ADDRESS_ANY ? TBF_ADDRESS_ANY
                                                          : info->fixed_flash - info->app_offset);
    if (!order(link, &begin, SLOW_SECONDS, info->name, error)) {
        return false;
    }
    if (!write_all(link, image, piece, error) ||
        !order(link, &start, SLOW_SECONDS, info->name, error)) {
        struct sim_error ignored = {0};
        struct install_frame answer;
        (void)install_link_ask(link, &abort_it, QUICK_SECONDS, &answer, &ignored);
        return false;
    }
    printf("%s installed and started: %" PRIu32 " bytes\n", info->name, info->total_bytes);
    return true;
}

/* --- The command --- */

static bool parse(int argc, char **argv, struct install_arguments *arguments,
                  struct sim_error *error)
{
    static const struct option options[] = {
        {"uart", required_argument, NULL, 'u'},   {"list", no_argument, NULL, 'l'},
        {"remove", required_argument, NULL, 'r'}, {"verbose", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    int option = 0;
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":u:lr:vh", options, NULL)) != -1) {
        if (option == 'u') {
            arguments->where = optarg;
        } else if (option == 'l') {
            arguments->list = true;
        } else if (option == 'r') {
            arguments->remove = optarg;
        } else if (option == 'v') {
            arguments->verbose = true;
        } else if (option == 'h') {
            arguments->help = true;
        } else {
            return command_refuse_option(option, argv, error);
        }
    }
    arguments->file = argv[optind];
    int jobs = (arguments->file != NULL) + arguments->list + (arguments->remove != NULL);
    if (arguments->help) {
        return true;
    }
    if (jobs != 1 || (arguments->file != NULL && argv[optind + 1] != NULL)) {
        return sim_fail(error, SIM_WRONG_USE,
                        "takes one app, or --list, or --remove NAME: `sandglass install --help`");
    }
    return arguments->where != NULL ||
           sim_fail(error, SIM_WRONG_USE,
                    "install wants to know where the board's console is: --uart /dev/ttyACM0, or "
                    "--uart tcp:PORT");
}

static bool carry_out(const struct install_arguments *arguments, const struct image *image,
                      struct sim_error *error)
{
    struct install_link link;
    const struct install_frame quit = {.type = TYPE_QUIT};
    struct install_frame answer;
    struct sim_error ignored = {0};
    uint8_t piece = 0;
    if (!install_link_open(&link, arguments->where, arguments->verbose, error)) {
        return false;
    }
    bool good = install_link_greet(&link, &piece, error);
    if (good) {
        good = arguments->list             ? list(&link, error)
               : arguments->remove != NULL ? remove_named(&link, arguments->remove, error)
                                           : install(&link, image, piece, error);
        (void)install_link_ask(&link, &quit, QUICK_SECONDS, &answer, &ignored);
    }
    install_link_close(&link);
    return good;
}

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    struct install_arguments arguments = {0};
    struct image image = {0};
    if (!parse(argc, argv, &arguments, error)) {
        return error->status;
    }
    if (arguments.help) {
        fputs(help, stdout);
        return SIM_OK;
    }
    if (arguments.file == NULL || read_image(arguments.file, &image, error)) {
        (void)carry_out(&arguments, &image, error);
    }
    free_image(&image);
    return error->status;
}

const struct command command_install = {
    .name = "install", .summary = "installs an app on a board that runs", .run = run};
