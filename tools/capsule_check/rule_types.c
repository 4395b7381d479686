/* The list of types that there may be, of what is declared and of what is calculated. Rules word,
 * vla, void-pointer, function-pointer, variadic, declaration. */
#include "tools/capsule_check/rule_groups.h"
#include "tools/capsule_check/shapes.h"

enum {
    OBJECT_BYTES_MAX = 65536,
    NAME_BYTES = 200,
};

static bool is_number(enum CXTypeKind kind)
{
    return kind == CXType_Bool || kind == CXType_Enum ||
           (kind >= CXType_Char_U && kind <= CXType_ULongLong && kind != CXType_Char16 &&
            kind != CXType_Char32) ||
           (kind >= CXType_Char_S && kind <= CXType_LongLong && kind != CXType_WChar);
}

static void refuse_type(struct source *source, CXCursor at, const char *rule, const char *what)
{
    CXString spelling = clang_getTypeSpelling(clang_getCursorType(at));
    ast_refuse(source, rule, at, "%s: '%s'", what, clang_getCString(spelling));
    clang_disposeString(spelling);
}

/* Which rule a type breaks; NULL when none. *what says how. */
static const char *broken_rule(CXType type, const char **what)
{
    CXType canonical = clang_getCanonicalType(type);
    enum CXTypeKind kind = canonical.kind;
    if (kind == CXType_Pointer) {
        CXType pointee = clang_getCanonicalType(clang_getPointeeType(canonical));
        return pointee.kind == CXType_Void ? NULL : broken_rule(pointee, what);
    }
    if (kind == CXType_ConstantArray) {
        if (clang_getArraySize(canonical) < 1) {
            *what = "an array without elements";
            return "vla";
        }
        return broken_rule(clang_getArrayElementType(canonical), what);
    }
    if (kind == CXType_IncompleteArray || kind == CXType_VariableArray) {
        *what = "an array without a constant size";
        return "vla";
    }
    if (kind == CXType_FunctionNoProto) {
        *what = "a function whose parameters have no types";
        return "declaration";
    }
    if (kind == CXType_FunctionProto && clang_isFunctionTypeVariadic(canonical)) {
        *what = "a function with a variable number of arguments";
        return "variadic";
    }
    if (kind == CXType_Void || kind == CXType_Record || kind == CXType_FunctionProto ||
        is_number(kind)) {
        return NULL;
    }
    *what = "a type that Capsule C does not have";
    return "word";
}

static bool is_too_large(CXType type)
{
    return clang_Type_getSizeOf(type) > OBJECT_BYTES_MAX;
}

/* Of a type that is declared: what of it must not be named. */
static bool has_pointer_to(CXType type, bool (*is_that)(CXType))
{
    CXType canonical = clang_getCanonicalType(type);
    if (is_that(canonical)) {
        return true;
    }
    if (canonical.kind == CXType_Pointer) {
        return has_pointer_to(clang_getPointeeType(canonical), is_that);
    }
    CXType element = clang_getArrayElementType(canonical);
    return element.kind != CXType_Invalid && has_pointer_to(element, is_that);
}

static void check_declared(struct source *source, const struct ast_node *node)
{
    CXCursor cursor = node->cursor;
    CXType type = clang_getCursorType(cursor);
    bool is_parameter = clang_getCursorKind(cursor) == CXCursor_ParmDecl;
    if (shapes_at_name(source, cursor) != TEXT_SHAPE_NONE) {
        return;
    }
    if (is_parameter && (type.kind == CXType_ConstantArray || type.kind == CXType_IncompleteArray ||
                         type.kind == CXType_VariableArray)) {
        refuse_type(source, cursor, "vla", "a parameter that looks like an array and is a pointer");
        return;
    }
    CXType canonical = clang_getCanonicalType(type);
    if (has_pointer_to(type, ast_is_function_pointer) || canonical.kind == CXType_FunctionProto) {
        refuse_type(source, cursor, "function-pointer", "something that holds a function");
    }
    /* Whether a parameter `void *self` is used as it should, rule_casts.c sees. */
    if (has_pointer_to(type, ast_is_void_pointer) &&
        !(is_parameter && ast_is_void_pointer(type) && ast_name_is(cursor, "self"))) {
        refuse_type(source, cursor, "void-pointer", "a pointer without a type");
    }
}

static void check_function(struct source *source, CXCursor function)
{
    CXType result = clang_getResultType(clang_getCursorType(function));
    if (has_pointer_to(result, ast_is_function_pointer)) {
        refuse_type(source, function, "function-pointer", "a function that returns a function");
    }
    if (has_pointer_to(result, ast_is_void_pointer)) {
        refuse_type(source, function, "void-pointer",
                    "a function that returns a pointer without a type");
    }
}

static enum ast_answer check_node(struct source *source, const struct ast_node *node, void *context)
{
    (void)context;
    CXCursor cursor = node->cursor;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (clang_isAttribute(kind)) {
        return AST_OVER;
    }
    bool is_declared = kind == CXCursor_VarDecl || kind == CXCursor_ParmDecl ||
                       kind == CXCursor_FieldDecl || kind == CXCursor_TypedefDecl;
    if (is_declared) {
        check_declared(source, node);
    }
    if (kind == CXCursor_FunctionDecl) {
        check_function(source, cursor);
    }
    if (is_declared || kind == CXCursor_FunctionDecl || kind == CXCursor_StructDecl ||
        clang_isExpression(kind)) {
        CXType type = ast_type(cursor);
        const char *what = "";
        const char *rule = type.kind == CXType_Invalid ? NULL : broken_rule(type, &what);
        if (rule != NULL) {
            refuse_type(source, cursor, rule, what);
        } else if (is_too_large(type) ||
                   (type.kind == CXType_Pointer && is_too_large(clang_getPointeeType(type)))) {
            refuse_type(source, cursor, "vla", "an object of more than 65536 bytes");
        }
    }
    return AST_INTO;
}

void rule_types(struct source *source)
{
    ast_visit_capsule(source, check_node, NULL);
}
