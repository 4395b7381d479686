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
    enum object_from {
        OBJECT_FROM_OWN,       /* the capsule's own header: it may define it */
        OBJECT_FROM_NEED,      /* the header of `need`: it may use it if its manifest says so */
        OBJECT_FROM_EVERYBODY, /* a trusted header that needs no grant */
        OBJECT_FROM_ELSEWHERE,
    } from;
    unsigned need; /* enum capsule_need */
};

struct object_names {
    char *source;  /* the capsule's .c, as messages show it */
    char *capsule; /* its name: of that file, without folder and .c */
    struct object_name *items;
    size_t count, room;
};

/* From the checked text. False when it cannot be read; findings say why. Free it in either case. */
bool object_names_read(struct object_names *names, const char *text, const char *root,
                       struct findings *findings);
void object_names_free(struct object_names *names);

/* Checks the object at `path`. Findings are filed under the source. */
void object_check(const char *path, const struct object_names *names, struct findings *findings);

#endif
