/*
 * scopes.h - the grants and grant scopes of a capsule: what GRANT, grant_enter and grant_each of
 * kernel/capsule/grant.h left in the preprocessed text. A match is one of tokens, letter for letter
 * but for the arguments, so an imitation that differs in any detail is none.
 */
#ifndef TOOLS_CAPSULE_CHECK_SCOPES_H
#define TOOLS_CAPSULE_CHECK_SCOPES_H

#include "tools/capsule_check/ast.h"

/* Offsets into the text, [begin, end). */
struct scopes_range {
    size_t begin, end;
};

/* One GRANT line. */
struct scopes_grant {
    CXCursor data_type; /* the typedef NAME_data */
    CXCursor variable;  /* NAME */
    struct scopes_range range;
};

/* One grant_enter or grant_each. */
struct scopes_scope {
    CXCursor loop;      /* the outermost for */
    CXCursor variable;  /* POINTER_scope */
    CXCursor pointer;   /* what the capsule calls p */
    CXCursor body;      /* the statement behind the macro */
    CXCursor statement; /* the innermost for, whose last child is the body */
    struct scopes_range header;
    struct scopes_range process; /* the argument, the capsule's own; empty for grant_each */
};

struct scopes {
    struct scopes_grant *grants; /* owned */
    size_t grant_count, grant_room;
    struct scopes_scope *items; /* owned, outer ones before inner ones */
    size_t count, room;
};

/* Finds all in capsule text. */
void scopes_find(struct source *source, struct scopes *scopes);
void scopes_free(struct scopes *scopes);

/* The scope whose outermost `for` this is, or whose pointer this declares, or whose POINTER_scope
 * this declares; NULL when it is none. */
const struct scopes_scope *scopes_of_loop(const struct scopes *scopes, CXCursor loop);
const struct scopes_scope *scopes_of_pointer(const struct scopes *scopes, CXCursor variable);
const struct scopes_scope *scopes_of_variable(const struct scopes *scopes, CXCursor variable);
/* Whether the grant was declared by a GRANT line. */
const struct scopes_grant *scopes_of_grant(const struct scopes *scopes, CXCursor variable);

/* Whether the offset lies in text that the macros wrote: in a GRANT line, or in the head of a scope
 * outside its argument. */
bool scopes_is_machinery(const struct scopes *scopes, size_t offset);

#endif
