/*
 * pairs.h - the structs of trusted headers in which functions stand together with what they are
 * called with: clients, handles, deferred calls (void *self beside functions or beside a table of
 * ops) and the tables of ops themselves.
 */
#ifndef TOOLS_CAPSULE_CHECK_PAIRS_H
#define TOOLS_CAPSULE_CHECK_PAIRS_H

#include "tools/capsule_check/ast.h"

/* Is it such a struct, of a trusted header? */
bool pairs_is_table(const struct source *source, CXType type); /* has functions with a self */
bool pairs_is_pair(const struct source *source,
                   CXType type); /* has self, beside functions or ops */

/* Does the field's value belong together with others: a function, self, ops, owner? */
bool pairs_is_bound_field(const struct source *source, CXCursor field);

#endif
