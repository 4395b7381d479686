/*
 * manifest.h - what a capsule says of itself in its CAPSULE line: its name and its needs. See
 * kernel/capsule/manifest.h.
 */
#ifndef TOOLS_CAPSULE_CHECK_MANIFEST_H
#define TOOLS_CAPSULE_CHECK_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/capsule_check/ast.h"

enum {
    MANIFEST_NAME_BYTES = 64,
};

/* The tokens of the line, as indices into the text's; both 0 when there is none. */
struct manifest {
    char name[MANIFEST_NAME_BYTES]; /* "" when there is no line */
    size_t first;
    size_t end;
};

void manifest_read(const struct text *text, struct manifest *manifest);

/* May the capsule show this name to the linker? It begins with the capsule's name: the one of the
 * line, or of the file. */
bool manifest_is_own_name(const struct source *source, const char *name);

/* The base of the capsule's file: "console" for .../console.c. Returns `buffer`. */
const char *manifest_stem(const struct text *text, char *buffer, size_t room);

#endif
