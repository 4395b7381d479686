#include "tools/capsule_check/levels.h"

#include <string.h>

#include "tools/capsule_check/memory.h"

static unsigned place_of(struct levels *levels, CXCursor expression, unsigned depth);

void levels_refuse(struct levels *levels, CXCursor at, const char *what)
{
    if (levels->reports) {
        char text[200];
        ast_refuse(levels->source, "escape", at, "%s: %s", what,
                   ast_spell(levels->source, at, text, sizeof text));
    }
}

static unsigned deeper(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

/* --- Variables --- */

struct levels_local *levels_local_of(struct levels *levels, CXCursor declaration)
{
    for (size_t i = levels->count; i > 0; i--) {
        if (clang_equalCursors(levels->locals[i - 1].declaration, declaration)) {
            return &levels->locals[i - 1];
        }
    }
    return NULL;
}

void levels_declare(struct levels *levels, CXCursor declaration, unsigned depth, unsigned level)
{
    if (levels_local_of(levels, declaration) == NULL) {
        levels->locals =
            memory_grown(levels->locals, levels->count, &levels->room, sizeof(levels->locals[0]));
        levels->locals[levels->count++] = (struct levels_local){declaration, depth, level};
    }
}

/* --- What an expression's value leads to --- */

static bool is_function(CXCursor expression)
{
    enum CXTypeKind kind = ast_type(expression).kind;
    return kind == CXType_FunctionProto || kind == CXType_FunctionNoProto;
}

static unsigned deepest_child(struct levels *levels, CXCursor expression, unsigned depth)
{
    unsigned level = LEVELS_STORABLE;
    unsigned count = ast_child_count(expression);
    for (unsigned i = 0; i < count; i++) {
        CXCursor child = ast_child(expression, i);
        if (clang_isExpression(clang_getCursorKind(child))) {
            level = deeper(level, levels_of_value(levels, child, depth));
        }
    }
    return level;
}

static unsigned deepest_argument(struct levels *levels, CXCursor call, unsigned depth)
{
    unsigned level = LEVELS_STORABLE;
    int count = clang_Cursor_getNumArguments(call);
    for (int i = 0; i < count; i++) {
        level = deeper(level,
                       levels_of_value(levels, clang_Cursor_getArgument(call, (unsigned)i), depth));
    }
    return level;
}

static unsigned level_of_result(struct levels *levels, CXCursor call, unsigned depth)
{
    size_t function = functions_index(&levels->functions, clang_getCursorReferenced(call));
    return function < levels->functions.count && levels->results[function] == LEVELS_STORABLE
               ? LEVELS_STORABLE
               : deepest_argument(levels, call, depth);
}

/* What lies in an object of any type, as a value: the variable's level, or that of the pointer
 * through which it is reached. */
static unsigned content_of(struct levels *levels, CXCursor object, unsigned depth)
{
    CXCursor bare = ast_bare(object);
    switch ((int)clang_getCursorKind(bare)) {
    case CXCursor_DeclRefExpr: {
        const struct levels_local *local = levels_local_of(levels, clang_getCursorReferenced(bare));
        return local != NULL ? local->level : LEVELS_STORABLE;
    }
    case CXCursor_MemberRefExpr: {
        CXCursor base = ast_child(bare, 0);
        return ast_is_arrow(bare) ? levels_of_value(levels, base, depth)
                                  : content_of(levels, base, depth);
    }
    case CXCursor_ArraySubscriptExpr: {
        CXCursor base = ast_bare(ast_child(bare, 0));
        return ast_is_array(clang_getCursorType(base)) ? content_of(levels, base, depth)
                                                       : levels_of_value(levels, base, depth);
    }
    default:
        return levels_of_value(levels, bare, depth);
    }
}

/* Operators whose result can be a pointer or a struct. */
static unsigned level_of_operator(struct levels *levels, CXCursor expression, unsigned depth)
{
    const char *operator= ast_operator(levels->source, expression);
    CXCursor first = ast_child(expression, 0);
    if (clang_getCursorKind(expression) == CXCursor_UnaryOperator) {
        return strcmp(operator, "&") == 0 ? place_of(levels, first, depth)
                                          : levels_of_value(levels, first, depth);
    }
    if (strcmp(operator, "=") == 0 || strcmp(operator, ",") == 0) {
        return levels_of_value(levels, ast_child(expression, 1), depth);
    }
    return deepest_child(levels, expression, depth);
}

static unsigned level_of_known(struct levels *levels, CXCursor expression, unsigned depth)
{
    switch ((int)clang_getCursorKind(expression)) {
    case CXCursor_DeclRefExpr:
    case CXCursor_MemberRefExpr:
    case CXCursor_ArraySubscriptExpr:
        return content_of(levels, expression, depth);
    case CXCursor_UnaryOperator:
    case CXCursor_BinaryOperator:
    case CXCursor_CompoundAssignOperator:
        return level_of_operator(levels, expression, depth);
    case CXCursor_ParenExpr:
    case CXCursor_CStyleCastExpr:
    case CXCursor_ConditionalOperator:
    case CXCursor_CompoundLiteralExpr:
    case CXCursor_InitListExpr:
    case CXCursor_GenericSelectionExpr:
        return deepest_child(levels, expression, depth);
    case CXCursor_CallExpr:
        return level_of_result(levels, expression, depth);
    case CXCursor_StringLiteral:
    case CXCursor_IntegerLiteral:
        return LEVELS_STORABLE;
    default:
        levels_refuse(levels, expression,
                      "a pointer from an expression that the checker does not know");
        return LEVELS_MOMENT;
    }
}

/* `.field = value` or `[index] = value`: the last child is the value, the others name the place. */
static bool is_designation(CXCursor expression)
{
    unsigned count = ast_child_count(expression);
    return clang_getCursorKind(expression) == CXCursor_UnexposedExpr && count > 1 &&
           ast_type(expression).kind == CXType_Void;
}

unsigned levels_of_value(struct levels *levels, CXCursor expression, unsigned depth)
{
    enum CXCursorKind kind = clang_getCursorKind(expression);
    if (is_designation(expression)) {
        unsigned count = ast_child_count(expression);
        return levels_of_value(levels, ast_child(expression, count - 1), depth);
    }
    if (is_function(expression)) {
        return LEVELS_STORABLE;
    }
    if (ast_is_array(clang_getCursorType(expression)) && kind != CXCursor_InitListExpr) {
        return place_of(levels, expression, depth);
    }
    if (kind == CXCursor_UnexposedExpr && ast_child_count(expression) == 1) {
        /* A conversion to a pointer or a struct from one; from an integer it can only be NULL, by
         * the rule int-pointer. */
        return levels_of_value(levels, ast_child(expression, 0), depth);
    }
    if (!ast_bears_pointer(clang_getCursorType(expression))) {
        return LEVELS_STORABLE;
    }
    return level_of_known(levels, expression, depth);
}

/* --- Where an object lies --- */

static unsigned place_of_named(struct levels *levels, CXCursor expression)
{
    const struct levels_local *local =
        levels_local_of(levels, clang_getCursorReferenced(expression));
    return local != NULL ? local->depth : LEVELS_STORABLE;
}

/* The level of the object's address. */
static unsigned place_of(struct levels *levels, CXCursor expression, unsigned depth)
{
    CXCursor bare = ast_bare(expression);
    switch ((int)clang_getCursorKind(bare)) {
    case CXCursor_DeclRefExpr:
        return place_of_named(levels, bare);
    case CXCursor_MemberRefExpr: {
        CXCursor base = ast_child(bare, 0);
        return ast_is_arrow(bare) ? levels_of_value(levels, base, depth)
                                  : place_of(levels, base, depth);
    }
    case CXCursor_ArraySubscriptExpr: {
        CXCursor base = ast_bare(ast_child(bare, 0));
        return ast_is_array(clang_getCursorType(base)) ? place_of(levels, base, depth)
                                                       : levels_of_value(levels, base, depth);
    }
    case CXCursor_UnaryOperator:
        if (strcmp(ast_operator(levels->source, bare), "*") == 0) {
            return levels_of_value(levels, ast_child(bare, 0), depth);
        }
        return LEVELS_MOMENT;
    case CXCursor_CompoundLiteralExpr:
        return depth;
    case CXCursor_StringLiteral:
        return LEVELS_STORABLE;
    default:
        return LEVELS_MOMENT;
    }
}
