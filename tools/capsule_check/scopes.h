/*
 * scopes.h - the grants and grant scopes of a capsule: what GRANT, grant_enter and grant_each of
 * kernel/capsule/grant.h left in its text, as shapes.h found it.
 */
#ifndef TOOLS_CAPSULE_CHECK_SCOPES_H
#define TOOLS_CAPSULE_CHECK_SCOPES_H

#include "tools/capsule_check/ast.h"

/* One GRANT line. */
struct scopes_grant {
    CXCursor data_type; /* the typedef NAME_data */
    CXCursor variable;  /* NAME */
};

/* One grant_enter or grant_each. */
struct scopes_scope {
    CXCursor loop;    /* the for that enters it; of grant_each, the inner one */
    CXCursor pointer; /* what the capsule calls p */
    CXCursor body;    /* the statement behind the macro */
};

/* What the outer `for` of a grant_each declares. */
struct scopes_walk {
    CXCursor process; /* what the capsule calls id */
    CXCursor place;   /* the pointer to it that the macro needs */
};

struct scopes {
    struct scopes_grant *grants; /* owned */
    size_t grant_count, grant_room;
    struct scopes_scope *items; /* owned, outer ones before inner ones */
    size_t count, room;
    struct scopes_walk *walks; /* owned */
    size_t walk_count, walk_room;
};

/* Finds all in capsule text. */
void scopes_find(struct source *source, struct scopes *scopes);
void scopes_free(struct scopes *scopes);

/* The scope whose `for` this is, or whose pointer this declares; NULL when it is none. */
const struct scopes_scope *scopes_of_loop(const struct scopes *scopes, CXCursor loop);
const struct scopes_scope *scopes_of_pointer(const struct scopes *scopes, CXCursor variable);
/* The walk whose process or place the variable is; NULL when it is neither. */
const struct scopes_walk *scopes_walk_of(const struct scopes *scopes, CXCursor variable);
/* Whether the grant was declared by a GRANT line. */
const struct scopes_grant *scopes_of_grant(const struct scopes *scopes, CXCursor variable);

/* Whether the cursor begins in text that the macros wrote, outside their arguments. */
bool scopes_is_machinery(const struct source *source, CXCursor cursor);

#endif
