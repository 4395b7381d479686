#include "tools/capsule_check/inits.h"

#include <string.h>

bool inits_is_init(const struct source *source, CXCursor function)
{
    char name[200];
    const struct text_file *file = ast_file(source, function);
    size_t length = strlen(ast_name(function, name, sizeof name));
    return clang_getCursorKind(function) == CXCursor_FunctionDecl && length > 5 &&
           strcmp(name + length - 5, "_init") == 0 && file != NULL && file->origin == TEXT_CAPSULE;
}

/* The function in whose braces the node stands, with nothing between. */
static CXCursor function_around(const struct ast_node *node)
{
    const struct ast_node *body = node->parent;
    bool is_direct = body != NULL && clang_getCursorKind(body->cursor) == CXCursor_CompoundStmt &&
                     body->parent != NULL &&
                     clang_getCursorKind(body->parent->cursor) == CXCursor_FunctionDecl;
    return is_direct ? body->parent->cursor : clang_getNullCursor();
}

static bool is_first(const struct ast_node *node)
{
    return clang_equalCursors(ast_child(node->parent->cursor, 0), node->cursor) != 0;
}

static bool is_own(CXCursor expression, CXCursor function)
{
    CXCursor bare = ast_bare(expression);
    return clang_getCursorKind(bare) == CXCursor_DeclRefExpr &&
           clang_equalCursors(clang_getCursorReferenced(bare),
                              clang_Cursor_getArgument(function, 0)) != 0;
}

bool inits_is_making(const struct source *source, const struct ast_node *assignment)
{
    CXCursor function = function_around(assignment);
    if (clang_Cursor_isNull(function) || !inits_is_init(source, function) ||
        !is_first(assignment) || strcmp(ast_operator(source, assignment->cursor), "=") != 0) {
        return false;
    }
    CXCursor target = ast_bare(ast_child(assignment->cursor, 0));
    CXCursor value = ast_bare(ast_child(assignment->cursor, 1));
    return clang_getCursorKind(target) == CXCursor_UnaryOperator &&
           strcmp(ast_operator(source, target), "*") == 0 &&
           is_own(ast_child(target, 0), function) &&
           clang_getCursorKind(value) == CXCursor_CompoundLiteralExpr;
}

const struct ast_node *inits_making_around(const struct source *source, const struct ast_node *node)
{
    while (node != NULL &&
           !(ast_is_assignment(source, node->cursor) && inits_is_making(source, node))) {
        node = node->parent;
    }
    return node;
}

static bool is_within(CXCursor place, CXCursor function)
{
    CXCursor at = ast_bare(place);
    while (clang_getCursorKind(at) == CXCursor_MemberRefExpr) {
        CXCursor base = ast_bare(ast_child(at, 0));
        if (ast_is_pointer(ast_type(base))) {
            return is_own(base, function);
        }
        at = base;
    }
    return false;
}

bool inits_is_in_instance(CXCursor place, const struct ast_node *making)
{
    return is_within(place, function_around(making));
}

struct change_search {
    const struct source *source;
    CXCursor function;
    bool found;
};

static enum CXChildVisitResult find_change(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct change_search *search = data;
    (void)parent;
    bool touches = ast_is_assignment(search->source, cursor) ||
                   ast_is_step(search->source, cursor) ||
                   (clang_getCursorKind(cursor) == CXCursor_UnaryOperator &&
                    strcmp(ast_operator(search->source, cursor), "&") == 0);
    search->found = search->found || (touches && is_own(ast_child(cursor, 0), search->function));
    return search->found ? CXChildVisit_Break : CXChildVisit_Recurse;
}

/* Is the first parameter the instance from the first statement to the last? */
static bool keeps_own(const struct source *source, CXCursor function)
{
    struct change_search search = {source, function, false};
    (void)clang_visitChildren(function, find_change, &search);
    return !search.found;
}

CXCursor inits_inner_field(const struct source *source, const struct ast_node *call,
                           unsigned argument, bool *is_good)
{
    CXCursor function = function_around(call);
    CXCursor callee = clang_getCursorReferenced(ast_bare(ast_child(call->cursor, 0)));
    CXCursor value = ast_bare(clang_Cursor_getArgument(call->cursor, argument));
    *is_good = false;
    if (clang_Cursor_isNull(function) || !inits_is_init(source, function)) {
        return clang_getNullCursor();
    }
    if (is_own(value, function)) {
        *is_good =
            argument == 0 && is_first(call) && clang_Cursor_getStorageClass(callee) == CX_SC_Static;
        return clang_getNullCursor();
    }
    struct ast_node first = {ast_child(call->parent->cursor, 0), call->parent, call->depth};
    CXCursor place = ast_bare(ast_child(value, 0));
    *is_good = ast_is_assignment(source, first.cursor) && inits_is_making(source, &first) &&
               clang_getCursorKind(value) == CXCursor_UnaryOperator &&
               strcmp(ast_operator(source, value), "&") == 0 && is_within(place, function) &&
               keeps_own(source, function);
    return *is_good ? clang_getCursorReferenced(place) : clang_getNullCursor();
}
