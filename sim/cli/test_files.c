#include "sim/cli/test_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/cli/places.h"

#define DEPTH_MAX 16

static bool add_file(struct test_files *files, const char *path, struct sim_error *error)
{
    struct test_file file = {0};
    if (files->count == TEST_FILES_MAX) {
        return sim_fail(error, SIM_WRONG_USE, "%s is one file too many: at most %d", path,
                        TEST_FILES_MAX);
    }
    struct test_file *longer = realloc(files->files, (files->count + 1) * sizeof file);
    if (longer == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for %s", path);
    }
    files->files = longer;
    file.path = strdup(path);
    if (file.path == NULL || !file_read(path, &file.source, error)) {
        free(file.path);
        return sim_fail(error, SIM_INTERNAL, "no memory for %s", path);
    }
    files->files[files->count] = file;
    files->count++;
    return true;
}

static int is_seen(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Links to folders are not followed: they may lead in circles. */
static bool add_folder(struct test_files *files, const char *folder, int depth,
                       struct sim_error *error)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_seen, alphasort);
    bool good = count >= 0 || sim_fail(error, SIM_WRONG_USE, "%s: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        char path[PLACES_PATH_MAX];
        struct stat status;
        int length = snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        bool fits = length > 0 && (size_t)length < sizeof path && lstat(path, &status) == 0;
        if (good && fits && S_ISDIR(status.st_mode) && depth < DEPTH_MAX) {
            good = add_folder(files, path, depth + 1, error);
        } else if (good && fits && !S_ISDIR(status.st_mode) && file_has_ending(path, ".lua")) {
            good = add_file(files, path, error);
        }
        free(entries[i]);
    }
    free(entries);
    return good;
}

bool test_files_add(struct test_files *files, const char *path, struct sim_error *error)
{
    struct stat status;
    size_t before = files->count;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        size_t length = strlen(path);
        char folder[PLACES_PATH_MAX];
        while (length > 1 && path[length - 1] == '/') {
            length--;
        }
        snprintf(folder, sizeof folder, "%.*s", (int)length, path);
        return add_folder(files, folder, 0, error) &&
               (files->count > before ||
                sim_fail(error, SIM_WRONG_USE, "there is no .lua file in %s", path));
    }
    return add_file(files, path, error);
}

void test_files_free(struct test_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->files[i].path);
        file_free(&files->files[i].source);
    }
    free(files->files);
    *files = (struct test_files){0};
}
