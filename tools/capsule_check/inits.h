/*
 * inits.h - where an instance with DMA buffers or deferred calls comes from.
 *
 * The board calls NAME_init once for each instance, before the kernel runs. There the instance is
 * made as a whole, by the first statement, `*own = (struct T){...};`, when nobody has anything of
 * it yet. Made later, or a second time, a buffer would forget that a device has it, and the
 * kernel's list of deferred calls its place in it.
 */
#ifndef TOOLS_CAPSULE_CHECK_INITS_H
#define TOOLS_CAPSULE_CHECK_INITS_H

#include "tools/capsule_check/ast.h"

/* Is it a function NAME_init of a capsule? */
bool inits_is_init(const struct source *source, CXCursor function);

/* Is the assignment the making of an instance: `*own = (struct T){...}`, first in a function
 * NAME_init, with own its first parameter? */
bool inits_is_making(const struct source *source, const struct ast_node *assignment);

/* The making whose braces the node stands in; NULL when in none. */
const struct ast_node *inits_making_around(const struct source *source,
                                           const struct ast_node *node);

/* Does the place `own->a` or `own->a.b` lie in the instance that is made? */
bool inits_is_in_instance(CXCursor place, const struct ast_node *making);

/* A call of another NAME_init that is handed an instance to make, which lies in the caller's: the
 * field of `inner_init(&own->field)`, behind the making. For `inner_init(own)`, with inner_init
 * static and the call first, or else a null cursor; *is_good tells these two apart. */
CXCursor inits_inner_field(const struct source *source, const struct ast_node *call,
                           unsigned argument, bool *is_good);

#endif
