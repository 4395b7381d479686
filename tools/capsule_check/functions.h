/*
 * functions.h - the functions that capsule text defines, numbered in their order: for the rules
 * that follow calls.
 */
#ifndef TOOLS_CAPSULE_CHECK_FUNCTIONS_H
#define TOOLS_CAPSULE_CHECK_FUNCTIONS_H

#include "tools/capsule_check/ast.h"

struct functions {
    CXCursor *items; /* owned; the definitions */
    size_t count, room;
};

void functions_find(struct source *source, struct functions *functions);
void functions_free(struct functions *functions);

/* The number of the function that this declares or defines; `count` when it is none of them. */
size_t functions_index(const struct functions *functions, CXCursor function);

#endif
