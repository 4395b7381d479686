/* What trusted headers keep to themselves. Rules private, read-only. */
#include <string.h>

#include "tools/capsule_check/initialisers.h"
#include "tools/capsule_check/pairs.h"
#include "tools/capsule_check/rule_groups.h"
#include "tools/capsule_check/shapes.h"

enum {
    NAME_BYTES = 100,
};

/* --- Mentions --- */

static void check_mention(struct source *source, CXCursor mention)
{
    CXCursor what = clang_getCursorReferenced(mention);
    char name[NAME_BYTES];
    if (shapes_at_name(source, mention) == TEXT_SHAPE_NONE && ast_has_mark(what, "private")) {
        ast_refuse(source, "private", mention, "'%s' is not a capsule's to mention",
                   ast_name(what, name, sizeof name));
    }
}

/* --- Objects that only a macro makes; struct grant has a rule of its own --- */

static bool is_made_by_macro(CXType type)
{
    static const char *const tags[] = {"capsule", "capsule_manifest"};
    char tag[NAME_BYTES];
    CXType element = clang_getArrayElementType(clang_getCanonicalType(type));
    if (element.kind != CXType_Invalid) {
        return is_made_by_macro(element);
    }
    (void)ast_struct_tag(type, tag, sizeof tag);
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        if (strcmp(tag, tags[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void check_object(struct source *source, CXCursor cursor)
{
    char tag[NAME_BYTES];
    if (is_made_by_macro(clang_getCursorType(cursor)) &&
        shapes_at_begin(source, cursor) == TEXT_SHAPE_NONE) {
        ast_refuse(source, "private", cursor, "a struct %s that its macro has not made",
                   ast_struct_tag(clang_getCursorType(cursor), tag, sizeof tag));
    }
}

/* --- Assignments --- */

/* The member on the way to an object that is read-only: in a.b[i].c any of c and b and so on, up to
 * the pointer that leads there. A null cursor when there is none. */
static CXCursor read_only_member(CXCursor object)
{
    CXCursor at = ast_bare(object);
    for (;;) {
        enum CXCursorKind kind = clang_getCursorKind(at);
        if (kind == CXCursor_MemberRefExpr) {
            if (ast_has_mark(clang_getCursorReferenced(at), "read_only")) {
                return at;
            }
        } else if (kind != CXCursor_ArraySubscriptExpr) {
            return clang_getNullCursor();
        }
        CXCursor base = ast_bare(ast_child(at, 0));
        if (ast_is_pointer(ast_type(base))) {
            return clang_getNullCursor();
        }
        at = base;
    }
}

static void check_target(struct source *source, CXCursor target, const char *what)
{
    CXCursor member = read_only_member(target);
    char name[NAME_BYTES];
    if (!clang_Cursor_isNull(member)) {
        ast_refuse(source, "read-only", target, "%s of '%s'", what,
                   ast_name(member, name, sizeof name));
    }
}

static enum ast_answer check_node(struct source *source, const struct ast_node *node, void *context)
{
    (void)context;
    CXCursor cursor = node->cursor;
    switch ((int)clang_getCursorKind(cursor)) {
    case CXCursor_MemberRefExpr:
    case CXCursor_DeclRefExpr:
        check_mention(source, cursor);
        break;
    case CXCursor_VarDecl:
    case CXCursor_FieldDecl:
    case CXCursor_ParmDecl:
    case CXCursor_CompoundLiteralExpr:
        check_object(source, cursor);
        break;
    case CXCursor_UnaryOperator:
        if (ast_is_step(source, cursor)) {
            check_target(source, ast_child(cursor, 0), "an assignment");
        } else if (strcmp(ast_operator(source, cursor), "&") == 0) {
            check_target(source, ast_child(cursor, 0), "the address");
        }
        break;
    case CXCursor_BinaryOperator:
    case CXCursor_CompoundAssignOperator:
        if (ast_is_assignment(source, cursor)) {
            check_target(source, ast_child(cursor, 0), "an assignment");
        }
        break;
    case CXCursor_UnexposedExpr:
        /* An array that becomes a pointer is its address. */
        if (ast_is_conversion(cursor) && ast_is_pointer(ast_type(cursor)) &&
            clang_getArrayElementType(ast_type(ast_child(cursor, 0))).kind != CXType_Invalid &&
            (node->parent == NULL ||
             clang_getCursorKind(node->parent->cursor) != CXCursor_ArraySubscriptExpr)) {
            check_target(source, cursor, "the address");
        }
        break;
    default:
        break;
    }
    return AST_INTO;
}

/* --- Initialisers --- */

/* A slice in braces is the business of the rule `index`: an array with its size is good. */
static bool is_slice(CXType type)
{
    char tag[NAME_BYTES];
    (void)ast_struct_tag(type, tag, sizeof tag);
    return strcmp(tag, "slice") == 0 || strcmp(tag, "const_slice") == 0;
}

static enum CXVisitorResult find_items(CXCursor field, CXClientData data)
{
    bool *found = data;
    *found = *found || (ast_name_is(field, "items") && ast_has_mark(field, "private"));
    return CXVisit_Continue;
}

/* The braces that a macro made are good for what the macro makes. */
static bool is_made_for(enum text_shape shape, CXType type)
{
    char tag[NAME_BYTES];
    bool has_items = false;
    switch ((int)shape) {
    case TEXT_SHAPE_NONE:
        return false;
    case TEXT_SHAPE_LIST_OF:
        (void)clang_Type_visitFields(type, find_items, &has_items);
        return has_items;
    case TEXT_SHAPE_DMA_BUFFER_OF:
        return strcmp(ast_struct_tag(type, tag, sizeof tag), "dma_buffer") == 0;
    default:
        return true;
    }
}

static void check_initialiser(struct source *source, const struct initialiser *initialiser,
                              void *context)
{
    (void)context;
    if (is_made_for(shapes_at_begin(source, initialiser->list), initialiser->type) ||
        is_slice(initialiser->type)) {
        return;
    }
    bool is_pair =
        pairs_is_pair(source, initialiser->type) || pairs_is_table(source, initialiser->type);
    for (size_t i = 0; i < initialiser->count; i++) {
        const struct initialiser_item *item = &initialiser->items[i];
        char name[NAME_BYTES];
        bool is_private = ast_has_mark(item->field, "private");
        /* A grant's address can be the capsule's own only: nothing tells it another's. */
        if (initialisers_is_zero(source, item->value) ||
            (is_pair &&
             (pairs_is_bound_field(source, item->field) || ast_name_is(item->field, "grant")))) {
            continue;
        }
        if (is_private) {
            ast_refuse(source, "private", item->value, "a value for '%s'",
                       ast_name(item->field, name, sizeof name));
        } else if (!is_pair && ast_has_mark(item->field, "read_only")) {
            ast_refuse(source, "read-only", item->value, "a value for '%s'",
                       ast_name(item->field, name, sizeof name));
        }
    }
}

void rule_fields(struct source *source)
{
    ast_visit_capsule(source, check_node, NULL);
    initialisers_visit(source, check_initialiser, NULL);
}
