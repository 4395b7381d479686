#include "sim/loader/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_open_file(FILE *stream, const char *path, struct file_bytes *bytes,
                           struct sim_error *error)
{
    struct stat status;
    if (fstat(fileno(stream), &status) != 0 || !S_ISREG(status.st_mode)) {
        return sim_fail(error, SIM_WRONG_USE, "%s is not a file", path);
    }
    if (status.st_size > (off_t)FILE_SIZE_MAX) {
        return sim_fail(error, SIM_WRONG_USE, "%s is larger than %u MB: not an image", path,
                        FILE_SIZE_MAX >> 20);
    }
    size_t size = (size_t)status.st_size;
    bytes->data = malloc(size + 1); /* +1: an empty file is a valid allocation too */
    if (bytes->data == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory to read %s", path);
    }
    bytes->size = fread(bytes->data, 1, size, stream);
    if (bytes->size != size) {
        file_free(bytes);
        return sim_fail(error, SIM_WRONG_USE, "cannot read %s: %s", path, strerror(errno));
    }
    return true;
}

bool file_read(const char *path, struct file_bytes *bytes, struct sim_error *error)
{
    *bytes = (struct file_bytes){0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe has nobody yet */
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "rb");
    if (stream == NULL) {
        if (descriptor >= 0) {
            close(descriptor);
        }
        return sim_fail(error, SIM_WRONG_USE, "cannot open %s: %s", path, strerror(errno));
    }
    bool done = read_open_file(stream, path, bytes, error);
    fclose(stream);
    return done;
}

void file_free(struct file_bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct file_bytes){0};
}

bool file_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

const char *file_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

bool file_sibling(const char *path, const char *ending, char *buffer, size_t size)
{
    const char *dot = strrchr(file_base_name(path), '.');
    size_t stem = dot == NULL ? strlen(path) : (size_t)(dot - path);
    if (stem + 1 + strlen(ending) + 1 > size) {
        return false;
    }
    memcpy(buffer, path, stem);
    buffer[stem] = '.';
    strcpy(buffer + stem + 1, ending);
    return true;
}

bool file_has_ending(const char *path, const char *ending)
{
    size_t length = strlen(path);
    size_t wanted = strlen(ending);
    return length >= wanted && strcmp(path + length - wanted, ending) == 0;
}
