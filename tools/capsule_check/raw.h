/*
 * raw.h - the source files themselves, before the preprocessor: lines put together where a
 * backslash splits them, comments gone, directives told from text. It reads what the preprocessor
 * reads, so that a directive cannot hide; where that would be in doubt it says so.
 */
#ifndef TOOLS_CAPSULE_CHECK_RAW_H
#define TOOLS_CAPSULE_CHECK_RAW_H

#include <stdbool.h>
#include <stddef.h>

struct raw_line {
    unsigned line; /* where it begins in the file */
    char *text;    /* owned; without comments, each of which is a blank */
    size_t length;
};

struct raw_file {
    struct raw_line *lines;
    size_t count;
    size_t room;
    unsigned doubtful_line; /* 0, or a line that different preprocessors may read differently */
    const char *doubt;      /* what is in it */
};

/* False when the file cannot be read. */
bool raw_read(struct raw_file *raw, const char *path);
void raw_free(struct raw_file *raw);

/* Whether the line is a directive; *at is then where its name begins (which may be missing). */
bool raw_is_directive(const struct raw_line *line, size_t *at);
/* Whether the word stands anywhere in the file, comments and strings aside. */
bool raw_has_word(const struct raw_file *raw, const char *word, size_t length);

#endif
