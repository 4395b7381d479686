/*
 * The rule `index`: nothing is reached past the end of what it lies in.
 *
 * Arrays of known size are left to the compiler, whose bounds check traps what is out of range
 * (-fsanitize=bounds-strict). It has one gap: where only the address of an element is taken, it
 * lets the index one past the end through, and such an element's address leads outside. So there
 * the index must be a constant within the array, or a call of index_check against its size
 * (ARRAY_AT). Another: `a[i] += x` reads a[i] before it checks i, which may be a register that a
 * read changes. A pointer is subscripted in LIST_AT only, against the count that belongs to it, and
 * slices and lists are made of whole arrays.
 */
#include <string.h>

#include "tools/capsule_check/rule_groups.h"

enum {
    SPELL_BYTES = 400,
};

static bool constant_of(CXCursor expression, long long *value)
{
    CXEvalResult result = clang_Cursor_Evaluate(expression);
    bool known = result != NULL && clang_EvalResult_getKind(result) == CXEval_Int;
    if (known) {
        *value = clang_EvalResult_getAsLongLong(result);
    }
    if (result != NULL) {
        clang_EvalResult_dispose(result);
    }
    return known;
}

/* Elements of an array, or -1 for another expression or an array of unknown size. */
static long long array_size(CXCursor expression)
{
    CXType type = ast_type(expression);
    return type.kind == CXType_ConstantArray ? clang_getArraySize(type) : -1;
}

/* --- Lists --- */

static enum ast_answer find_effect(struct source *source, const struct ast_node *node,
                                   void *context)
{
    bool *found = context;
    CXCursor cursor = node->cursor;
    if (ast_is_assignment(source, cursor) || ast_is_step(source, cursor) ||
        clang_getCursorKind(cursor) == CXCursor_CallExpr) {
        *found = true;
    }
    return AST_INTO;
}

static bool has_effect(struct source *source, CXCursor expression)
{
    bool found = false;
    const struct ast_node node = {.cursor = expression};
    (void)find_effect(source, &node, &found);
    ast_visit_below(source, &node, find_effect, &found);
    return found;
}

/* A call of the trusted index_check: its arguments. */
static bool is_index_check(const struct source *source, CXCursor expression, CXCursor *index,
                           CXCursor *count)
{
    CXCursor call = ast_bare(expression);
    if (clang_getCursorKind(call) != CXCursor_CallExpr || clang_Cursor_getNumArguments(call) != 2) {
        return false;
    }
    CXCursor function = clang_getCursorReferenced(call);
    if (!ast_name_is(function, "index_check") || ast_is_capsule_text(source, function)) {
        return false;
    }
    *index = clang_Cursor_getArgument(call, 0);
    *count = clang_Cursor_getArgument(call, 1);
    return true;
}

static bool is_member(CXCursor expression, const char *name)
{
    return clang_getCursorKind(expression) == CXCursor_MemberRefExpr &&
           ast_name_is(expression, name);
}

/* LIST_AT: items and count of one list, which nothing in the expression can change in between. */
static bool is_list_at(struct source *source, CXCursor items, CXCursor subscript)
{
    char of_items[SPELL_BYTES], of_count[SPELL_BYTES];
    CXCursor index, count;
    if (!is_member(items, "items") || !is_index_check(source, subscript, &index, &count)) {
        return false;
    }
    count = ast_bare(count);
    CXCursor list = ast_child(items, 0);
    CXCursor field = clang_getCursorReferenced(items);
    if (!is_member(count, "count") || ast_is_capsule_text(source, field) ||
        !ast_has_mark(field, "private") ||
        !ast_has_mark(clang_getCursorReferenced(count), "read_only")) {
        return false;
    }
    (void)ast_spell(source, list, of_items, sizeof of_items);
    (void)ast_spell(source, ast_child(count, 0), of_count, sizeof of_count);
    return strlen(of_items) + 80 < sizeof of_items && strcmp(of_items, of_count) == 0 &&
           !has_effect(source, list) && !has_effect(source, index);
}

/* --- Subscripts --- */

/* Is it the element's address that is wanted, not its value? `&a[i]`, or an element that is itself
 * an array and turns into a pointer that is not subscripted. */
static bool wants_address(const struct source *source, const struct ast_node *node)
{
    bool is_pointer = false;
    for (const struct ast_node *up = node->parent; up != NULL; up = up->parent) {
        enum CXCursorKind kind = clang_getCursorKind(up->cursor);
        if (kind == CXCursor_UnexposedExpr) {
            is_pointer = is_pointer || (ast_is_array(clang_getCursorType(node->cursor)) &&
                                        ast_is_pointer(clang_getCursorType(up->cursor)));
        } else if (kind == CXCursor_UnaryOperator) {
            const char *operator= ast_operator(source, up->cursor);
            return strcmp(operator, "&") == 0 || is_pointer;
        } else if (kind == CXCursor_ArraySubscriptExpr) {
            return false;
        } else if (kind != CXCursor_ParenExpr) {
            return is_pointer;
        }
    }
    return is_pointer;
}

/* In `a[i] += x` the compiler reads a[i] before it checks i. */
static bool is_read_first(const struct ast_node *node)
{
    const struct ast_node *up = node->parent;
    while (up != NULL && clang_getCursorKind(up->cursor) == CXCursor_ParenExpr) {
        up = up->parent;
    }
    return up != NULL && clang_getCursorKind(up->cursor) == CXCursor_CompoundAssignOperator &&
           clang_equalCursors(ast_bare(ast_child(up->cursor, 0)), node->cursor) != 0;
}

static void check_array(struct source *source, const struct ast_node *node, CXCursor array,
                        CXCursor subscript)
{
    long long size = array_size(array);
    long long value = 0;
    if (size <= 0) {
        ast_refuse(source, "index", node->cursor, "a subscript of an array of unknown size");
        return;
    }
    if (constant_of(subscript, &value)) {
        if (value < 0 || value >= size) {
            ast_refuse(source, "index", node->cursor, "element %lld of an array of %lld", value,
                       size);
        }
        return;
    }
    CXCursor index, count;
    bool is_checked = is_index_check(source, subscript, &index, &count) &&
                      constant_of(count, &value) && value <= size;
    if (!is_checked && is_read_first(node)) {
        ast_refuse(source, "index", node->cursor,
                   "an element that is read before its index is checked (a[i] = a[i] + x is not)");
    } else if (!is_checked && wants_address(source, node)) {
        ast_refuse(source, "index", node->cursor,
                   "the address of an element whose index is not checked (ARRAY_AT checks it)");
    }
}

static void check_subscript(struct source *source, const struct ast_node *node)
{
    char text[SPELL_BYTES];
    CXCursor base = ast_bare(ast_child(node->cursor, 0));
    CXCursor subscript = ast_child(node->cursor, 1);
    if (ast_is_array(clang_getCursorType(base))) {
        check_array(source, node, base, subscript);
    } else if (!is_list_at(source, base, subscript)) {
        ast_refuse(source, "index", node->cursor, "a subscript of what is not an array: %s",
                   ast_spell(source, node->cursor, text, sizeof text));
    }
}

/* --- Slices and lists --- */

struct fields {
    bool has_marked; /* a PRIVATE or READ_ONLY field */
    bool is_pair;    /* functions or void *: the rule `pair` looks at those */
    unsigned count;
};

static enum CXVisitorResult look_at_field(CXCursor field, CXClientData data)
{
    struct fields *fields = data;
    CXType type = clang_getCursorType(field);
    fields->count++;
    fields->has_marked =
        fields->has_marked || ast_has_mark(field, "private") || ast_has_mark(field, "read_only");
    fields->is_pair = fields->is_pair || ast_is_function_pointer(type) || ast_is_void_pointer(type);
    return CXVisit_Continue;
}

static bool is_zero(CXCursor expression)
{
    long long value = 1;
    CXCursor bare = ast_bare(expression);
    if (clang_getCursorKind(bare) == CXCursor_CStyleCastExpr) {
        unsigned count = ast_child_count(bare);
        return count > 0 && is_zero(ast_child(bare, count - 1));
    }
    return constant_of(bare, &value) && value == 0;
}

/* Elements of what a pointer is made from: an array, or a string literal behind its cast. */
static long long size_behind(CXCursor expression)
{
    CXCursor bare = ast_bare(expression);
    if (clang_getCursorKind(bare) == CXCursor_CStyleCastExpr) {
        unsigned count = ast_child_count(bare);
        CXCursor text = ast_bare(ast_child(bare, count - 1));
        return clang_getCursorKind(text) == CXCursor_StringLiteral ? array_size(text) : -1;
    }
    return array_size(bare);
}

/* &this_capsule: whose a DMA buffer is. */
static bool is_owner(struct source *source, CXCursor expression)
{
    char text[SPELL_BYTES];
    return strcmp(ast_spell(source, ast_bare(expression), text, sizeof text), "& this_capsule") ==
           0;
}

/* {array, constant} and zeros or the owner: SLICE_OF, SLICE_OF_TEXT, LIST_OF, DMA_BUFFER_OF. */
static bool is_view_of_array(struct source *source, CXCursor list, unsigned count)
{
    long long length = -1;
    CXCursor first = ast_child(list, 0);
    for (unsigned i = count < 2 ? 0 : 2; i < count; i++) {
        if (!is_zero(ast_child(list, i)) && !is_owner(source, ast_child(list, i))) {
            return false;
        }
    }
    if (count < 2) {
        return true;
    }
    if (!constant_of(ast_child(list, 1), &length)) {
        return false;
    }
    return is_zero(first) ? length == 0 : length >= 0 && length <= size_behind(first);
}

static void check_list(struct source *source, CXCursor list)
{
    char text[SPELL_BYTES];
    CXType type = ast_type(list);
    CXCursor declaration = clang_getTypeDeclaration(type);
    struct fields fields = {.count = 0};
    if (type.kind != CXType_Record || ast_is_capsule_text(source, declaration)) {
        return;
    }
    (void)clang_Type_visitFields(type, look_at_field, &fields);
    if (!fields.has_marked || fields.is_pair || !ast_bears_pointer(type)) {
        return;
    }
    if (!is_view_of_array(source, list, ast_child_count(list))) {
        ast_refuse(source, "index", list, "not a whole array with its size: %s",
                   ast_spell(source, list, text, sizeof text));
    }
}

/* --- */

static enum ast_answer visit(struct source *source, const struct ast_node *node, void *context)
{
    (void)context;
    enum CXCursorKind kind = clang_getCursorKind(node->cursor);
    if (kind == CXCursor_ArraySubscriptExpr) {
        check_subscript(source, node);
    } else if (kind == CXCursor_InitListExpr) {
        check_list(source, node->cursor);
    }
    return AST_INTO;
}

void rule_index(struct source *source)
{
    ast_visit_capsule(source, visit, NULL);
}
