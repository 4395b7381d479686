/*
 * The rule `dma-buffer`: the bytes behind a DMA buffer are reached through it only.
 *
 * The array behind a buffer is a field that is named once, by DMA_BUFFER_OF (and in sizeof, which
 * reads nothing), and not at all by another capsule. Neither a struct dma_buffer nor a struct with
 * such a field in it is copied or overwritten, as the copy would not know that the buffer is lent.
 * Nor is a struct deferred_call, whose place in the kernel's list would be lost: the rule `pair`.
 *
 * Where such a struct comes from, inits.h says.
 */
#include <string.h>

#include "tools/capsule_check/inits.h"
#include "tools/capsule_check/memory.h"
#include "tools/capsule_check/rule_groups.h"

/* A field whose array lies behind a buffer. */
struct dma_field {
    CXCursor field;
    size_t at; /* offset of the mention that made it one */
};

struct dma {
    struct dma_field *fields; /* owned */
    size_t count, room;
    CXType *made; /* owned: the types of instances that a NAME_init makes */
    size_t made_count, made_room;
    CXCursor *inner; /* owned: the fields that are handed to another NAME_init */
    size_t inner_count, inner_room;
    bool in_sizeof; /* within an operand that is not evaluated */
};

static bool is_struct(CXType type, const char *wanted)
{
    char tag[32];
    return strcmp(ast_struct_tag(type, tag, sizeof tag), wanted) == 0;
}

static bool is_buffer(CXType type)
{
    return is_struct(type, "dma_buffer");
}

static const struct dma_field *dma_field_of(const struct dma *dma, CXCursor field)
{
    for (size_t i = 0; i < dma->count; i++) {
        if (clang_equalCursors(dma->fields[i].field, field)) {
            return &dma->fields[i];
        }
    }
    return NULL;
}

/* --- Which fields --- */

static void check_made(struct source *source, const struct ast_node *node, struct dma *dma)
{
    CXCursor list = node->cursor;
    CXCursor array = ast_bare(ast_child(list, 0));
    const struct ast_node *making = inits_making_around(source, node);
    if (clang_getCursorKind(array) == CXCursor_CStyleCastExpr ||
        clang_getCursorKind(array) == CXCursor_IntegerLiteral) {
        return; /* {NULL}: a buffer without bytes; the rule index sees to that */
    }
    if (clang_getCursorKind(array) != CXCursor_MemberRefExpr) {
        ast_refuse(source, "dma-buffer", list, "a DMA buffer over what is not a field");
        return;
    }
    if (making == NULL || !inits_is_in_instance(array, making)) {
        ast_refuse(source, "dma-buffer", list,
                   "DMA_BUFFER_OF elsewhere than where NAME_init makes the array's instance");
    }
    dma->fields = memory_grown(dma->fields, dma->count, &dma->room, sizeof(dma->fields[0]));
    dma->fields[dma->count++] =
        (struct dma_field){clang_getCursorReferenced(array), ast_begin(array)};
}

static enum ast_answer find_fields(struct source *source, const struct ast_node *node,
                                   void *context)
{
    if (clang_getCursorKind(node->cursor) == CXCursor_InitListExpr &&
        is_buffer(clang_getCursorType(node->cursor))) {
        check_made(source, node, context);
    }
    return AST_INTO;
}

/* --- What is said of them --- */

/* What a struct holds, at any depth, of those that are made once: the rule that says so. */
struct holding {
    const struct dma *dma;
    const char *rule; /* NULL: none of them */
};

static const char *rule_of(const struct dma *dma, CXType type);

static enum CXVisitorResult look_at_field(CXCursor field, CXClientData data)
{
    struct holding *holding = data;
    holding->rule = dma_field_of(holding->dma, field) != NULL
                        ? "dma-buffer"
                        : rule_of(holding->dma, clang_getCursorType(field));
    return holding->rule != NULL ? CXVisit_Break : CXVisit_Continue;
}

static const char *rule_of(const struct dma *dma, CXType type)
{
    CXType canonical = clang_getCanonicalType(type);
    CXType element = clang_getArrayElementType(canonical);
    if (element.kind != CXType_Invalid) {
        return rule_of(dma, element);
    }
    struct holding holding = {dma, NULL};
    if (canonical.kind == CXType_Record) {
        if (is_buffer(canonical)) {
            return "dma-buffer";
        }
        if (is_struct(canonical, "deferred_call")) {
            return "pair";
        }
        (void)clang_Type_visitFields(canonical, look_at_field, &holding);
    }
    return holding.rule;
}

static bool is_made_here(CXCursor expression)
{
    enum CXCursorKind kind = clang_getCursorKind(ast_bare(expression));
    return kind == CXCursor_CompoundLiteralExpr || kind == CXCursor_InitListExpr;
}

/* A value of such a struct, not just the place where it lies: libclang shows the reading of an
 * object as a conversion to its own type. */
static bool is_copy(CXCursor cursor)
{
    if (!ast_is_conversion(cursor)) {
        return false;
    }
    CXCursor from = ast_child(cursor, 0);
    return ast_type(cursor).kind == CXType_Record && ast_type(from).kind == CXType_Record &&
           !is_made_here(from);
}

/* The header of the same name as the capsule's source. */
static bool is_own_header(const struct source *source, const struct text_file *file)
{
    for (size_t i = 0; i < source->text.file_count; i++) {
        const struct text_file *main = source->text.files[i];
        size_t length = strlen(main->path);
        if (main->is_main && strlen(file->path) == length &&
            strncmp(main->path, file->path, length - 1) == 0) {
            return true;
        }
    }
    return false;
}

static void check_field(struct source *source, CXCursor cursor, const struct dma *dma)
{
    const struct dma_field *field = dma_field_of(dma, clang_getCursorReferenced(cursor));
    if (field != NULL && !dma->in_sizeof && ast_begin(cursor) != field->at) {
        char name[80];
        ast_refuse(source, "dma-buffer", cursor, "%s, which lies behind a DMA buffer",
                   ast_name(cursor, name, sizeof name));
    }
}

/* The bytes behind a library's buffer are made one in the library's own file, which is not seen
 * here: no array is mentioned that lies beside a DMA buffer in a struct of another capsule. */
static void check_foreign_field(struct source *source, CXCursor cursor, const struct dma *dma)
{
    static const struct dma none = {.count = 0};
    CXCursor field = clang_getCursorReferenced(cursor);
    CXCursor owner = clang_getCursorSemanticParent(field);
    const struct text_file *file = ast_file(source, owner);
    bool is_array = clang_getArrayElementType(ast_type(field)).kind != CXType_Invalid;
    if (is_array && !dma->in_sizeof && file != NULL && !file->is_main &&
        file->origin == TEXT_CAPSULE && !is_own_header(source, file) &&
        rule_of(&none, clang_getCursorType(owner)) != NULL) {
        char name[80];
        ast_refuse(source, "dma-buffer", cursor,
                   "%s, which another capsule may have lent to a device",
                   ast_name(cursor, name, sizeof name));
    }
}

/* An instance is made by one function NAME_init, and once in it. */
static void check_making(struct source *source, CXCursor making, struct dma *dma)
{
    CXType type = ast_type(making);
    for (size_t i = 0; i < dma->made_count; i++) {
        if (clang_equalTypes(dma->made[i], type)) {
            ast_refuse(source, rule_of(dma, type), making,
                       "a second place that makes what another NAME_init makes");
        }
    }
    dma->made = memory_grown(dma->made, dma->made_count, &dma->made_room, sizeof *dma->made);
    dma->made[dma->made_count++] = type;
}

static bool is_inner_twice(struct dma *dma, CXCursor field)
{
    for (size_t i = 0; i < dma->inner_count; i++) {
        if (clang_equalCursors(dma->inner[i], field)) {
            return true;
        }
    }
    dma->inner = memory_grown(dma->inner, dma->inner_count, &dma->inner_room, sizeof *dma->inner);
    dma->inner[dma->inner_count++] = field;
    return false;
}

static void check_call(struct source *source, const struct ast_node *call, struct dma *dma)
{
    CXCursor function = clang_getCursorReferenced(ast_bare(ast_child(call->cursor, 0)));
    int count = clang_Cursor_getNumArguments(call->cursor);
    for (int i = 0; i < count && inits_is_init(source, function); i++) {
        CXType type = ast_type(clang_Cursor_getArgument(call->cursor, (unsigned)i));
        const char *rule = ast_is_pointer(type) ? rule_of(dma, clang_getPointeeType(type)) : NULL;
        bool is_good = true;
        if (rule == NULL) {
            continue;
        }
        CXCursor field = inits_inner_field(source, call, (unsigned)i, &is_good);
        if (!is_good || (!clang_Cursor_isNull(field) && is_inner_twice(dma, field))) {
            char name[80];
            ast_refuse(source, rule, call->cursor, "%s is called where it could make anew",
                       ast_name(function, name, sizeof name));
        }
    }
}

/* NAME_init as a callback would be called at any time. */
static void check_value(struct source *source, const struct ast_node *node)
{
    CXCursor function = clang_getCursorReferenced(node->cursor);
    const struct ast_node *above = node->parent;
    while (above != NULL && (ast_is_conversion(above->cursor) ||
                             clang_getCursorKind(above->cursor) == CXCursor_ParenExpr)) {
        above = above->parent;
    }
    bool is_callee = above != NULL && clang_getCursorKind(above->cursor) == CXCursor_CallExpr &&
                     clang_equalCursors(ast_bare(ast_child(above->cursor, 0)), node->cursor);
    if (!is_callee && inits_is_init(source, function)) {
        char name[80];
        ast_refuse(source, "dma-buffer", node->cursor, "%s as a callback",
                   ast_name(function, name, sizeof name));
    }
}

static enum ast_answer check(struct source *source, const struct ast_node *node, void *context)
{
    struct dma *dma = context;
    bool outside = dma->in_sizeof;
    CXCursor cursor = node->cursor;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (kind == CXCursor_UnaryExpr) {
        dma->in_sizeof = true;
    } else if (kind == CXCursor_MemberRefExpr || kind == CXCursor_MemberRef) {
        check_field(source, cursor, dma);
        check_foreign_field(source, cursor, dma);
    } else if (kind == CXCursor_CallExpr) {
        check_call(source, node, dma);
    } else if (kind == CXCursor_DeclRefExpr) {
        check_value(source, node);
    }
    bool assigns = ast_is_assignment(source, cursor);
    bool makes = assigns && inits_is_making(source, node);
    if (makes && rule_of(dma, clang_getCursorType(cursor)) != NULL) {
        check_making(source, cursor, dma);
    }
    bool overwrites = assigns && !makes;
    if ((overwrites || is_copy(cursor)) && !dma->in_sizeof) {
        const char *rule = rule_of(dma, clang_getCursorType(cursor));
        if (rule != NULL) {
            ast_refuse(source, rule, cursor,
                       "a DMA buffer or deferred call is copied or overwritten");
        }
    }
    ast_visit_below(source, node, check, dma);
    dma->in_sizeof = outside;
    return AST_OVER;
}

void rule_dma(struct source *source)
{
    struct dma dma = {.count = 0};
    ast_visit_capsule(source, find_fields, &dma);
    ast_visit_capsule(source, check, &dma);
    free(dma.fields);
    free(dma.made);
    free(dma.inner);
}
