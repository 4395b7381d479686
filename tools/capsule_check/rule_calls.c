/* Functions: named, called, as values. Rules function-pointer, variadic. */
#include "tools/capsule_check/rule_groups.h"
#include "tools/capsule_check/shapes.h"

static const struct ast_node *above_conversions(const struct ast_node *node)
{
    const struct ast_node *above = node->parent;
    while (above != NULL && (ast_is_conversion(above->cursor) ||
                             clang_getCursorKind(above->cursor) == CXCursor_ParenExpr)) {
        above = above->parent;
    }
    return above;
}

static void check_call(struct source *source, CXCursor call)
{
    CXCursor callee = ast_bare(ast_child(call, 0));
    CXCursor function = clang_getCursorReferenced(callee);
    if (clang_getCursorKind(callee) != CXCursor_DeclRefExpr ||
        clang_getCursorKind(function) != CXCursor_FunctionDecl) {
        ast_refuse(source, "function-pointer", call, "a call through a pointer");
    } else if (clang_Cursor_isVariadic(function)) {
        char name[100];
        ast_refuse(source, "variadic", call, "a call of '%s'",
                   ast_name(function, name, sizeof name));
    }
}

/* A function's name stands before the brackets of a call, or is a value in an initialiser, which
 * rule_pairs.c looks at. */
static void check_reference(struct source *source, const struct ast_node *node)
{
    CXCursor function = clang_getCursorReferenced(node->cursor);
    if (clang_getCursorKind(function) != CXCursor_FunctionDecl ||
        shapes_at_begin(source, node->cursor) != TEXT_SHAPE_NONE) {
        return;
    }
    const struct ast_node *above = above_conversions(node);
    enum CXCursorKind kind =
        above != NULL ? clang_getCursorKind(above->cursor) : CXCursor_InvalidFile;
    bool is_callee = kind == CXCursor_CallExpr &&
                     clang_equalCursors(ast_bare(ast_child(above->cursor, 0)), node->cursor);
    bool is_value = kind == CXCursor_InitListExpr ||
                    (kind == CXCursor_UnexposedExpr && above->parent != NULL &&
                     clang_getCursorKind(above->parent->cursor) == CXCursor_InitListExpr);
    if (!is_callee && !is_value) {
        char name[100];
        ast_refuse(source, "function-pointer", node->cursor, "'%s' as a value",
                   ast_name(function, name, sizeof name));
    }
}

static enum ast_answer check_node(struct source *source, const struct ast_node *node, void *context)
{
    (void)context;
    switch ((int)clang_getCursorKind(node->cursor)) {
    case CXCursor_CallExpr:
        check_call(source, node->cursor);
        break;
    case CXCursor_DeclRefExpr:
        check_reference(source, node);
        break;
    default:
        break;
    }
    return AST_INTO;
}

void rule_calls(struct source *source)
{
    ast_visit_capsule(source, check_node, NULL);
}
