#include "tools/capsule_check/initialisers.h"

#include "tools/capsule_check/shapes.h"

struct walk {
    struct source *source;
    initialiser_visitor *visitor;
    void *context;
};

struct fields {
    CXCursor items[INITIALISER_FIELDS_MAX];
    size_t count;
};

static void walk_list(const struct walk *walk, CXCursor list, CXType type);

static enum CXVisitorResult add_field(CXCursor field, CXClientData data)
{
    struct fields *fields = data;
    if (fields->count < INITIALISER_FIELDS_MAX) {
        fields->items[fields->count] = field;
    }
    fields->count++;
    return CXVisit_Continue;
}

static bool is_record(CXType type)
{
    return clang_getCanonicalType(type).kind == CXType_Record;
}

bool initialisers_is_zero(const struct source *source, CXCursor value)
{
    CXCursor bare = ast_bare(value);
    enum CXCursorKind kind = clang_getCursorKind(bare);
    if (kind == CXCursor_InitListExpr) {
        unsigned count = ast_child_count(bare);
        return count == 0 || (count == 1 && initialisers_is_zero(source, ast_child(bare, 0)));
    }
    size_t token = text_token_at(&source->text, ast_begin(bare));
    return shapes_at_begin(source, bare) == TEXT_SHAPE_NULL ||
           (kind == CXCursor_IntegerLiteral && token < source->text.token_count &&
            text_token_is(&source->text.tokens[token], "0"));
}

static void refuse(const struct walk *walk, CXCursor at, const char *what)
{
    ast_refuse(walk->source, "initialiser", at, "%s", what);
}

/* One value for something of the type `expected`. */
static void walk_value(const struct walk *walk, CXCursor value, CXType expected, bool is_only)
{
    CXCursor inner = ast_without_conversions(value);
    bool is_list = clang_getCursorKind(inner) == CXCursor_InitListExpr;
    bool has_parts = is_record(expected) || ast_is_array(expected);
    if (is_list && has_parts) {
        walk_list(walk, inner, expected);
    } else if (is_list) {
        refuse(walk, inner, "braces around a single value");
    } else if (has_parts && !is_record(ast_type(inner)) &&
               clang_getCursorKind(ast_bare(inner)) != CXCursor_StringLiteral &&
               !(is_only && initialisers_is_zero(walk->source, inner))) {
        refuse(walk, inner, "a struct or array without its braces");
    }
}

/* A value with its designator: `.field = value` or `[index] = value`. False when it is another. */
static bool read_designation(CXCursor element, CXCursor *designator, CXCursor *value)
{
    if (clang_getCursorKind(element) != CXCursor_UnexposedExpr || ast_is_conversion(element)) {
        return false;
    }
    unsigned count = ast_child_count(element);
    *designator = ast_child(element, 0);
    *value = count > 0 ? ast_child(element, count - 1) : clang_getNullCursor();
    return true;
}

static void walk_array(const struct walk *walk, CXCursor list, CXType type)
{
    CXType element_type = clang_getArrayElementType(type);
    unsigned count = ast_child_count(list);
    for (unsigned i = 0; i < count; i++) {
        CXCursor element = ast_child(list, i);
        CXCursor designator = clang_getNullCursor();
        CXCursor value = element;
        if (read_designation(element, &designator, &value) && ast_child_count(element) != 2) {
            refuse(walk, element, "a designator of more than one step");
            continue;
        }
        walk_value(walk, value, element_type, count == 1);
    }
}

static void add_item(struct initialiser *initialiser, CXCursor field, CXCursor value)
{
    if (initialiser->count < INITIALISER_FIELDS_MAX) {
        initialiser->items[initialiser->count] = (struct initialiser_item){field, value};
        initialiser->count++;
    }
}

static size_t position_of(const struct fields *fields, CXCursor field)
{
    size_t position = 0;
    while (position < fields->count && !clang_equalCursors(fields->items[position], field)) {
        position++;
    }
    return position;
}

static void walk_record(const struct walk *walk, CXCursor list, CXType type)
{
    struct fields fields = {.count = 0};
    struct initialiser initialiser = {.list = list, .type = type};
    (void)clang_Type_visitFields(type, add_field, &fields);
    if (fields.count > INITIALISER_FIELDS_MAX) {
        refuse(walk, list, "a struct of too many fields");
        return;
    }
    unsigned count = ast_child_count(list);
    size_t position = 0;
    for (unsigned i = 0; i < count; i++) {
        CXCursor element = ast_child(list, i);
        CXCursor designator = clang_getNullCursor();
        CXCursor value = element;
        if (read_designation(element, &designator, &value)) {
            CXCursor field = clang_getCursorReferenced(designator);
            if (ast_child_count(element) != 2 ||
                clang_getCursorKind(designator) != CXCursor_MemberRef) {
                refuse(walk, element, "a designator of more than one step");
                continue;
            }
            position = position_of(&fields, field);
        }
        if (position >= fields.count) {
            refuse(walk, element, "a value that belongs to no field");
            continue;
        }
        add_item(&initialiser, fields.items[position], value);
        position++;
    }
    walk->visitor(walk->source, &initialiser, walk->context);
    for (size_t i = 0; i < initialiser.count; i++) {
        walk_value(walk, initialiser.items[i].value,
                   clang_getCursorType(initialiser.items[i].field), count == 1);
    }
}

static void walk_list(const struct walk *walk, CXCursor list, CXType type)
{
    CXType canonical = clang_getCanonicalType(type);
    if (canonical.kind == CXType_Record) {
        walk_record(walk, list, canonical);
    } else {
        walk_array(walk, list, canonical);
    }
}

static enum ast_answer find_list(struct source *source, const struct ast_node *node, void *context)
{
    const struct walk *walk = context;
    (void)source;
    enum CXCursorKind kind = clang_getCursorKind(node->cursor);
    if (kind == CXCursor_VarDecl) {
        CXCursor value = clang_Cursor_getVarDeclInitializer(node->cursor);
        if (!clang_Cursor_isNull(value)) {
            walk_value(walk, value, clang_getCursorType(node->cursor), false);
        }
    } else if (kind == CXCursor_CompoundLiteralExpr) {
        CXCursor value = ast_child(node->cursor, ast_child_count(node->cursor) - 1);
        walk_value(walk, value, clang_getCursorType(node->cursor), false);
    }
    return AST_INTO;
}

void initialisers_visit(struct source *source, initialiser_visitor *visitor, void *context)
{
    struct walk walk = {source, visitor, context};
    ast_visit_capsule(source, find_list, &walk);
}

void initialisers_visit_variable(struct source *source, CXCursor variable,
                                 initialiser_visitor *visitor, void *context)
{
    struct walk walk = {source, visitor, context};
    CXCursor value = clang_Cursor_getVarDeclInitializer(variable);
    if (!clang_Cursor_isNull(value)) {
        walk_value(&walk, value, clang_getCursorType(variable), false);
    }
}
