/* Runs a target over files: the corpus as a regression test, or one input that a fuzzer found.
 *
 * Usage: replay_TARGET FILE|FOLDER...
 * Exit status: 0 all were run; a finding aborts, and the name printed last is the input that did
 * it.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "sim/loader/file.h"
#include "tests/fuzz/fuzz_bytes.h"

#define FILES_MAX  4096
#define PATH_BYTES 1024

static bool run_file(const char *path)
{
    struct file_bytes bytes;
    struct sim_error error = {.status = SIM_OK};
    if (!file_read(path, &bytes, &error)) {
        (void)fprintf(stderr, "replay: %s\n", error.text);
        return false;
    }
    (void)fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(bytes.data, bytes.size);
    file_free(&bytes);
    return true;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Every file of a folder, in the order of the names. Returns how many, -1 when one cannot be read.
 */
static int run_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, visible, alphasort);
    bool fine = count >= 0;
    for (int i = 0; i < count; i++) {
        char path[PATH_BYTES];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        fine = fine && run_file(path);
        free(entries[i]);
    }
    free(entries);
    return fine ? count : -1;
}

static int run(const char *path)
{
    struct stat about;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        return run_folder(path);
    }
    return run_file(path) ? 1 : -1;
}

int main(int argc, char **argv)
{
    int total = 0;
    for (int i = 1; i < argc; i++) {
        int count = run(argv[i]);
        if (count < 0) {
            return 2;
        }
        total += count;
    }
    printf("%d inputs\n", total);
    return total > 0 ? 0 : 2;
}
