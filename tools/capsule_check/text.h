/*
 * text.h - the trust boundary: preprocessed text (a .i file) with, for each of its lines, the file
 * that it comes from and whether that file is trusted.
 *
 * Where a line comes from is what the compiler's line markers say. A capsule must not be able to
 * write such a marker itself, or text of its own would pass as a header's. So (1) markers are
 * followed as a stack of files: one enters a file, one returns to the file below, one without flags
 * names the file that is being read; anything else is refused; (2) raw.h looks at the source files
 * themselves for directives that make markers.
 *
 * Places that libclang reports are physical lines of the .i; its own reading of the markers is not
 * asked.
 */
#ifndef TOOLS_CAPSULE_CHECK_TEXT_H
#define TOOLS_CAPSULE_CHECK_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/capsule_check/findings.h"
#include "tools/capsule_check/lexer.h"

enum text_origin {
    TEXT_CAPSULE,  /* everything that is not one of the others */
    TEXT_TRUSTED,  /* kernel/capsule, kernel/hil, kernel/abi of the root */
    TEXT_COMPILER, /* the compiler's own headers that capsules may include */
};

struct text_file {
    char *name; /* as messages show it: from `kernel` on, where it lies there */
    char *path; /* the real path; what the marker said when there is no such file */
    enum text_origin origin;
    bool is_main;   /* the capsule's .c */
    bool is_own;    /* that, or the header of its name beside it */
    bool is_beside; /* lies in the folder of the capsule, or in kernel/capsules */
};

struct text_place {
    const struct text_file *file; /* NULL: no line of any file */
    unsigned line;
};

/* The macros of trusted headers whose text a capsule may not write by itself; see shapes.h. */
enum text_shape {
    TEXT_SHAPE_NONE,
    TEXT_SHAPE_MARK,
    TEXT_SHAPE_CAPSULE,
    TEXT_SHAPE_GRANT,
    TEXT_SHAPE_GRANT_SCOPE, /* grant_enter, grant_each */
    TEXT_SHAPE_SLICE_OF,
    TEXT_SHAPE_SLICE_OF_TEXT,
    TEXT_SHAPE_LIST_OF,
    TEXT_SHAPE_LIST_AT,
    TEXT_SHAPE_DMA_BUFFER_OF,
    TEXT_SHAPE_NULL,
};

/* A token of the text with where it stands. Markers and other lines that begin with # have none. */
struct text_token {
    enum lexer_kind kind;
    const char *bytes; /* not terminated */
    size_t length;
    size_t offset;
    unsigned physical_line; /* of the .i, from 1 */
    enum text_shape shape;  /* whose text it is; an argument of the macro has NONE */
};

struct text {
    char *name;            /* of the .i file */
    char *bytes;           /* owned, with a zero behind the last */
    unsigned wrong_marker; /* 0, or the physical line of a marker that the preprocessor would not
                              have written; what follows counts as the capsule's */
    size_t length;
    struct text_file **files; /* owned, in the order of their first mention */
    size_t file_count;
    size_t file_room;
    struct text_place *places; /* of each physical line, from index 1 */
    size_t place_count;
    size_t place_room;
    struct text_token *tokens; /* all of them, trusted text too, in order */
    size_t token_count;
    size_t token_room;
};

/* Reads the .i file. `root` has the folder `kernel`; its folders may be links. False when it cannot
 * be read, or is larger than any capsule (a line on stderr says which). Directives that are left in
 * capsule text go to `findings`. */
bool text_read(struct text *text, const char *path, const char *root, struct findings *findings);
void text_free(struct text *text);

/* Is it the capsule's own text, or that of a capsule beside it? False for other files that it has
 * no right to include. */
bool text_is_a_capsules(const struct text_file *file);

/* Of a physical line; {NULL, 0} outside the text. */
struct text_place text_place_of(const struct text *text, unsigned physical_line);
bool text_is_capsule(const struct text *text, unsigned physical_line);

/* Whether the token is exactly this. NULL is no token. */
bool text_token_is(const struct text_token *token, const char *spelling);
/* The index of the first token at or behind this offset; token_count when there is none. */
size_t text_token_at(const struct text *text, size_t offset);

/* Adds a finding at a physical line. */
void text_refuse(const struct text *text, struct findings *findings, const char *rule,
                 unsigned physical_line, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
