/* Ways past an initialiser or past a return statement. Rules switch, return, uninitialised. */
#include <string.h>

#include "tools/capsule_check/rule_groups.h"
#include "tools/capsule_check/shapes.h"

static enum CXCursorKind kind_of(const struct ast_node *node)
{
    return node != NULL ? clang_getCursorKind(node->cursor) : CXCursor_InvalidFile;
}

static bool is_label(enum CXCursorKind kind)
{
    return kind == CXCursor_CaseStmt || kind == CXCursor_DefaultStmt;
}

/* --- switch --- */

/* The statement stands in the braces of a switch itself, perhaps behind labels. */
static bool is_directly_in_switch(const struct ast_node *node)
{
    const struct ast_node *above = node->parent;
    while (is_label(kind_of(above))) {
        above = above->parent;
    }
    return kind_of(above) == CXCursor_CompoundStmt && kind_of(above->parent) == CXCursor_SwitchStmt;
}

static enum ast_answer check_switch(struct source *source, const struct ast_node *node,
                                    void *context)
{
    (void)context;
    enum CXCursorKind kind = kind_of(node);
    if (is_label(kind) && !is_directly_in_switch(node)) {
        ast_refuse(source, "switch", node->cursor, "a case label inside another statement");
    }
    if (kind == CXCursor_DeclStmt && is_directly_in_switch(node)) {
        ast_refuse(source, "switch", node->cursor, "a declaration that other cases can see");
    }
    return AST_INTO;
}

/* --- return --- */

static bool ends_in_return(CXCursor statement);

static enum CXChildVisitResult find_break(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    bool *found = data;
    switch ((int)clang_getCursorKind(cursor)) {
    case CXCursor_BreakStmt:
        *found = true;
        return CXChildVisit_Break;
    case CXCursor_SwitchStmt:
    case CXCursor_WhileStmt:
    case CXCursor_DoStmt:
    case CXCursor_ForStmt:
        return CXChildVisit_Continue; /* a break in it is its own */
    default:
        return CXChildVisit_Recurse;
    }
}

static enum CXChildVisitResult find_default(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    bool *found = data;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    *found = *found || kind == CXCursor_DefaultStmt;
    return is_label(kind) ? CXChildVisit_Recurse : CXChildVisit_Continue;
}

/* Each value has its case, none breaks out, and the last falls into a return. */
static bool switch_ends_in_return(CXCursor statement)
{
    unsigned count = ast_child_count(statement);
    CXCursor body = ast_child(statement, count - 1);
    bool breaks = false;
    bool has_default = false;
    (void)clang_visitChildren(body, find_break, &breaks);
    (void)clang_visitChildren(body, find_default, &has_default);
    return has_default && !breaks && ends_in_return(body);
}

/* if (c) a; else b; has its two statements last; without else there is one. */
static bool if_ends_in_return(CXCursor statement)
{
    unsigned count = ast_child_count(statement);
    return count == 3 && ends_in_return(ast_child(statement, 1)) &&
           ends_in_return(ast_child(statement, 2));
}

static bool ends_in_return(CXCursor statement)
{
    unsigned count = ast_child_count(statement);
    switch ((int)clang_getCursorKind(statement)) {
    case CXCursor_ReturnStmt:
        return true;
    case CXCursor_CompoundStmt:
    case CXCursor_CaseStmt:
    case CXCursor_DefaultStmt:
        return count > 0 && ends_in_return(ast_child(statement, count - 1));
    case CXCursor_IfStmt:
        return if_ends_in_return(statement);
    case CXCursor_SwitchStmt:
        return count > 0 && switch_ends_in_return(statement);
    default:
        return false;
    }
}

static enum ast_answer check_return(struct source *source, const struct ast_node *node,
                                    void *context)
{
    (void)context;
    if (kind_of(node) != CXCursor_FunctionDecl || !clang_isCursorDefinition(node->cursor)) {
        return AST_OVER;
    }
    CXType result = clang_getCanonicalType(clang_getResultType(clang_getCursorType(node->cursor)));
    CXCursor body = ast_child(node->cursor, ast_child_count(node->cursor) - 1);
    if (result.kind != CXType_Void && !ends_in_return(body)) {
        char name[100];
        ast_refuse(source, "return", node->cursor, "the end of '%s' has no return",
                   ast_name(node->cursor, name, sizeof name));
    }
    return AST_OVER;
}

/* --- uninitialised --- */

static enum ast_answer check_variable(struct source *source, const struct ast_node *node,
                                      void *context)
{
    (void)context;
    CXCursor cursor = node->cursor;
    bool is_local = kind_of(node) == CXCursor_VarDecl && node->depth > 0 &&
                    clang_Cursor_getStorageClass(cursor) != CX_SC_Static;
    if (is_local && ast_bears_pointer(clang_getCursorType(cursor)) &&
        clang_Cursor_isNull(clang_Cursor_getVarDeclInitializer(cursor))) {
        char name[100];
        ast_refuse(source, "uninitialised", cursor, "'%s' holds a pointer and has no value",
                   ast_name(cursor, name, sizeof name));
    }
    return AST_INTO;
}

void rule_flow(struct source *source)
{
    ast_visit_capsule(source, check_switch, NULL);
    ast_visit_capsule(source, check_return, NULL);
    ast_visit_capsule(source, check_variable, NULL);
}
