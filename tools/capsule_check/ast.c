#include "tools/capsule_check/ast.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    SEEN_BYTES = 400,
};

/* --- Visiting --- */

struct visit {
    struct source *source;
    const struct ast_node *parent;
    ast_visitor *visitor;
    void *context;
    bool capsule_only;
};

static enum CXChildVisitResult visit_child(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct visit *visit = data;
    struct ast_node node = {
        .cursor = cursor,
        .parent = visit->parent,
        .depth = visit->parent != NULL ? visit->parent->depth + 1 : 0,
    };
    if (node.depth > AST_DEPTH_MAX ||
        (visit->capsule_only && !ast_is_capsule_text(visit->source, cursor))) {
        return CXChildVisit_Continue;
    }
    if (visit->visitor(visit->source, &node, visit->context) == AST_INTO) {
        struct visit below = *visit;
        below.parent = &node;
        /* What stands below a declaration of the capsule is the capsule's. */
        below.capsule_only = false;
        (void)clang_visitChildren(cursor, visit_child, &below);
    }
    return CXChildVisit_Continue;
}

void ast_visit_capsule(struct source *source, ast_visitor *visitor, void *context)
{
    struct visit visit = {source, NULL, visitor, context, true};
    (void)clang_visitChildren(clang_getTranslationUnitCursor(source->unit), visit_child, &visit);
}

void ast_visit_below(struct source *source, const struct ast_node *node, ast_visitor *visitor,
                     void *context)
{
    struct visit visit = {source, node, visitor, context, false};
    (void)clang_visitChildren(node->cursor, visit_child, &visit);
}

struct top_visit {
    struct source *source;
    ast_visitor *visitor;
    void *context;
};

static enum CXChildVisitResult visit_top(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct top_visit *visit = data;
    struct ast_node node = {.cursor = cursor};
    if (visit->visitor(visit->source, &node, visit->context) == AST_INTO) {
        ast_visit_below(visit->source, &node, visit->visitor, visit->context);
    }
    return CXChildVisit_Continue;
}

void ast_visit_top(struct source *source, ast_visitor *visitor, void *context)
{
    struct top_visit visit = {source, visitor, context};
    (void)clang_visitChildren(clang_getTranslationUnitCursor(source->unit), visit_top, &visit);
}

struct pick {
    unsigned wanted;
    unsigned seen;
    CXCursor found;
};

static enum CXChildVisitResult pick_child(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct pick *pick = data;
    if (pick->seen == pick->wanted) {
        pick->found = cursor;
        return CXChildVisit_Break;
    }
    pick->seen++;
    return CXChildVisit_Continue;
}

unsigned ast_child_count(CXCursor cursor)
{
    struct pick pick = {.wanted = ~0u};
    (void)clang_visitChildren(cursor, pick_child, &pick);
    return pick.seen;
}

CXCursor ast_child(CXCursor cursor, unsigned index)
{
    struct pick pick = {.wanted = index, .found = clang_getNullCursor()};
    (void)clang_visitChildren(cursor, pick_child, &pick);
    return pick.found;
}

/* --- Expressions --- */

bool ast_is_conversion(CXCursor cursor)
{
    if (clang_getCursorKind(cursor) != CXCursor_UnexposedExpr || ast_child_count(cursor) != 1) {
        return false;
    }
    CXCursor child = ast_child(cursor, 0);
    return clang_isExpression(clang_getCursorKind(child)) &&
           ast_begin(child) == ast_begin(cursor) && ast_end(child) == ast_end(cursor);
}

CXCursor ast_without_conversions(CXCursor cursor)
{
    while (ast_is_conversion(cursor)) {
        cursor = ast_child(cursor, 0);
    }
    return cursor;
}

CXCursor ast_bare(CXCursor cursor)
{
    for (;;) {
        cursor = ast_without_conversions(cursor);
        if (clang_getCursorKind(cursor) != CXCursor_ParenExpr || ast_child_count(cursor) != 1) {
            return cursor;
        }
        cursor = ast_child(cursor, 0);
    }
}

/* All that C has; the lexer gives no other. */
static const char *const operators[] = {
    "+",  "-",  "*",   "/",   "%",  "&",  "|",  "^",  "~",  "!",  "<",  ">",
    "=",  "<<", ">>",  "<=",  ">=", "==", "!=", "&&", "||", "+=", "-=", "*=",
    "/=", "%=", "<<=", ">>=", "&=", "|=", "^=", "++", "--", ",",
};

static const char *operator_of(const struct text *text, size_t index)
{
    if (index < text->token_count) {
        for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
            if (text_token_is(&text->tokens[index], operators[i])) {
                return operators[i];
            }
        }
    }
    return "";
}

const char *ast_operator(const struct source *source, CXCursor cursor)
{
    const struct text *text = &source->text;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    CXCursor first = ast_child(cursor, 0);
    if (clang_Cursor_isNull(first)) {
        return "";
    }
    if (kind == CXCursor_BinaryOperator || kind == CXCursor_CompoundAssignOperator) {
        return operator_of(text, text_token_at(text, ast_end(first)));
    }
    if (kind == CXCursor_UnaryOperator) {
        bool is_prefix = ast_begin(cursor) < ast_begin(first);
        return operator_of(text,
                           text_token_at(text, is_prefix ? ast_begin(cursor) : ast_end(first)));
    }
    return "";
}

bool ast_is_assignment(const struct source *source, CXCursor cursor)
{
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    return kind == CXCursor_CompoundAssignOperator ||
           (kind == CXCursor_BinaryOperator && strcmp(ast_operator(source, cursor), "=") == 0);
}

bool ast_is_step(const struct source *source, CXCursor cursor)
{
    if (clang_getCursorKind(cursor) != CXCursor_UnaryOperator) {
        return false;
    }
    const char *spelling = ast_operator(source, cursor);
    return strcmp(spelling, "++") == 0 || strcmp(spelling, "--") == 0;
}

bool ast_is_arrow(CXCursor member)
{
    return ast_is_pointer(clang_getCursorType(ast_child(member, 0)));
}

/* --- Places --- */

static unsigned offset_of(CXSourceLocation location)
{
    unsigned offset = 0;
    clang_getExpansionLocation(location, NULL, NULL, NULL, &offset);
    return offset;
}

size_t ast_begin(CXCursor cursor)
{
    return offset_of(clang_getRangeStart(clang_getCursorExtent(cursor)));
}

size_t ast_end(CXCursor cursor)
{
    return offset_of(clang_getRangeEnd(clang_getCursorExtent(cursor)));
}

unsigned ast_line(CXCursor cursor)
{
    unsigned line = 0;
    clang_getExpansionLocation(clang_getCursorLocation(cursor), NULL, &line, NULL, NULL);
    return line;
}

bool ast_is_capsule_text(const struct source *source, CXCursor cursor)
{
    unsigned line = ast_line(cursor);
    return line > 0 && text_is_capsule(&source->text, line);
}

const struct text_file *ast_file(const struct source *source, CXCursor cursor)
{
    return text_place_of(&source->text, ast_line(cursor)).file;
}

const char *ast_spell(const struct source *source, CXCursor cursor, char *buffer, size_t room)
{
    const struct text *text = &source->text;
    size_t end = ast_end(cursor);
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = text_token_at(text, ast_begin(cursor)); i < text->token_count; i++) {
        const struct text_token *token = &text->tokens[i];
        if (token->offset >= end || used + token->length + 2 > room) {
            break;
        }
        if (used > 0) {
            buffer[used] = ' ';
            used++;
        }
        memcpy(buffer + used, token->bytes, token->length);
        used += token->length;
        buffer[used] = '\0';
    }
    return buffer;
}

const char *ast_name(CXCursor cursor, char *buffer, size_t room)
{
    CXString name = clang_getCursorSpelling(cursor);
    const char *spelling = clang_getCString(name);
    (void)snprintf(buffer, room, "%s", spelling != NULL ? spelling : "");
    clang_disposeString(name);
    return buffer;
}

bool ast_name_is(CXCursor cursor, const char *name)
{
    CXString own = clang_getCursorSpelling(cursor);
    const char *spelling = clang_getCString(own);
    bool same = spelling != NULL && strcmp(spelling, name) == 0;
    clang_disposeString(own);
    return same;
}

/* --- Marks --- */

struct mark_search {
    const char *mark;
    bool found;
};

static enum CXChildVisitResult find_mark(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct mark_search *search = data;
    if (clang_getCursorKind(cursor) == CXCursor_AnnotateAttr && ast_name_is(cursor, search->mark)) {
        search->found = true;
        return CXChildVisit_Break;
    }
    return CXChildVisit_Continue;
}

bool ast_has_mark(CXCursor declaration, const char *mark)
{
    struct mark_search search = {mark, false};
    (void)clang_visitChildren(declaration, find_mark, &search);
    if (!search.found) {
        (void)clang_visitChildren(clang_getCanonicalCursor(declaration), find_mark, &search);
    }
    return search.found;
}

bool ast_parameter_has_mark(CXCursor function, unsigned index, const char *mark)
{
    CXCursor definition = clang_getCursorDefinition(function);
    CXCursor said =
        clang_Cursor_isNull(definition) ? clang_getCanonicalCursor(function) : definition;
    CXCursor parameter = clang_Cursor_getArgument(said, index);
    struct mark_search search = {mark, false};
    if (!clang_Cursor_isNull(parameter)) {
        (void)clang_visitChildren(parameter, find_mark, &search);
    }
    return search.found;
}

/* --- Types --- */

CXType ast_type(CXCursor cursor)
{
    return clang_getCanonicalType(clang_getCursorType(cursor));
}

bool ast_is_pointer(CXType type)
{
    return clang_getCanonicalType(type).kind == CXType_Pointer;
}

static CXType pointee(CXType type)
{
    return clang_getCanonicalType(clang_getPointeeType(clang_getCanonicalType(type)));
}

bool ast_is_void_pointer(CXType type)
{
    return ast_is_pointer(type) && pointee(type).kind == CXType_Void;
}

bool ast_is_function_pointer(CXType type)
{
    if (!ast_is_pointer(type)) {
        return false;
    }
    enum CXTypeKind kind = pointee(type).kind;
    return kind == CXType_FunctionProto || kind == CXType_FunctionNoProto;
}

bool ast_is_array(CXType type)
{
    return clang_getArrayElementType(clang_getCanonicalType(type)).kind != CXType_Invalid;
}

static enum CXVisitorResult find_pointer_field(CXCursor field, CXClientData data)
{
    bool *found = data;
    *found = ast_bears_pointer(clang_getCursorType(field));
    return *found ? CXVisit_Break : CXVisit_Continue;
}

bool ast_bears_pointer(CXType type)
{
    CXType canonical = clang_getCanonicalType(type);
    bool found = false;
    if (canonical.kind == CXType_Pointer) {
        return true;
    }
    if (canonical.kind == CXType_Record) {
        (void)clang_Type_visitFields(canonical, find_pointer_field, &found);
        return found;
    }
    CXType element = clang_getArrayElementType(canonical);
    return element.kind != CXType_Invalid && ast_bears_pointer(element);
}

const char *ast_struct_tag(CXType type, char *buffer, size_t room)
{
    CXType canonical = clang_getCanonicalType(type);
    buffer[0] = '\0';
    if (canonical.kind == CXType_Record) {
        (void)ast_name(clang_getTypeDeclaration(canonical), buffer, room);
    }
    return buffer;
}

void ast_refuse(struct source *source, const char *rule, CXCursor at, const char *format, ...)
{
    char seen[SEEN_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(seen, sizeof seen, format, arguments);
    va_end(arguments);
    text_refuse(&source->text, source->findings, rule, ast_line(at), "%s", seen);
}
