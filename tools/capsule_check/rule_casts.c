/* Pointers as something else than pointers to what they point to. Rules pointer-cast, int-pointer,
 * void-pointer, pointer-arithmetic. */
#include <string.h>

#include "tools/capsule_check/callbacks.h"
#include "tools/capsule_check/initialisers.h"
#include "tools/capsule_check/rule_groups.h"
#include "tools/capsule_check/shapes.h"

static enum CXCursorKind kind_of(const struct ast_node *node)
{
    return node != NULL ? clang_getCursorKind(node->cursor) : CXCursor_InvalidFile;
}

static bool is_pointer_like(CXType type)
{
    CXType canonical = clang_getCanonicalType(type);
    return canonical.kind == CXType_Pointer || canonical.kind == CXType_FunctionProto ||
           ast_is_array(canonical);
}

/* --- Casts that are written --- */

static void check_cast(struct source *source, CXCursor cast)
{
    unsigned count = ast_child_count(cast);
    if (count == 0 || shapes_at_begin(source, cast) != TEXT_SHAPE_NONE) {
        return;
    }
    CXType to = ast_type(cast);
    bool from_pointer = is_pointer_like(ast_type(ast_child(cast, count - 1)));
    bool to_pointer = ast_is_pointer(to);
    CXString type = clang_getTypeSpelling(clang_getCursorType(cast));
    if (to_pointer) {
        ast_refuse(source, from_pointer ? "pointer-cast" : "int-pointer", cast, "a cast to '%s'",
                   clang_getCString(type));
    } else if (from_pointer && to.kind != CXType_Void) {
        ast_refuse(source, "int-pointer", cast, "a cast of a pointer to '%s'",
                   clang_getCString(type));
    }
    clang_disposeString(type);
}

/* --- Conversions that are not written --- */

/* A value in the braces of an initialiser. */
static bool is_in_list(const struct ast_node *node)
{
    const struct ast_node *above = node->parent;
    while (above != NULL &&
           (ast_is_conversion(above->cursor) || kind_of(above) == CXCursor_ParenExpr)) {
        above = above->parent;
    }
    if (kind_of(above) == CXCursor_UnexposedExpr) {
        above = above->parent; /* .self = */
    }
    return kind_of(above) == CXCursor_InitListExpr;
}

static void check_conversion(struct source *source, const struct ast_node *node)
{
    CXCursor cursor = node->cursor;
    CXCursor inner = ast_child(cursor, 0);
    CXCursor bare = ast_bare(cursor);
    CXType to = ast_type(cursor);
    CXType from = ast_type(inner);
    enum text_shape shape = shapes_at_begin(source, bare);
    if (shapes_at_begin(source, cursor) != TEXT_SHAPE_NONE || shape == TEXT_SHAPE_NULL ||
        shapes_at_name(source, bare) == TEXT_SHAPE_GRANT_SCOPE) {
        return;
    }
    if (ast_is_pointer(to) && !is_pointer_like(from)) {
        if (initialisers_is_zero(source, bare) && is_in_list(node)) {
            return; /* = {0} */
        }
        ast_refuse(source, "int-pointer", cursor, "a number as a pointer");
    } else if (ast_is_void_pointer(to) && is_pointer_like(from) && !ast_is_void_pointer(from)) {
        /* The self of a pair, which rule_pairs.c compares with the functions: nothing else in
         * braces is a void *. */
        if (!is_in_list(node)) {
            ast_refuse(source, "void-pointer", cursor, "a pointer that loses its type");
        }
    } else if (ast_is_pointer(to) && !ast_is_void_pointer(to) && ast_is_void_pointer(from)) {
        if (!callbacks_is_self_use(bare)) {
            ast_refuse(source, "void-pointer", cursor, "a pointer without a type as another one");
        }
    } else if (!is_pointer_like(to) && is_pointer_like(from) && to.kind != CXType_Bool &&
               to.kind != CXType_Void) {
        ast_refuse(source, "int-pointer", cursor, "a pointer as a number");
    }
}

/* A use of self that is no conversion: passed on, compared, copied. (void)self is good. */
static void check_self(struct source *source, const struct ast_node *node)
{
    CXCursor cursor = node->cursor;
    if (!ast_is_void_pointer(ast_type(cursor)) ||
        shapes_at_name(source, cursor) != TEXT_SHAPE_NONE || callbacks_is_self_use(cursor)) {
        return;
    }
    const struct ast_node *above = node->parent;
    while (above != NULL &&
           (ast_is_conversion(above->cursor) || kind_of(above) == CXCursor_ParenExpr)) {
        above = above->parent;
    }
    bool is_dropped =
        kind_of(above) == CXCursor_CStyleCastExpr && ast_type(above->cursor).kind == CXType_Void;
    if (!is_dropped) {
        ast_refuse(source, "void-pointer", cursor, "a pointer without a type");
    }
}

/* --- Calculations --- */

static bool is_shape_operator(const struct source *source, CXCursor cursor)
{
    size_t sign = text_token_at(&source->text, ast_end(ast_child(cursor, 0)));
    return sign < source->text.token_count && source->text.tokens[sign].shape != TEXT_SHAPE_NONE;
}

static void check_calculation(struct source *source, CXCursor cursor)
{
    static const char *const good[] = {"=", "==", "!=", "&&", "||", "!", "*", "&", ","};
    const char *sign = ast_operator(source, cursor);
    bool on_pointer = false;
    for (unsigned i = 0; i < ast_child_count(cursor); i++) {
        on_pointer = on_pointer || is_pointer_like(ast_type(ast_child(cursor, i)));
    }
    if (!on_pointer || is_shape_operator(source, cursor)) {
        return;
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (strcmp(sign, good[i]) == 0) {
            return;
        }
    }
    ast_refuse(source, "pointer-arithmetic", cursor, "'%s' on a pointer", sign);
}

static enum ast_answer check_node(struct source *source, const struct ast_node *node, void *context)
{
    (void)context;
    switch ((int)kind_of(node)) {
    case CXCursor_CStyleCastExpr:
        check_cast(source, node->cursor);
        break;
    case CXCursor_UnexposedExpr:
        if (ast_is_conversion(node->cursor)) {
            check_conversion(source, node);
        }
        break;
    case CXCursor_DeclRefExpr:
    case CXCursor_MemberRefExpr:
        check_self(source, node);
        break;
    case CXCursor_BinaryOperator:
    case CXCursor_CompoundAssignOperator:
    case CXCursor_UnaryOperator:
        check_calculation(source, node->cursor);
        break;
    default:
        break;
    }
    return AST_INTO;
}

void rule_casts(struct source *source)
{
    ast_visit_capsule(source, check_node, NULL);
}
