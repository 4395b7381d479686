#include "tools/capsule_check/scopes.h"

#include <string.h>

#include "tools/capsule_check/memory.h"
#include "tools/capsule_check/shapes.h"

static CXCursor last_child(CXCursor cursor)
{
    unsigned count = ast_child_count(cursor);
    return count > 0 ? ast_child(cursor, count - 1) : clang_getNullCursor();
}

/* What the first clause of a `for` declares. */
static CXCursor declared_by(CXCursor loop)
{
    return ast_child(ast_child(loop, 0), 0);
}

static void found_loop(struct source *source, struct scopes *scopes, CXCursor loop)
{
    if (shapes_at_begin(source, loop) != TEXT_SHAPE_GRANT_SCOPE) {
        return;
    }
    /* The outer `for` of grant_each declares a process and is no scope. */
    if (!ast_is_pointer(clang_getCursorType(declared_by(loop)))) {
        scopes->walks = memory_grown(scopes->walks, scopes->walk_count, &scopes->walk_room,
                                     sizeof(scopes->walks[0]));
        scopes->walks[scopes->walk_count++] =
            (struct scopes_walk){declared_by(loop), ast_child(ast_child(loop, 0), 1)};
        return;
    }
    scopes->items =
        memory_grown(scopes->items, scopes->count, &scopes->room, sizeof(scopes->items[0]));
    scopes->items[scopes->count++] =
        (struct scopes_scope){loop, declared_by(loop), last_child(loop)};
}

struct search {
    struct scopes *scopes;
    CXCursor data_type; /* the typedef of the GRANT line that is being read */
};

static enum ast_answer visit(struct source *source, const struct ast_node *node, void *context)
{
    struct search *search = context;
    struct scopes *scopes = search->scopes;
    enum CXCursorKind kind = clang_getCursorKind(node->cursor);
    bool in_grant = node->depth == 0 && shapes_at_begin(source, node->cursor) == TEXT_SHAPE_GRANT;
    if (kind == CXCursor_ForStmt) {
        found_loop(source, scopes, node->cursor);
    } else if (kind == CXCursor_TypedefDecl && in_grant) {
        search->data_type = node->cursor;
    } else if (kind == CXCursor_VarDecl && in_grant) {
        scopes->grants = memory_grown(scopes->grants, scopes->grant_count, &scopes->grant_room,
                                      sizeof(scopes->grants[0]));
        scopes->grants[scopes->grant_count++] =
            (struct scopes_grant){search->data_type, node->cursor};
    }
    return AST_INTO;
}

void scopes_find(struct source *source, struct scopes *scopes)
{
    struct search search = {scopes, clang_getNullCursor()};
    *scopes = (struct scopes){0};
    ast_visit_capsule(source, visit, &search);
}

void scopes_free(struct scopes *scopes)
{
    free(scopes->items);
    free(scopes->grants);
    free(scopes->walks);
    *scopes = (struct scopes){0};
}

const struct scopes_scope *scopes_of_loop(const struct scopes *scopes, CXCursor loop)
{
    for (size_t i = 0; i < scopes->count; i++) {
        if (clang_equalCursors(scopes->items[i].loop, loop)) {
            return &scopes->items[i];
        }
    }
    return NULL;
}

const struct scopes_scope *scopes_of_pointer(const struct scopes *scopes, CXCursor variable)
{
    for (size_t i = 0; i < scopes->count; i++) {
        if (clang_equalCursors(scopes->items[i].pointer, variable)) {
            return &scopes->items[i];
        }
    }
    return NULL;
}

const struct scopes_walk *scopes_walk_of(const struct scopes *scopes, CXCursor variable)
{
    for (size_t i = 0; i < scopes->walk_count; i++) {
        if (clang_equalCursors(scopes->walks[i].process, variable) ||
            clang_equalCursors(scopes->walks[i].place, variable)) {
            return &scopes->walks[i];
        }
    }
    return NULL;
}

const struct scopes_grant *scopes_of_grant(const struct scopes *scopes, CXCursor variable)
{
    for (size_t i = 0; i < scopes->grant_count; i++) {
        if (clang_equalCursors(scopes->grants[i].variable, variable)) {
            return &scopes->grants[i];
        }
    }
    return NULL;
}

bool scopes_is_machinery(const struct source *source, CXCursor cursor)
{
    enum text_shape shape = shapes_at_begin(source, cursor);
    return shape == TEXT_SHAPE_GRANT || shape == TEXT_SHAPE_GRANT_SCOPE;
}
