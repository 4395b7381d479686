/* Functions and the self they are called with. Rules pair, initialiser. */
#include <string.h>

#include "tools/capsule_check/callbacks.h"
#include "tools/capsule_check/initialisers.h"
#include "tools/capsule_check/pairs.h"
#include "tools/capsule_check/rule_groups.h"
#include "tools/capsule_check/shapes.h"

/* What is known of one initialiser. */
struct pair {
    struct source *source;
    bool quiet; /* only asked for the type */
    bool has_functions;
    bool has_type;
    CXType type; /* what the functions take self for */
    bool owner_is_us;
};

static void refuse(const struct pair *pair, CXCursor at, const char *what, const char *name)
{
    if (!pair->quiet) {
        ast_refuse(pair->source, "pair", at, what, name);
    }
}

/* The same struct, const or not. */
static bool is_same_struct(CXType a, CXType b)
{
    CXType left = clang_getCanonicalType(a);
    CXType right = clang_getCanonicalType(b);
    if (left.kind == CXType_Record && right.kind == CXType_Record) {
        return clang_equalCursors(clang_getTypeDeclaration(left),
                                  clang_getTypeDeclaration(right)) != 0;
    }
    return clang_equalTypes(left, right) != 0;
}

static void add_type(struct pair *pair, CXCursor at, CXType type, const char *name)
{
    if (pair->has_type && !is_same_struct(pair->type, type)) {
        refuse(pair, at, "'%s' takes self for another type than the functions beside it", name);
    }
    pair->has_type = true;
    pair->type = type;
}

static void check_function(struct pair *pair, CXCursor value)
{
    char name[100];
    CXCursor bare = ast_without_conversions(value);
    CXCursor function = clang_getCursorReferenced(bare);
    if (initialisers_is_zero(pair->source, bare)) {
        return;
    }
    pair->has_functions = true;
    if (clang_getCursorKind(bare) != CXCursor_DeclRefExpr ||
        clang_getCursorKind(function) != CXCursor_FunctionDecl) {
        refuse(pair, value, "a callback that is not simply the name of a function%s", "");
        return;
    }
    CXType type;
    (void)ast_name(function, name, sizeof name);
    switch (callbacks_self_type(function, &type)) {
    case CALLBACKS_NOT:
        refuse(pair, value, "'%s' is not defined here with void *self as its first parameter",
               name);
        break;
    case CALLBACKS_TYPED:
        add_type(pair, value, type, name);
        break;
    case CALLBACKS_ANY:
        break;
    }
}

static void judge_items(struct pair *pair, const struct initialiser *initialiser);

static void read_table(struct source *source, const struct initialiser *initialiser, void *context)
{
    struct pair *pair = context;
    if (pairs_is_table(source, initialiser->type)) {
        judge_items(pair, initialiser);
    }
}

/* .ops = &table: a constant table of this capsule. */
static void check_ops(struct pair *pair, CXCursor value)
{
    CXCursor bare = ast_bare(value);
    if (initialisers_is_zero(pair->source, value)) {
        return;
    }
    CXCursor table = clang_getCursorReferenced(ast_bare(ast_child(bare, 0)));
    bool good =
        clang_getCursorKind(bare) == CXCursor_UnaryOperator &&
        strcmp(ast_operator(pair->source, bare), "&") == 0 &&
        clang_getCursorKind(table) == CXCursor_VarDecl &&
        clang_isConstQualifiedType(clang_getCursorType(table)) &&
        clang_getCursorKind(clang_getCursorSemanticParent(table)) == CXCursor_TranslationUnit;
    pair->has_functions = true;
    if (!good) {
        refuse(pair, value, "ops that are not the address of a constant table of this file%s", "");
        return;
    }
    CXCursor definition = clang_getCursorDefinition(table);
    struct pair of_table = {.source = pair->source, .quiet = true};
    if (!clang_Cursor_isNull(definition)) {
        initialisers_visit_variable(pair->source, definition, read_table, &of_table);
    }
    if (of_table.has_type) {
        add_type(pair, value, of_table.type, "the table of ops");
    }
}

static bool is_this_capsule(const struct source *source, CXCursor value)
{
    CXCursor bare = ast_bare(value);
    return clang_getCursorKind(bare) == CXCursor_UnaryOperator &&
           strcmp(ast_operator(source, bare), "&") == 0 &&
           ast_name_is(clang_getCursorReferenced(ast_bare(ast_child(bare, 0))), "this_capsule");
}

static void check_self(struct pair *pair, CXCursor value)
{
    CXCursor bare = ast_bare(value);
    CXType type = ast_type(bare);
    if (initialisers_is_zero(pair->source, value)) {
        return;
    }
    CXType pointee = clang_getCanonicalType(clang_getPointeeType(type));
    CXType element = clang_getArrayElementType(type);
    if (element.kind != CXType_Invalid) {
        pointee = element;
    }
    if (pair->has_type && !is_same_struct(pointee, pair->type)) {
        CXString wanted = clang_getTypeSpelling(pair->type);
        refuse(pair, value, "a self of another type than the functions take it for: '%s'",
               clang_getCString(wanted));
        clang_disposeString(wanted);
    }
}

/* The functions first, so that self can be compared with them wherever it stands. */
static void judge_items(struct pair *pair, const struct initialiser *initialiser)
{
    struct source *source = pair->source;
    for (size_t i = 0; i < initialiser->count; i++) {
        const struct initialiser_item *item = &initialiser->items[i];
        CXType type = ast_type(item->field);
        if (ast_is_function_pointer(type)) {
            check_function(pair, item->value);
        } else if (ast_is_pointer(type) && pairs_is_table(source, clang_getPointeeType(type))) {
            check_ops(pair, item->value);
        } else if (ast_name_is(item->field, "owner")) {
            pair->owner_is_us = is_this_capsule(source, item->value);
        }
    }
    for (size_t i = 0; i < initialiser->count; i++) {
        if (ast_is_void_pointer(clang_getCursorType(initialiser->items[i].field))) {
            check_self(pair, initialiser->items[i].value);
        }
    }
}

static enum CXVisitorResult find_owner(CXCursor field, CXClientData data)
{
    bool *found = data;
    *found = *found || ast_name_is(field, "owner");
    return CXVisit_Continue;
}

struct parts {
    unsigned functions;
    bool has_self;
};

static enum CXVisitorResult count_part(CXCursor field, CXClientData data)
{
    struct parts *parts = data;
    CXType type = clang_getCursorType(field);
    parts->functions += ast_is_function_pointer(type) ? 1u : 0u;
    parts->has_self = parts->has_self || ast_is_void_pointer(type);
    return CXVisit_Continue;
}

static struct parts parts_of(CXType type)
{
    struct parts parts = {.functions = 0};
    (void)clang_Type_visitFields(clang_getCanonicalType(type), count_part, &parts);
    return parts;
}

/* Who calls does not ask whether there is a function. The exception is a client or deferred call
 * with nothing in it at all: guard_call knows those. */
static void check_all_named(const struct pair *pair, const struct initialiser *initialiser)
{
    struct parts parts = parts_of(initialiser->type);
    unsigned named = 0;
    bool is_zero = true;
    for (size_t i = 0; i < initialiser->count; i++) {
        bool has_value = !initialisers_is_zero(pair->source, initialiser->items[i].value);
        bool is_function =
            ast_is_function_pointer(clang_getCursorType(initialiser->items[i].field));
        is_zero = is_zero && !has_value;
        named += has_value && is_function ? 1u : 0u;
    }
    bool is_empty = parts.has_self && is_zero;
    if (!is_empty && (named < parts.functions || !pair->has_functions)) {
        refuse(pair, initialiser->list, "a function that is missing%s", "");
    }
}

/* A table of functions is a constant with all of them: not one that is zero at first. */
static enum ast_answer check_table(struct source *source, const struct ast_node *node,
                                   void *context)
{
    (void)context;
    CXCursor cursor = node->cursor;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    bool is_anothers = clang_Cursor_getStorageClass(cursor) == CX_SC_Extern;
    if ((kind != CXCursor_VarDecl && kind != CXCursor_FieldDecl) || is_anothers) {
        return AST_INTO;
    }
    CXType type = ast_type(cursor);
    CXType element = clang_getArrayElementType(type);
    while (element.kind != CXType_Invalid) {
        type = clang_getCanonicalType(element);
        element = clang_getArrayElementType(type);
    }
    CXCursor definition = clang_getCursorDefinition(cursor);
    bool is_whole = kind == CXCursor_VarDecl && ast_type(cursor).kind == CXType_Record &&
                    !clang_Cursor_isNull(definition) &&
                    !clang_Cursor_isNull(clang_Cursor_getVarDeclInitializer(definition));
    if (!is_whole && pairs_is_table(source, type) && !parts_of(type).has_self) {
        char name[100];
        ast_refuse(source, "pair", cursor, "'%s' is a table of functions without its functions",
                   ast_name(cursor, name, sizeof name));
    }
    return AST_INTO;
}

static void check_initialiser(struct source *source, const struct initialiser *initialiser,
                              void *context)
{
    (void)context;
    if (shapes_at_begin(source, initialiser->list) != TEXT_SHAPE_NONE ||
        (!pairs_is_table(source, initialiser->type) && !pairs_is_pair(source, initialiser->type))) {
        return;
    }
    struct pair pair = {.source = source};
    judge_items(&pair, initialiser);
    check_all_named(&pair, initialiser);
    bool has_owner = false;
    (void)clang_Type_visitFields(initialiser->type, find_owner, &has_owner);
    if (!has_owner && pair.has_functions && pairs_is_pair(source, initialiser->type)) {
        refuse(&pair, initialiser->list, "a handle that only trusted code offers%s", "");
    }
    if (has_owner && pair.has_functions && !pair.owner_is_us) {
        refuse(&pair, initialiser->list, "an owner that is not &this_capsule%s", "");
    }
}

/* A single field of a pair, read or written by itself. What is PRIVATE has a rule of its own. */
static enum ast_answer check_member(struct source *source, const struct ast_node *node,
                                    void *context)
{
    (void)context;
    if (clang_getCursorKind(node->cursor) != CXCursor_MemberRefExpr) {
        return AST_INTO;
    }
    CXCursor field = clang_getCursorReferenced(node->cursor);
    char name[100];
    if (shapes_at_name(source, node->cursor) == TEXT_SHAPE_NONE &&
        pairs_is_bound_field(source, field) && !ast_has_mark(field, "private")) {
        ast_refuse(source, "pair", node->cursor, "'%s' by itself",
                   ast_name(field, name, sizeof name));
    }
    return AST_INTO;
}

void rule_pairs(struct source *source)
{
    initialisers_visit(source, check_initialiser, NULL);
    ast_visit_capsule(source, check_member, NULL);
    ast_visit_capsule(source, check_table, NULL);
}
