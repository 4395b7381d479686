/*
 * levels.h - how far in the object lies that a value leads to; what the numbers mean and why they
 * are enough says rule_escape.c.
 */
#ifndef TOOLS_CAPSULE_CHECK_LEVELS_H
#define TOOLS_CAPSULE_CHECK_LEVELS_H

#include "tools/capsule_check/ast.h"
#include "tools/capsule_check/functions.h"

enum {
    LEVELS_STORABLE = 0,
    LEVELS_PARAMETER = 1, /* what BORROWED parameters lead to */
    LEVELS_BODY = 2,      /* the outermost block of a function, and its parameters as objects */
    LEVELS_MOMENT = 10000 /* a temporary object: gone at the end of the expression */
};

/* A parameter or local variable. */
struct levels_local {
    CXCursor declaration;
    unsigned depth; /* where it is declared: the level of its address */
    unsigned level; /* the deepest that has been put in it */
};

/* What is known within a function. */
struct levels {
    struct source *source;
    struct functions functions;
    unsigned *results; /* owned; the deepest level that each returns: at most LEVELS_PARAMETER */
    struct levels_local *locals; /* owned */
    size_t count, room;
    bool reports; /* false: refusals are not said yet */
};

/* The level of a value at a depth. Arrays and functions turn into pointers to themselves. What is
 * not understood is refused, and LEVELS_MOMENT. */
unsigned levels_of_value(struct levels *levels, CXCursor expression, unsigned depth);

/* NULL: it is not of this function. */
struct levels_local *levels_local_of(struct levels *levels, CXCursor declaration);
/* Makes it known, once: pointers to locals may not be good behind it. */
void levels_declare(struct levels *levels, CXCursor declaration, unsigned depth, unsigned level);

void levels_refuse(struct levels *levels, CXCursor at, const char *what);

#endif
