#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/cli/command.h"
#include "sim/cli/places.h"
#include "sim/loader/file.h"
#include "sim/loader/tbf.h"

static int is_tbf(const struct dirent *entry)
{
    return file_has_ending(entry->d_name, ".tbf");
}

static bool print_app(const char *folder, const char *file, struct sim_error *error)
{
    char path[PLACES_PATH_MAX + 256];
    char shown[PLACES_PATH_MAX];
    struct file_bytes bytes;
    struct tbf_info info;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    if (!file_read(path, &bytes, error)) {
        return false;
    }
    bool done = tbf_parse(path, bytes.data, bytes.size, &info, error);
    if (done) {
        printf("%-22s %8u %8u  %s\n", info.name, info.total_bytes, info.minimum_ram_bytes,
               places_resolve(path, shown, sizeof shown) ? shown : path);
    }
    file_free(&bytes);
    return done;
}

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    char folder[PLACES_PATH_MAX];
    struct dirent **entries = NULL;
    if (command_wants_help(argc, argv)) {
        puts("usage: sandglass apps\n\nLists the apps that come with the program: name, bytes of "
             "flash and of RAM, file.");
        return SIM_OK;
    }
    if (!command_no_arguments(argc, argv, error)) {
        return error->status;
    }
    int count = places_find_folder("firmware/apps", folder, sizeof folder)
                    ? scandir(folder, &entries, is_tbf, alphasort)
                    : -1;
    if (count < 0) {
        sim_fail(error, SIM_WRONG_USE, "%s is not there: build the apps (cmake --build)", folder);
        return SIM_WRONG_USE;
    }
    printf("%-22s %8s %8s  %s\n", "name", "flash", "RAM", "file");
    for (int i = 0; i < count; i++) {
        print_app(folder, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    return error->status;
}

const struct command command_apps = {
    .name = "apps", .summary = "lists the apps that come along", .run = run};
