/* What is declared: whose it is, and whether it can be written. Rules declaration, global. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/manifest.h"
#include "tools/capsule_check/memory.h"
#include "tools/capsule_check/raw.h"
#include "tools/capsule_check/rule_groups.h"
#include "tools/capsule_check/shapes.h"

enum {
    NAME_BYTES = 200,
    PATH_BYTES = 4200,
};

static bool is_static(CXCursor cursor)
{
    return clang_Cursor_getStorageClass(cursor) == CX_SC_Static;
}

static bool is_extern(CXCursor cursor)
{
    return clang_Cursor_getStorageClass(cursor) == CX_SC_Extern;
}

/* --- Another capsule's header --- */

/* Does x.c lie beside the header x.h and include it? Then what x.h declares is looked at when x.c
 * is checked. */
static bool has_source(const struct text_file *header)
{
    char path[PATH_BYTES];
    char directive[PATH_BYTES];
    size_t length = strlen(header->path);
    if (length < 3 || length >= sizeof path) {
        return false;
    }
    memcpy(path, header->path, length + 1);
    path[length - 1] = 'c';
    (void)snprintf(directive, sizeof directive, "\"%s\"", header->name);
    struct raw_file raw;
    bool includes = false;
    if (!raw_read(&raw, path)) {
        return false;
    }
    for (size_t i = 0; i < raw.count; i++) {
        size_t at = 0;
        includes = includes || (raw_is_directive(&raw.lines[i], &at) &&
                                strstr(raw.lines[i].text, directive) != NULL);
    }
    raw_free(&raw);
    return includes;
}

static void check_undefined(struct source *source, CXCursor cursor)
{
    const struct text_file *file = ast_file(source, cursor);
    char name[NAME_BYTES];
    if (file != NULL && !file->is_own && has_source(file)) {
        return;
    }
    ast_refuse(source, "declaration", cursor, "'%s' is declared and not defined",
               ast_name(cursor, name, sizeof name));
}

/* --- Names --- */

static void check_name(struct source *source, CXCursor cursor)
{
    char name[NAME_BYTES];
    const struct text_file *file = ast_file(source, cursor);
    /* What stands in the header stands in the board's text, too. */
    if (file == NULL || !file->is_own || (file->is_main && is_static(cursor))) {
        return;
    }
    (void)ast_name(cursor, name, sizeof name);
    if (!manifest_is_own_name(source, name)) {
        ast_refuse(
            source, "declaration", cursor,
            "'%s' is seen outside, and its name is not the capsule's or one that begins with it",
            name);
    }
}

/* A type or constant of the header, in the board's text: STEM_A is as good as stem_a. */
static void check_header_name(struct source *source, CXCursor cursor)
{
    char name[NAME_BYTES];
    char lower[NAME_BYTES];
    const struct text_file *file = ast_file(source, cursor);
    if (file == NULL || !file->is_own || file->is_main || !clang_isCursorDefinition(cursor) ||
        shapes_at_name(source, cursor) != TEXT_SHAPE_NONE) {
        return;
    }
    (void)ast_name(cursor, name, sizeof name);
    size_t length = strlen(name);
    for (size_t i = 0; i <= length; i++) {
        lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
    }
    bool has_name = length > 0 && !clang_Cursor_isAnonymous(cursor);
    if (has_name && !manifest_is_own_name(source, lower)) {
        ast_refuse(source, "declaration", cursor, "'%s' is seen outside and is not called %s", name,
                   "after the capsule");
    }
}

/* The first of several declarations decides whose it is. */
static bool is_of_others(const struct source *source, CXCursor cursor)
{
    return !ast_is_capsule_text(source, clang_getCanonicalCursor(cursor));
}

/* --- Functions and objects --- */

/* get(value) int value; { }: between the brackets and the body stand the types. */
static bool is_old_style(const struct source *source, CXCursor cursor)
{
    CXCursor body = ast_child(cursor, ast_child_count(cursor) - 1);
    size_t brace = text_token_at(&source->text, ast_begin(body));
    return clang_getCursorKind(body) == CXCursor_CompoundStmt &&
           (brace == 0 || !text_token_is(&source->text.tokens[brace - 1], ")"));
}

static void check_function(struct source *source, const struct ast_node *node)
{
    CXCursor cursor = node->cursor;
    char name[NAME_BYTES];
    if (is_of_others(source, cursor)) {
        ast_refuse(source, "declaration", cursor, "'%s' is a trusted header's",
                   ast_name(cursor, name, sizeof name));
    } else if (is_old_style(source, cursor)) {
        ast_refuse(source, "declaration", cursor, "parameters without their types");
    } else if (node->depth > 0) {
        ast_refuse(source, "declaration", cursor, "a function declared inside another");
    } else if (clang_Cursor_isFunctionInlined(cursor) && !is_static(cursor)) {
        ast_refuse(source, "declaration", cursor, "an inline function that is not static");
    } else if (clang_Cursor_isNull(clang_getCursorDefinition(cursor))) {
        check_undefined(source, cursor);
    } else {
        check_name(source, cursor);
    }
}

static bool is_constant(CXType type)
{
    CXType canonical = clang_getCanonicalType(type);
    CXType element = clang_getArrayElementType(canonical);
    return clang_isConstQualifiedType(canonical) != 0 ||
           (element.kind != CXType_Invalid && is_constant(element));
}

static void check_variable(struct source *source, const struct ast_node *node)
{
    CXCursor cursor = node->cursor;
    char name[NAME_BYTES];
    if (shapes_at_begin(source, cursor) != TEXT_SHAPE_NONE) {
        return;
    }
    if (is_of_others(source, cursor)) {
        ast_refuse(source, "declaration", cursor, "'%s' is a trusted header's",
                   ast_name(cursor, name, sizeof name));
    } else if (node->depth > 0 && is_extern(cursor)) {
        ast_refuse(source, "declaration", cursor, "'%s' is declared and not defined",
                   ast_name(cursor, name, sizeof name));
    } else if ((node->depth == 0 || is_static(cursor)) &&
               !is_constant(clang_getCursorType(cursor))) {
        ast_refuse(source, "global", cursor, "'%s' can be written",
                   ast_name(cursor, name, sizeof name));
    } else if (node->depth == 0 && is_extern(cursor) &&
               clang_Cursor_isNull(clang_getCursorDefinition(cursor))) {
        check_undefined(source, cursor);
    } else if (node->depth == 0) {
        check_name(source, cursor);
    }
}

/* struct T in a header of others, which only names it or means its own by it. A pointer to the one
 * would be taken for a pointer to the other. */
static bool is_tag_of_others(const struct source *source, CXCursor cursor)
{
    const struct text *text = &source->text;
    char tag[NAME_BYTES];
    (void)ast_name(cursor, tag, sizeof tag);
    for (size_t i = 1; tag[0] != '\0' && i < text->token_count; i++) {
        const struct text_file *file = text_place_of(text, text->tokens[i].physical_line).file;
        if (file != NULL && !file->is_own && text_token_is(&text->tokens[i], tag) &&
            (text_token_is(&text->tokens[i - 1], "struct") ||
             text_token_is(&text->tokens[i - 1], "enum"))) {
            return true;
        }
    }
    return false;
}

static bool is_own_definition(const struct source *source, CXCursor cursor)
{
    const struct text_file *file = ast_file(source, cursor);
    return file != NULL && file->is_own && clang_isCursorDefinition(cursor) &&
           clang_getCursorKind(cursor) != CXCursor_TypedefDecl;
}

/* In a declaration at file scope, where libclang shows it beside what it is the type of or below.
 */
static bool is_at_file_scope(const struct ast_node *node)
{
    const struct ast_node *above = node->parent;
    while (above != NULL && (clang_getCursorKind(above->cursor) == CXCursor_FieldDecl ||
                             clang_getCursorKind(above->cursor) == CXCursor_StructDecl ||
                             clang_getCursorKind(above->cursor) == CXCursor_VarDecl)) {
        above = above->parent;
    }
    return above == NULL;
}

/* A type of its own inside a function could take the name of one outside. A struct inside a struct
 * is good when its fields have a name to be reached by. */
static void check_type(struct source *source, const struct ast_node *node)
{
    char name[NAME_BYTES];
    bool is_good = is_at_file_scope(node) && !clang_Cursor_isAnonymousRecordDecl(node->cursor);
    if (node->depth > 0 && !is_good && shapes_at_begin(source, node->cursor) == TEXT_SHAPE_NONE) {
        ast_refuse(source, "declaration", node->cursor, "the type '%s' inside something else",
                   ast_name(node->cursor, name, sizeof name));
    } else if (is_own_definition(source, node->cursor) && is_tag_of_others(source, node->cursor)) {
        ast_refuse(source, "declaration", node->cursor, "'%s' is a type that another header names",
                   ast_name(node->cursor, name, sizeof name));
    }
}

static enum ast_answer check_node(struct source *source, const struct ast_node *node, void *context)
{
    (void)context;
    switch ((int)clang_getCursorKind(node->cursor)) {
    case CXCursor_FunctionDecl:
        check_function(source, node);
        break;
    case CXCursor_VarDecl:
        check_variable(source, node);
        break;
    case CXCursor_StructDecl:
    case CXCursor_TypedefDecl:
    case CXCursor_EnumDecl:
        check_type(source, node);
        check_header_name(source, node->cursor);
        break;
    case CXCursor_EnumConstantDecl:
        check_header_name(source, node->cursor);
        break;
    default:
        break;
    }
    return AST_INTO;
}

void rule_declarations(struct source *source)
{
    ast_visit_capsule(source, check_node, NULL);
}
