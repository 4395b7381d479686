#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/command.h"
#include "sim/cli/places.h"
#include "sim/loader/file.h"
#include "sim/loader/tab.h"
#include "sim/loader/tbf.h"

/* Those of the benchmarks lie in the same folder, and show nothing. */
static int is_shown(const struct dirent *entry)
{
    static const char *const hidden[] = {"kernel_costs.tbf", "long_write.tbf", "null_command.tbf"};
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        if (strcmp(entry->d_name, hidden[i]) == 0) {
            return 0;
        }
    }
    return file_has_ending(entry->d_name, ".tbf");
}

/* What is out of the ordinary, in a few words. */
static void print_notes(const struct tbf_info *info)
{
    if (info->disabled) {
        printf("  disabled");
    }
    if (info->sticky) {
        printf("  sticky");
    }
    if (info->version != 0) {
        printf("  version %u", info->version);
    }
    if (info->short_id != 0) {
        printf("  short ID 0x%x", info->short_id);
    }
    if (info->write_id != 0) {
        printf("  write ID 0x%x", info->write_id);
    }
    if (info->limited) {
        printf("  permissions %u", info->permissions);
    }
    if (info->hashed) {
        printf("  SHA-256");
    }
    if (info->signed_p256) {
        printf("  ECDSA P-256");
    }
}

static void print_head(void)
{
    printf("%-22s %8s %8s  %s\n", "name", "flash", "RAM", "file");
}

/* The first says what the columns are. */
static bool print_app(const char *name, bool is_first, struct sim_error *error)
{
    char path[PLACES_PATH_MAX + 256];
    char shown[PLACES_PATH_MAX];
    struct file_bytes bytes;
    struct tbf_info info;
    (void)places_find_guest(name, path, sizeof path);
    if (!file_read(path, &bytes, error)) {
        return false;
    }
    const uint8_t *tbf = bytes.data;
    size_t size = bytes.size;
    bool done = (!file_has_ending(path, ".tab") ||
                 tab_find(path, bytes.data, bytes.size, &tbf, &size, error)) &&
                tbf_parse(path, tbf, size, &info, error);
    if (done && is_first) {
        print_head();
    }
    if (done) {
        printf("%-22s %8u %8u  %s", info.name, info.total_bytes, info.minimum_ram_bytes,
               places_resolve(path, shown, sizeof shown) ? shown : path);
        print_notes(&info);
        putchar('\n');
    }
    file_free(&bytes);
    return done;
}

/* The apps that come with the program. */
static void print_all(struct sim_error *error)
{
    char folder[PLACES_PATH_MAX];
    char path[PLACES_PATH_MAX + 256];
    struct dirent **entries = NULL;
    int count = places_find_folder("firmware/apps", folder, sizeof folder)
                    ? scandir(folder, &entries, is_shown, alphasort)
                    : -1;
    if (count < 0) {
        sim_fail(error, SIM_WRONG_USE, "%s is not there: build the apps (cmake --build)", folder);
        return;
    }
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        print_app(path, i == 0, error);
        free(entries[i]);
    }
    free(entries);
}

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    if (command_wants_help(argc, argv)) {
        puts("usage: sandglass apps [APP.tbf|APP.tab ...]\n\nLists the apps that come with the "
             "program, or these: name, bytes of flash and of RAM, file, and\nwhat their headers "
             "and footers say besides.");
        return SIM_OK;
    }
    if (argc <= 1) {
        print_all(error);
        return error->status;
    }
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-') {
            sim_fail(error, SIM_WRONG_USE, "apps takes files, no option %s", argv[i]);
            return error->status;
        }
    }
    for (int i = 1; i < argc && print_app(argv[i], i == 1, error); i++) {
    }
    return error->status;
}

const struct command command_apps = {
    .name = "apps", .summary = "lists the apps that come along, or files", .run = run};
