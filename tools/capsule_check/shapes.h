/*
 * shapes.h - the text that the macros of trusted headers make in a capsule: grant_enter and
 * grant_each, GRANT, CAPSULE, SLICE_OF, LIST_AT and so on. They have attributes, void * and private
 * fields in them, which a capsule must not write by itself; written exactly as the macro makes it,
 * it is as good as the macro.
 *
 * After preprocessing nothing says that a token came from a macro. So each macro has its pattern
 * here, and every token of the capsule's text that belongs to a match is marked with the shape. The
 * arguments are not: they are the capsule's. When a macro changes, its pattern has to.
 */
#ifndef TOOLS_CAPSULE_CHECK_SHAPES_H
#define TOOLS_CAPSULE_CHECK_SHAPES_H

#include "tools/capsule_check/ast.h"
#include "tools/capsule_check/text.h"

void shapes_mark(struct text *text);

/* The shape of the token at which the cursor begins, and of the one that it is named by (a member's
 * name, a declaration's). */
enum text_shape shapes_at_begin(const struct source *source, CXCursor cursor);
enum text_shape shapes_at_name(const struct source *source, CXCursor cursor);

#endif
