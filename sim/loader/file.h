/* sim/loader/file.h - whole files in memory, and the names of neighbouring files. */
#ifndef SIM_LOADER_FILE_H
#define SIM_LOADER_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"

#define FILE_SIZE_MAX (64U * 1024U * 1024U)

struct file_bytes {
    uint8_t *data; /* owned; freed by file_free */
    size_t size;
};

/* Reads a whole file of at most FILE_SIZE_MAX bytes. A missing, unreadable or too large file, or
 * one that is none (a folder), is SIM_WRONG_USE. */
bool file_read(const char *path, struct file_bytes *bytes, struct sim_error *error);
void file_free(struct file_bytes *bytes);

bool file_exists(const char *path);

/* Writes `path` with its ending (after the last dot of its last component) replaced by `ending`
 * ("elf") into buffer. False when it does not fit. */
bool file_sibling(const char *path, const char *ending, char *buffer, size_t size);

/* The part after the last slash. */
const char *file_base_name(const char *path);

/* Does the name end so (".tbf")? */
bool file_has_ending(const char *path, const char *ending);

#endif
