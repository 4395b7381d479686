/* The list of what there may be: kinds of nodes and operators. What is not on it is refused, if
 * only because no rule looks at it. Rules unknown, goto, statement-expression, generic, union, asm.
 */
#include <string.h>

#include "tools/capsule_check/rule_groups.h"
#include "tools/capsule_check/shapes.h"

static const enum CXCursorKind allowed[] = {
    CXCursor_StructDecl,
    CXCursor_EnumDecl,
    CXCursor_FieldDecl,
    CXCursor_EnumConstantDecl,
    CXCursor_FunctionDecl,
    CXCursor_VarDecl,
    CXCursor_ParmDecl,
    CXCursor_TypedefDecl,
    CXCursor_StaticAssert,
    CXCursor_TypeRef,
    CXCursor_MemberRef, /* a designator */
    CXCursor_DeclRefExpr,
    CXCursor_MemberRefExpr,
    CXCursor_CallExpr,
    CXCursor_IntegerLiteral,
    CXCursor_StringLiteral,
    CXCursor_CharacterLiteral,
    CXCursor_ParenExpr,
    CXCursor_UnaryOperator,
    CXCursor_ArraySubscriptExpr,
    CXCursor_BinaryOperator,
    CXCursor_CompoundAssignOperator,
    CXCursor_ConditionalOperator,
    CXCursor_CStyleCastExpr,
    CXCursor_CompoundLiteralExpr,
    CXCursor_InitListExpr,
    CXCursor_UnaryExpr, /* sizeof, _Alignof */
    CXCursor_CompoundStmt,
    CXCursor_CaseStmt,
    CXCursor_DefaultStmt,
    CXCursor_IfStmt,
    CXCursor_SwitchStmt,
    CXCursor_WhileStmt,
    CXCursor_DoStmt,
    CXCursor_ForStmt,
    CXCursor_ContinueStmt,
    CXCursor_BreakStmt,
    CXCursor_ReturnStmt,
    CXCursor_NullStmt,
    CXCursor_DeclStmt,
};

struct named_kind {
    enum CXCursorKind kind;
    const char *rule;
    const char *seen;
};

static const struct named_kind refused[] = {
    {CXCursor_UnionDecl, "union", "a union"},
    {CXCursor_GotoStmt, "goto", "a goto"},
    {CXCursor_IndirectGotoStmt, "goto", "a computed goto"},
    {CXCursor_LabelStmt, "goto", "a label"},
    {CXCursor_AddrLabelExpr, "goto", "the address of a label"},
    {CXCursor_StmtExpr, "statement-expression", "a statement as an expression"},
    {CXCursor_GenericSelectionExpr, "generic", "_Generic"},
    {CXCursor_GCCAsmStmt, "asm", "inline assembly"},
    {CXCursor_MSAsmStmt, "asm", "inline assembly"},
};

static const char *const unary[] = {"+", "-", "~", "!", "&", "*", "++", "--"};

static bool is_allowed(enum CXCursorKind kind)
{
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
        if (allowed[i] == kind) {
            return true;
        }
    }
    return false;
}

/* .field = value, in the list of an initialiser. */
static bool is_designation(const struct source *source, const struct ast_node *node)
{
    size_t first = text_token_at(&source->text, ast_begin(node->cursor));
    return node->parent != NULL &&
           clang_getCursorKind(node->parent->cursor) == CXCursor_InitListExpr &&
           first < source->text.token_count &&
           (text_token_is(&source->text.tokens[first], ".") ||
            text_token_is(&source->text.tokens[first], "["));
}

static void check_operator(struct source *source, const struct ast_node *node)
{
    const char *sign = ast_operator(source, node->cursor);
    enum CXCursorKind kind = clang_getCursorKind(node->cursor);
    bool good = sign[0] != '\0';
    if (kind == CXCursor_UnaryOperator) {
        good = false;
        for (size_t i = 0; i < sizeof unary / sizeof unary[0]; i++) {
            good = good || strcmp(sign, unary[i]) == 0;
        }
    }
    if (kind == CXCursor_BinaryOperator && strcmp(sign, ",") == 0) {
        size_t comma = text_token_at(&source->text, ast_end(ast_child(node->cursor, 0)));
        good = source->text.tokens[comma].shape == TEXT_SHAPE_GRANT_SCOPE;
    }
    if (!good) {
        ast_refuse(source, "unknown", node->cursor, "the operator '%s'", sign);
    }
}

static enum ast_answer check_node(struct source *source, const struct ast_node *node, void *context)
{
    (void)context;
    enum CXCursorKind kind = clang_getCursorKind(node->cursor);
    if (clang_isAttribute(kind)) {
        return AST_OVER; /* the rule on words has looked at it */
    }
    if (kind == CXCursor_UnexposedExpr) {
        if (!ast_is_conversion(node->cursor) && !is_designation(source, node) &&
            shapes_at_begin(source, node->cursor) == TEXT_SHAPE_NONE) {
            ast_refuse(source, "unknown", node->cursor,
                       "an expression that the checker does not know");
            return AST_OVER;
        }
        return AST_INTO;
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (refused[i].kind == kind) {
            ast_refuse(source, refused[i].rule, node->cursor, "%s", refused[i].seen);
            return AST_OVER;
        }
    }
    if (!is_allowed(kind)) {
        CXString name = clang_getCursorKindSpelling(kind);
        ast_refuse(source, "unknown", node->cursor,
                   "a construct that the checker does not know: %s", clang_getCString(name));
        clang_disposeString(name);
        return AST_OVER;
    }
    if (kind == CXCursor_UnaryOperator || kind == CXCursor_BinaryOperator ||
        kind == CXCursor_CompoundAssignOperator) {
        check_operator(source, node);
    }
    return AST_INTO;
}

void rule_kinds(struct source *source)
{
    ast_visit_capsule(source, check_node, NULL);
}
