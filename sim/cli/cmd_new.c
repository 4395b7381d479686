#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/cli/command.h"
#include "sim/cli/places.h"
#include "sim/loader/file.h"

#define NAME_MAX_LENGTH 31

/* The name becomes a file, a make target and the package's name. */
static bool is_good_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= NAME_MAX_LENGTH && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
               length;
}

/* Copies text, and puts values in the place of @APP_NAME@ and @SANDGLASS_SDK@. */
static void write_filled(FILE *stream, const struct file_bytes *text, const char *name,
                         const char *sdk)
{
    static const char app_name[] = "@APP_NAME@";
    static const char sdk_path[] = "@SANDGLASS_SDK@";
    size_t at = 0;
    while (at < text->size) {
        size_t left = text->size - at;
        const char *here = (const char *)text->data + at;
        if (left >= sizeof app_name - 1 && memcmp(here, app_name, sizeof app_name - 1) == 0) {
            fputs(name, stream);
            at += sizeof app_name - 1;
        } else if (left >= sizeof sdk_path - 1 &&
                   memcmp(here, sdk_path, sizeof sdk_path - 1) == 0) {
            fputs(sdk, stream);
            at += sizeof sdk_path - 1;
        } else {
            fputc(*here, stream);
            at++;
        }
    }
}

static bool fill_file(const char *sdk, const char *folder, const char *file,
                      struct sim_error *error)
{
    char from[PLACES_PATH_MAX + 64];
    char to[PLACES_PATH_MAX + 64];
    struct file_bytes text;
    snprintf(from, sizeof from, "%s/template/%s", sdk, file);
    snprintf(to, sizeof to, "%s/%s", folder, file);
    if (!file_read(from, &text, error)) {
        return false;
    }
    FILE *stream = fopen(to, "w");
    if (stream != NULL) {
        write_filled(stream, &text, file_base_name(folder), sdk);
    }
    file_free(&text);
    return (stream != NULL && fclose(stream) == 0) ||
           sim_fail(error, SIM_WRONG_USE, "cannot write %s: %s", to, strerror(errno));
}

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    char sdk[PLACES_PATH_MAX];
    if (command_wants_help(argc, argv)) {
        puts("usage: sandglass new FOLDER\n\nMakes a folder with a small app: main.c, a Makefile, "
             "and test.lua, which says what the app\nis expected to do. `sandglass run FOLDER` "
             "builds it and runs it, then `sandglass test FOLDER`\ntests it.");
        return SIM_OK;
    }
    if (argc != 2 || !is_good_name(file_base_name(argv[1]))) {
        sim_fail(error, SIM_WRONG_USE,
                 "give the new app's folder: letters, digits, _ and -, at most %d",
                 NAME_MAX_LENGTH);
        return SIM_WRONG_USE;
    }
    if (!places_find_folder("sdk", sdk, sizeof sdk)) {
        sim_fail(error, SIM_WRONG_USE, "%s is not there: build it (cmake --build)", sdk);
        return SIM_WRONG_USE;
    }
    char resolved[PLACES_PATH_MAX];
    if (!places_resolve(sdk, resolved, sizeof resolved)) {
        sim_fail(error, SIM_INTERNAL, "cannot resolve %s", sdk);
        return SIM_INTERNAL;
    }
    if (mkdir(argv[1], 0777) != 0) {
        sim_fail(error, SIM_WRONG_USE, "cannot make the folder %s: %s", argv[1], strerror(errno));
        return SIM_WRONG_USE;
    }
    if (fill_file(resolved, argv[1], "main.c", error) &&
        fill_file(resolved, argv[1], "Makefile", error) &&
        fill_file(resolved, argv[1], "test.lua", error)) {
        printf(
            "%s: edit main.c, then `sandglass run %s`; `sandglass test %s` tests what was built\n",
            argv[1], argv[1], argv[1]);
    }
    return error->status;
}

const struct command command_new = {
    .name = "new", .summary = "makes a folder with a small app of your own", .run = run};
