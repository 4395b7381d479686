/*
 * The rules `scope-exit` (control enters a grant scope at its top and leaves it at its end) and
 * `grant-scope` (what grant_enter and grant_each are made of is left alone).
 */
#include <string.h>

#include "tools/capsule_check/rule_groups.h"
#include "tools/capsule_check/scopes.h"

struct flow {
    struct source *source;
    const struct scopes *scopes;
    const struct scopes_scope *scope; /* the innermost one; NULL outside */
    bool in_head;                     /* of that scope: the fors that the macro wrote */
    bool can_break, can_continue;     /* a loop or switch within the scope takes it */
};

/* --- scope-exit --- */

static void check_exit(const struct flow *flow, CXCursor cursor)
{
    const char *what = NULL;
    switch ((int)clang_getCursorKind(cursor)) {
    case CXCursor_ReturnStmt:
        what = "return";
        break;
    case CXCursor_GotoStmt:
    case CXCursor_IndirectGotoStmt:
        what = "goto";
        break;
    case CXCursor_BreakStmt:
        what = flow->can_break ? NULL : "break";
        break;
    case CXCursor_ContinueStmt:
        what = flow->can_continue ? NULL : "continue";
        break;
    default:
        break;
    }
    if (flow->scope != NULL && what != NULL) {
        ast_refuse(flow->source, "scope-exit", cursor, "%s out of a grant scope", what);
    }
}

static bool is_loop(CXCursor cursor)
{
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    return kind == CXCursor_ForStmt || kind == CXCursor_WhileStmt || kind == CXCursor_DoStmt;
}

static struct flow flow_below(const struct flow *above, CXCursor cursor)
{
    struct flow flow = *above;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    const struct scopes_scope *scope = scopes_of_loop(flow.scopes, cursor);
    if (scope != NULL) {
        flow.scope = scope;
        flow.in_head = true;
        flow.can_break = flow.can_continue = false;
        return flow;
    }
    if (flow.in_head && clang_equalCursors(cursor, flow.scope->body)) {
        flow.in_head = false;
    }
    if (!flow.in_head) {
        flow.can_break = flow.can_break || is_loop(cursor) || kind == CXCursor_SwitchStmt;
        flow.can_continue = flow.can_continue || is_loop(cursor);
    }
    return flow;
}

static enum CXChildVisitResult visit_flow(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    const struct flow *above = data;
    check_exit(above, cursor);
    struct flow below = flow_below(above, cursor);
    (void)clang_visitChildren(cursor, visit_flow, &below);
    return CXChildVisit_Continue;
}

/* --- grant-scope --- */

static const char *const machinery[] = {
    "grant_open",
    "grant_open_custom",
    "grant_close",
    "grant_visit",
};

static bool is_machinery_name(CXCursor referenced)
{
    if (clang_getCursorKind(referenced) != CXCursor_FunctionDecl) {
        return false;
    }
    for (size_t i = 0; i < sizeof machinery / sizeof machinery[0]; i++) {
        if (ast_name_is(referenced, machinery[i])) {
            return true;
        }
    }
    return false;
}

static CXCursor named_by(CXCursor expression)
{
    CXCursor bare = ast_bare(expression);
    return clang_getCursorKind(bare) == CXCursor_DeclRefExpr ? clang_getCursorReferenced(bare)
                                                             : clang_getNullCursor();
}

/* The cursor writes to a variable or takes its address: that variable, else null. */
static CXCursor touched_by(const struct source *source, CXCursor cursor)
{
    bool touches = ast_is_assignment(source, cursor) || ast_is_step(source, cursor) ||
                   (clang_getCursorKind(cursor) == CXCursor_UnaryOperator &&
                    strcmp(ast_operator(source, cursor), "&") == 0);
    return touches ? named_by(ast_child(cursor, 0)) : clang_getNullCursor();
}

static enum ast_answer visit_names(struct source *source, const struct ast_node *node,
                                   void *context)
{
    const struct scopes *scopes = context;
    CXCursor cursor = node->cursor;
    if (scopes_is_machinery(source, cursor)) {
        return AST_INTO;
    }
    if (clang_getCursorKind(cursor) == CXCursor_DeclRefExpr) {
        CXCursor referenced = clang_getCursorReferenced(cursor);
        const struct scopes_walk *walk = scopes_walk_of(scopes, referenced);
        if (is_machinery_name(referenced) ||
            (walk != NULL && clang_equalCursors(walk->place, referenced))) {
            char name[80];
            ast_refuse(source, "grant-scope", cursor, "%s",
                       ast_name(referenced, name, sizeof name));
        }
    }
    CXCursor touched = touched_by(source, cursor);
    if (!clang_Cursor_isNull(touched) && scopes_of_pointer(scopes, touched) != NULL) {
        char name[80];
        ast_refuse(source, "grant-scope", cursor, "the scope's pointer %s is changed",
                   ast_name(touched, name, sizeof name));
    }
    if (!clang_Cursor_isNull(touched) && scopes_walk_of(scopes, touched) != NULL) {
        char name[80];
        ast_refuse(source, "grant-scope", cursor, "the process %s of grant_each is changed",
                   ast_name(touched, name, sizeof name));
    }
    return AST_INTO;
}

/* --- */

static enum ast_answer visit_functions(struct source *source, const struct ast_node *node,
                                       void *context)
{
    const struct scopes *scopes = context;
    if (clang_getCursorKind(node->cursor) != CXCursor_FunctionDecl) {
        return AST_OVER;
    }
    if (clang_isCursorDefinition(node->cursor) != 0) {
        struct flow flow = {.source = source, .scopes = scopes};
        (void)clang_visitChildren(node->cursor, visit_flow, &flow);
    }
    return AST_OVER;
}

void rule_scope(struct source *source)
{
    struct scopes scopes;
    scopes_find(source, &scopes);
    ast_visit_capsule(source, visit_functions, &scopes);
    ast_visit_capsule(source, visit_names, &scopes);
    scopes_free(&scopes);
}
