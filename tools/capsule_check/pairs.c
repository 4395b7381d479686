#include "tools/capsule_check/pairs.h"

static bool is_trusted(const struct source *source, CXCursor declaration)
{
    const struct text_file *file = ast_file(source, declaration);
    return file != NULL && file->origin == TEXT_TRUSTED;
}

struct table_search {
    const struct source *source;
    bool found;
};

struct field_search {
    bool (*is_wanted)(CXType type);
    bool found;
};

static enum CXVisitorResult find_field(CXCursor field, CXClientData data)
{
    struct field_search *search = data;
    search->found = search->is_wanted(clang_getCursorType(field));
    return search->found ? CXVisit_Break : CXVisit_Continue;
}

static bool has_field(const struct source *source, CXType type, bool (*is_wanted)(CXType type))
{
    CXType canonical = clang_getCanonicalType(type);
    struct field_search search = {is_wanted, false};
    if (canonical.kind == CXType_Record &&
        is_trusted(source, clang_getTypeDeclaration(canonical))) {
        (void)clang_Type_visitFields(canonical, find_field, &search);
    }
    return search.found;
}

bool pairs_is_table(const struct source *source, CXType type)
{
    return has_field(source, type, ast_is_function_pointer);
}

static enum CXVisitorResult find_table(CXCursor field, CXClientData data)
{
    struct table_search *search = data;
    CXType type = ast_type(field);
    search->found =
        ast_is_pointer(type) && pairs_is_table(search->source, clang_getPointeeType(type));
    return search->found ? CXVisit_Break : CXVisit_Continue;
}

bool pairs_is_pair(const struct source *source, CXType type)
{
    struct table_search search = {source, false};
    if (!has_field(source, type, ast_is_void_pointer)) {
        return false;
    }
    (void)clang_Type_visitFields(clang_getCanonicalType(type), find_table, &search);
    return search.found || pairs_is_table(source, type);
}

bool pairs_is_bound_field(const struct source *source, CXCursor field)
{
    CXType type = ast_type(field);
    CXCursor record = clang_getCursorSemanticParent(field);
    CXType of = clang_getCursorType(record);
    if (!pairs_is_table(source, of) && !pairs_is_pair(source, of)) {
        return false;
    }
    return ast_is_function_pointer(type) || ast_is_void_pointer(type) ||
           (ast_is_pointer(type) &&
            (pairs_is_table(source, clang_getPointeeType(type)) || ast_name_is(field, "owner")));
}
