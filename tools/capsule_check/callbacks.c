#include "tools/capsule_check/callbacks.h"

/* The variable that the first statement of a body declares with `self` as its value; a null cursor
 * when the function does not begin that way. */
static CXCursor first_variable(CXCursor function)
{
    CXCursor body = ast_child(function, ast_child_count(function) - 1);
    CXCursor first = ast_child(body, 0);
    if (clang_getCursorKind(body) != CXCursor_CompoundStmt ||
        clang_getCursorKind(first) != CXCursor_DeclStmt || ast_child_count(first) != 1) {
        return clang_getNullCursor();
    }
    CXCursor variable = ast_child(first, 0);
    bool is_variable = clang_getCursorKind(variable) == CXCursor_VarDecl &&
                       clang_Cursor_getStorageClass(variable) != CX_SC_Static;
    return is_variable ? variable : clang_getNullCursor();
}

/* The reference to the function's first parameter by which the variable gets its value. */
static CXCursor self_reference(CXCursor function, CXCursor variable)
{
    CXCursor value = clang_Cursor_getVarDeclInitializer(variable);
    if (clang_Cursor_isNull(value)) {
        return value;
    }
    CXCursor reference = ast_without_conversions(value);
    CXCursor parameter = clang_Cursor_getArgument(function, 0);
    bool is_self = clang_getCursorKind(reference) == CXCursor_DeclRefExpr &&
                   clang_equalCursors(clang_getCursorReferenced(reference), parameter) &&
                   ast_is_void_pointer(clang_getCursorType(parameter));
    return is_self ? reference : clang_getNullCursor();
}

bool callbacks_is_self_use(CXCursor reference)
{
    CXCursor parameter = clang_getCursorReferenced(reference);
    if (clang_getCursorKind(reference) != CXCursor_DeclRefExpr ||
        clang_getCursorKind(parameter) != CXCursor_ParmDecl) {
        return false;
    }
    CXCursor function = clang_getCursorSemanticParent(parameter);
    CXCursor definition = clang_getCursorDefinition(function);
    if (clang_Cursor_isNull(definition)) {
        return false;
    }
    CXCursor variable = first_variable(definition);
    return !clang_Cursor_isNull(variable) &&
           clang_equalCursors(self_reference(definition, variable), reference);
}

enum callbacks_kind callbacks_self_type(CXCursor function, CXType *type)
{
    CXCursor definition = clang_getCursorDefinition(function);
    if (clang_Cursor_isNull(definition) || clang_Cursor_getNumArguments(definition) < 1 ||
        !ast_is_void_pointer(clang_getCursorType(clang_Cursor_getArgument(definition, 0)))) {
        return CALLBACKS_NOT;
    }
    CXCursor variable = first_variable(definition);
    if (!clang_Cursor_isNull(variable) &&
        !clang_Cursor_isNull(self_reference(definition, variable))) {
        *type = clang_getCanonicalType(clang_getPointeeType(ast_type(variable)));
        return CALLBACKS_TYPED;
    }
    /* (void)self and no more: rule_casts.c refuses any other use. */
    return CALLBACKS_ANY;
}
