/*
 * object.h - the rules on a capsule's object, what the compiler made of the checked text. They hold
 * whatever the source rules may have missed: nothing writable, nothing that the linker would place
 * or prefer specially, no symbol that the manifest does not grant, no address but its own and
 * theirs, no instruction that user code would not have.
 *
 * Rules: object-file, object-section, object-symbol, object-relocation, object-instruction.
 */
#ifndef TOOLS_CAPSULE_CHECK_OBJECT_H
#define TOOLS_CAPSULE_CHECK_OBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/capsule_check/findings.h"

/* A function or variable with external linkage that the capsule's text declares. */
struct object_name {
    char *name;
    bool is_own; /* declared by the capsule's own header, so it may define it */
    bool is_granted; /* declared by a header of a need in its manifest line, or by everybody's */
};

struct object_names {
    const char *capsule; /* its name: of the file, without .c */
    struct object_name *items;
    size_t count;
};

/* Checks the object at `path`. */
void object_check(const char *path, const struct object_names *names, struct findings *findings);

#endif
