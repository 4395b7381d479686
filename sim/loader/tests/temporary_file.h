/* sim/loader/tests/temporary_file.h - a file of a test's own, for readers that want a path:
 *
 *   cmocka_unit_test_setup_teardown(test_x, temporary_file_make, temporary_file_remove)
 *
 * after which the test's state is the path. */
#ifndef SIM_LOADER_TESTS_TEMPORARY_FILE_H
#define SIM_LOADER_TESTS_TEMPORARY_FILE_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline int temporary_file_make(void **state)
{
    static char path[32];
    strcpy(path, "/tmp/test_loader_XXXXXX");
    int descriptor = mkstemp(path);
    if (descriptor < 0) {
        return -1;
    }
    close(descriptor);
    *state = path;
    return 0;
}

static inline int temporary_file_remove(void **state)
{
    return unlink(*state);
}

/* These bytes and nothing else are in it. Fails the test when they cannot be. */
static inline void temporary_file_write(const char *path, const void *bytes, size_t size)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

#endif
