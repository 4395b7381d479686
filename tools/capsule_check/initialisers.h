/*
 * initialisers.h - which value goes to which field: the initialisers of a capsule, each list in
 * braces with its type. libclang shows them as they are written, so that braces that are left out
 * would hide a field; those are refused here (rule initialiser).
 */
#ifndef TOOLS_CAPSULE_CHECK_INITIALISERS_H
#define TOOLS_CAPSULE_CHECK_INITIALISERS_H

#include "tools/capsule_check/ast.h"

enum {
    INITIALISER_FIELDS_MAX = 64,
};

struct initialiser_item {
    CXCursor field;
    CXCursor value; /* as it is written, conversions around it */
};

/* One list in braces for a struct. */
struct initialiser {
    CXCursor list;
    CXType type; /* canonical */
    struct initialiser_item items[INITIALISER_FIELDS_MAX];
    size_t count;
};

typedef void initialiser_visitor(struct source *source, const struct initialiser *initialiser,
                                 void *context);

/* Visits the lists of all structs that capsule text initialises, outermost first. */
void initialisers_visit(struct source *source, initialiser_visitor *visitor, void *context);

/* The lists of one variable's initialiser, of whichever file. */
void initialisers_visit_variable(struct source *source, CXCursor variable,
                                 initialiser_visitor *visitor, void *context);

/* 0, NULL, false, {0}: a value that is none. */
bool initialisers_is_zero(const struct source *source, CXCursor value);

#endif
