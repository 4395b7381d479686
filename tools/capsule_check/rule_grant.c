/*
 * The rule `grant-type`: what is kept for a process holds nothing that leads elsewhere, and a grant
 * is what a GRANT line made.
 *
 * The memory of a grant belongs to the process's block: it goes when the process does, and another
 * process's grant may lie there next. So it holds values only. The core knows a grant by its place
 * among the others and its memory by the size in it: one that is made otherwise, or entered as
 * another type, would lead outside.
 */
#include <string.h>

#include "tools/capsule_check/rule_groups.h"
#include "tools/capsule_check/scopes.h"

static bool is_grant_object(CXType type)
{
    char tag[32];
    CXType element = clang_getCanonicalType(type);
    for (CXType inner = clang_getArrayElementType(element); inner.kind != CXType_Invalid;
         inner = clang_getArrayElementType(element)) {
        element = clang_getCanonicalType(inner);
    }
    return strcmp(ast_struct_tag(element, tag, sizeof tag), "grant") == 0;
}

static bool declares_or_makes(CXCursor cursor)
{
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    return kind == CXCursor_VarDecl || kind == CXCursor_FieldDecl || kind == CXCursor_ParmDecl ||
           kind == CXCursor_CompoundLiteralExpr || kind == CXCursor_CallExpr ||
           kind == CXCursor_BinaryOperator;
}

static enum ast_answer visit(struct source *source, const struct ast_node *node, void *context)
{
    const struct scopes *scopes = context;
    CXCursor cursor = node->cursor;
    if (declares_or_makes(cursor) && is_grant_object(clang_getCursorType(cursor)) &&
        scopes_of_grant(scopes, cursor) == NULL) {
        ast_refuse(source, "grant-type", cursor, "a struct grant that no GRANT line made");
    }
    return AST_INTO;
}

/* The type of the scope's pointer is the typedef that the GRANT line made, and not one that hides
 * it; the grant is then of the same line, as the macro makes both from one name. */
static void check_scope(struct source *source, const struct scopes *scopes, CXCursor pointer)
{
    CXCursor type = clang_getTypeDeclaration(clang_getPointeeType(clang_getCursorType(pointer)));
    for (size_t i = 0; i < scopes->grant_count; i++) {
        if (clang_equalCursors(scopes->grants[i].data_type, type)) {
            return;
        }
    }
    ast_refuse(source, "grant-type", pointer, "a grant is entered as a type of another name");
}

static void check_type(struct source *source, CXType type, CXCursor at)
{
    if (ast_bears_pointer(type)) {
        ast_refuse(source, "grant-type", at, "a pointer in the state that is kept for a process");
    }
}

void rule_grant(struct source *source)
{
    struct scopes scopes;
    scopes_find(source, &scopes);
    for (size_t i = 0; i < scopes.grant_count; i++) {
        CXCursor type = scopes.grants[i].data_type;
        check_type(source, clang_getTypedefDeclUnderlyingType(type), type);
    }
    for (size_t i = 0; i < scopes.count; i++) {
        check_scope(source, &scopes, scopes.items[i].pointer);
    }
    ast_visit_capsule(source, visit, &scopes);
    scopes_free(&scopes);
}
