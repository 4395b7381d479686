/* sim/cli/test_files.h - the files of `sandglass test`: read, and folders gone through. */
#ifndef SIM_CLI_TEST_FILES_H
#define SIM_CLI_TEST_FILES_H

#include <stddef.h>

#include "sim/loader/file.h"
#include "sim/loader/sim_error.h"

#define TEST_FILES_MAX 4096

struct test_file {
    char *path; /* owned */
    struct file_bytes source;
};

struct test_files {
    struct test_file *files; /* owned */
    size_t count;
};

/* Adds a file, or all *.lua below a folder in the order of their names. SIM_WRONG_USE when there is
 * none. On failure call test_files_free all the same. */
bool test_files_add(struct test_files *files, const char *path, struct sim_error *error);
void test_files_free(struct test_files *files);

#endif
