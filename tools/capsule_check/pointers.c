#include "tools/capsule_check/pointers.h"

#include <clang-c/Index.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/callgraph.h"
#include "tools/capsule_check/memory.h"

enum {
    KEY_BYTES = 512,
    ARGUMENTS_MAX = 32,
};

/* A cursor with the way to it. */
struct node {
    CXCursor cursor;
    const struct node *parent;
};

struct reader {
    struct pointers *pointers;
    const char *root;
    size_t unit;
    struct findings *findings;
};

/* The way down, for clang_visitChildren. */
struct step {
    struct reader *reader;
    const struct node *parent;
};

/* What is somewhere as a pointer: a function, or whatever another holder holds. */
struct leaf {
    bool is_function;
    char name[KEY_BYTES]; /* of the function */
    size_t unit;
    size_t holder;
};

static size_t holder_of(struct pointers *pointers, const char *key, const char *name)
{
    for (size_t i = 0; i < pointers->holder_count; i++) {
        if (strcmp(pointers->holders[i].key, key) == 0) {
            return i;
        }
    }
    pointers->holders = memory_grown(pointers->holders, pointers->holder_count,
                                     &pointers->holder_room, sizeof *pointers->holders);
    pointers->holders[pointers->holder_count] = (struct pointers_holder){
        .key = memory_text(key, strlen(key)), .name = memory_text(name, strlen(name))};
    return pointers->holder_count++;
}

static struct pointers_function *add_function(struct pointers_function *items, size_t *count,
                                              size_t *room, const struct leaf *leaf)
{
    for (size_t i = 0; i < *count; i++) {
        if (items[i].unit == leaf->unit && strcmp(items[i].name, leaf->name) == 0) {
            return items;
        }
    }
    items = memory_grown(items, *count, room, sizeof *items);
    items[(*count)++] =
        (struct pointers_function){memory_text(leaf->name, strlen(leaf->name)), leaf->unit};
    return items;
}

static void flow(struct pointers *pointers, size_t to, const struct leaf *leaf)
{
    struct pointers_holder *holder = &pointers->holders[to];
    if (leaf->is_function) {
        holder->functions =
            add_function(holder->functions, &holder->function_count, &holder->function_room, leaf);
        return;
    }
    for (size_t i = 0; i < holder->holder_count; i++) {
        if (holder->holders[i] == leaf->holder) {
            return;
        }
    }
    holder->holders = memory_grown(holder->holders, holder->holder_count, &holder->holder_room,
                                   sizeof *holder->holders);
    holder->holders[holder->holder_count++] = leaf->holder;
}

static void copy_text(CXString text, char *buffer, size_t room)
{
    const char *bytes = clang_getCString(text);
    (void)snprintf(buffer, room, "%s", bytes != NULL ? bytes : "");
    clang_disposeString(text);
}

static bool is_external(CXCursor declaration)
{
    return clang_getCursorLinkage(declaration) == CXLinkage_External;
}

static bool is_function_pointer(CXType type)
{
    type = clang_getCanonicalType(type);
    while (type.kind == CXType_ConstantArray || type.kind == CXType_IncompleteArray) {
        type = clang_getCanonicalType(clang_getArrayElementType(type));
    }
    if (type.kind == CXType_Pointer) {
        type = clang_getCanonicalType(clang_getPointeeType(type));
    }
    return type.kind == CXType_FunctionProto || type.kind == CXType_FunctionNoProto;
}

static size_t field_holder(struct pointers *pointers, CXCursor field)
{
    char key[KEY_BYTES], tag[KEY_BYTES / 2 - 1], name[KEY_BYTES / 2 - 1], shown[KEY_BYTES];
    copy_text(clang_getCursorUSR(field), key, sizeof key);
    copy_text(clang_getCursorSpelling(clang_getCursorSemanticParent(field)), tag, sizeof tag);
    copy_text(clang_getCursorSpelling(field), name, sizeof name);
    (void)snprintf(shown, sizeof shown, "%s.%s", tag, name);
    return holder_of(pointers, key, shown);
}

static size_t parameter_holder(struct reader *reader, CXCursor function, unsigned index)
{
    char name[KEY_BYTES / 2], key[KEY_BYTES];
    copy_text(clang_getCursorSpelling(function), name, sizeof name);
    size_t unit = is_external(function) ? CALLGRAPH_NONE : reader->unit;
    (void)snprintf(key, sizeof key, "parameter %zu %s %u", unit, name, index);
    return holder_of(reader->pointers, key, key);
}

static size_t variable_holder(struct reader *reader, CXCursor variable)
{
    char usr[KEY_BYTES / 2], key[KEY_BYTES];
    copy_text(clang_getCursorUSR(variable), usr, sizeof usr);
    size_t unit = is_external(variable) ? CALLGRAPH_NONE : reader->unit;
    (void)snprintf(key, sizeof key, "variable %zu %s", unit, usr);
    return holder_of(reader->pointers, key, key);
}

static unsigned parameter_index(CXCursor function, CXCursor parameter)
{
    int count = clang_Cursor_getNumArguments(function);
    for (int i = 0; i < count; i++) {
        if (clang_equalCursors(clang_Cursor_getArgument(function, (unsigned)i), parameter) != 0) {
            return (unsigned)i;
        }
    }
    return ARGUMENTS_MAX;
}

/* Whether the cursor names something that is or holds a function. */
static bool read_leaf(struct reader *reader, CXCursor cursor, struct leaf *leaf)
{
    CXCursor what = clang_getCursorReferenced(cursor);
    *leaf = (struct leaf){.unit = CALLGRAPH_NONE};
    switch ((int)clang_getCursorKind(what)) {
    case CXCursor_FunctionDecl:
        leaf->is_function = true;
        copy_text(clang_getCursorSpelling(what), leaf->name, sizeof leaf->name);
        leaf->unit = is_external(what) ? CALLGRAPH_NONE : reader->unit;
        return true;
    case CXCursor_FieldDecl:
        leaf->holder = field_holder(reader->pointers, what);
        break;
    case CXCursor_ParmDecl: {
        CXCursor function = clang_getCursorSemanticParent(what);
        leaf->holder = parameter_holder(reader, function, parameter_index(function, what));
        break;
    }
    case CXCursor_VarDecl:
        leaf->holder = variable_holder(reader, what);
        break;
    default:
        return false;
    }
    return true;
}

struct children {
    CXCursor items[ARGUMENTS_MAX];
    unsigned count;
};

static enum CXChildVisitResult note_child(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct children *children = data;
    (void)parent;
    if (children->count < ARGUMENTS_MAX) {
        children->items[children->count] = cursor;
    }
    children->count++;
    return CXChildVisit_Continue;
}

static struct children children_of(CXCursor cursor)
{
    struct children children = {.count = 0};
    (void)clang_visitChildren(cursor, note_child, &children);
    return children;
}

/* Which child of `parent` this is. Counted anew each time: initialisers of tables are long. */
struct search {
    CXCursor wanted;
    unsigned index;
    bool found;
};

static enum CXChildVisitResult look_for(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct search *search = data;
    (void)parent;
    if (clang_equalCursors(cursor, search->wanted) != 0) {
        search->found = true;
        return CXChildVisit_Break;
    }
    search->index++;
    return CXChildVisit_Continue;
}

static unsigned index_among(CXCursor parent, CXCursor child)
{
    struct search search = {.wanted = child};
    (void)clang_visitChildren(parent, look_for, &search);
    return search.found ? search.index : UINT32_MAX;
}

struct field_search {
    unsigned left;
    CXCursor field;
};

static enum CXVisitorResult count_field(CXCursor cursor, CXClientData data)
{
    struct field_search *search = data;
    if (search->left == 0) {
        search->field = cursor;
        return CXVisit_Break;
    }
    search->left--;
    return CXVisit_Continue;
}

static void place_of(struct reader *reader, CXCursor cursor, struct pointers_site *site, char *file,
                     size_t room)
{
    CXString name;
    clang_getPresumedLocation(clang_getRangeStart(clang_getCursorExtent(cursor)), &name,
                              &site->line, &site->column);
    char path[KEY_BYTES];
    copy_text(name, path, sizeof path);
    (void)snprintf(file, room, "%s", callgraph_shown(path, reader->root));
}

static void complain(struct reader *reader, CXCursor at, const char *what)
{
    struct pointers_site site = {.file = NULL};
    char file[KEY_BYTES], name[KEY_BYTES];
    place_of(reader, at, &site, file, sizeof file);
    copy_text(clang_getCursorSpelling(at), name, sizeof name);
    findings_add(reader->findings, "stack", file, site.line, "%s: %s", name, what);
}

static size_t site_holder(struct reader *reader, CXCursor call, const char *callee)
{
    struct pointers *pointers = reader->pointers;
    struct pointers_site site = {.file = NULL};
    char file[KEY_BYTES / 2], key[KEY_BYTES];
    place_of(reader, call, &site, file, sizeof file);
    (void)snprintf(key, sizeof key, "site %s:%u:%u %s", file, site.line, site.column, callee);
    size_t known = pointers->holder_count;
    site.holder = holder_of(pointers, key, key);
    if (site.holder < known) {
        return site.holder;
    }
    site.file = memory_text(file, strlen(file));
    site.callee = callee[0] != '\0' ? memory_text(callee, strlen(callee)) : NULL;
    pointers->sites = memory_grown(pointers->sites, pointers->site_count, &pointers->site_room,
                                   sizeof *pointers->sites);
    pointers->sites[pointers->site_count++] = site;
    return site.holder;
}

/* An argument of a call: the callee's parameter holds it, and it is handed over at this place. */
static void pass(struct reader *reader, CXCursor call, unsigned index, const struct leaf *leaf)
{
    CXCursor function = clang_getCursorReferenced(call);
    if (clang_getCursorKind(function) != CXCursor_FunctionDecl) {
        complain(reader, call, "a function is handed to a call through a pointer");
        return;
    }
    flow(reader->pointers, parameter_holder(reader, function, index), leaf);
    if (is_external(function)) {
        char name[KEY_BYTES / 2];
        copy_text(clang_getCursorSpelling(function), name, sizeof name);
        flow(reader->pointers, site_holder(reader, call, name), leaf);
    }
}

/* The field that a designated initialiser sets; a null cursor when it is none. */
static CXCursor designated_field(CXCursor cursor)
{
    struct children children = children_of(cursor);
    CXCursor field = clang_getNullCursor();
    for (unsigned i = 0; i < children.count && i < ARGUMENTS_MAX; i++) {
        if (clang_getCursorKind(children.items[i]) == CXCursor_MemberRef) {
            field = clang_getCursorReferenced(children.items[i]);
        }
    }
    return field;
}

/* The field that the child of an initialiser list for a struct sets by its position. */
static CXCursor positional_field(CXCursor list, CXCursor child)
{
    struct field_search search = {index_among(list, child), clang_getNullCursor()};
    (void)clang_Type_visitFields(clang_getCanonicalType(clang_getCursorType(list)), count_field,
                                 &search);
    return search.field;
}

static void store(struct reader *reader, CXCursor holder, const struct node *at,
                  const struct leaf *leaf)
{
    struct leaf to;
    CXCursor cursor = holder;
    /* An element of an array is the array. */
    while (clang_getCursorKind(cursor) == CXCursor_ArraySubscriptExpr ||
           clang_getCursorKind(cursor) == CXCursor_UnexposedExpr ||
           clang_getCursorKind(cursor) == CXCursor_ParenExpr) {
        cursor = children_of(cursor).items[0];
    }
    if (clang_getCursorKind(cursor) == CXCursor_FieldDecl) {
        flow(reader->pointers, field_holder(reader->pointers, cursor), leaf);
    } else if (clang_getCursorKind(cursor) == CXCursor_VarDecl) {
        flow(reader->pointers, variable_holder(reader, cursor), leaf);
    } else if (read_leaf(reader, cursor, &to) && !to.is_function) {
        flow(reader->pointers, to.holder, leaf);
    } else {
        complain(reader, at->cursor, "a function is stored where it cannot be followed");
    }
}

/* Turned into a number, or thrown away. */
static void escape(struct reader *reader, CXCursor cast, const struct leaf *leaf)
{
    struct pointers *pointers = reader->pointers;
    if (leaf->is_function &&
        clang_getCanonicalType(clang_getCursorType(cast)).kind != CXType_Void) {
        pointers->escaped = add_function(pointers->escaped, &pointers->escaped_count,
                                         &pointers->escaped_room, leaf);
    }
}

/* An argument of a call, or what is called. */
static void enter_call(struct reader *reader, CXCursor call, CXCursor child,
                       const struct leaf *leaf)
{
    unsigned index = index_among(call, child);
    if (index > 0) {
        pass(reader, call, index - 1, leaf);
    } else if (!leaf->is_function) {
        flow(reader->pointers, site_holder(reader, call, ""), leaf);
    }
}

/* Of `c ? a : b` the value is that of a or b, of `a[i]` that of a. */
static bool is_chosen(CXCursor up, CXCursor child)
{
    bool is_first = index_among(up, child) == 0;
    return clang_getCursorKind(up) == CXCursor_ConditionalOperator ? !is_first : is_first;
}

/* A comparison has another type. */
static bool is_assigned(CXCursor up, CXCursor child)
{
    return is_function_pointer(clang_getCursorType(up)) && index_among(up, child) == 1;
}

/* What becomes of the value of `child` in `up`. True: it is the value of `up`, too. */
static bool goes_on(struct reader *reader, CXCursor up, CXCursor child, const struct node *from,
                    const struct leaf *leaf)
{
    CXCursor field;
    switch ((int)clang_getCursorKind(up)) {
    case CXCursor_ParenExpr:
    case CXCursor_UnaryOperator:
    case CXCursor_CompoundLiteralExpr:
        return true;
    case CXCursor_UnexposedExpr:
        field = designated_field(up);
        if (clang_Cursor_isNull(field) != 0) {
            return true;
        }
        store(reader, field, from, leaf);
        return false;
    case CXCursor_CStyleCastExpr:
        if (is_function_pointer(clang_getCursorType(up))) {
            return true;
        }
        escape(reader, up, leaf);
        return false;
    case CXCursor_ConditionalOperator:
    case CXCursor_ArraySubscriptExpr:
        return is_chosen(up, child);
    case CXCursor_CallExpr:
        enter_call(reader, up, child, leaf);
        return false;
    case CXCursor_InitListExpr:
        if (clang_getCanonicalType(clang_getCursorType(up)).kind != CXType_Record) {
            return true; /* of an array */
        }
        store(reader, positional_field(up, child), from, leaf);
        return false;
    case CXCursor_BinaryOperator:
        if (is_assigned(up, child)) {
            store(reader, children_of(up).items[0], from, leaf);
        }
        return false;
    case CXCursor_VarDecl:
        store(reader, up, from, leaf);
        return false;
    case CXCursor_ReturnStmt:
        complain(reader, from->cursor, "a function is returned as a value");
        return false;
    default:
        return false; /* a statement: looked at and dropped */
    }
}

/* From the name of a function or holder upwards to where its value goes. */
static void follow(struct reader *reader, const struct node *from, const struct leaf *leaf)
{
    const struct node *node = from;
    while (node->parent != NULL &&
           goes_on(reader, node->parent->cursor, node->cursor, from, leaf)) {
        node = node->parent;
    }
}

static enum CXChildVisitResult visit(CXCursor cursor, CXCursor parent, CXClientData data)
{
    const struct step *step = data;
    (void)parent;
    struct node node = {cursor, step->parent};
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (kind == CXCursor_DeclRefExpr || kind == CXCursor_MemberRefExpr) {
        struct leaf leaf;
        if (is_function_pointer(clang_getCursorType(cursor)) &&
            read_leaf(step->reader, cursor, &leaf)) {
            follow(step->reader, &node, &leaf);
        }
    }
    struct step below = {step->reader, &node};
    (void)clang_visitChildren(cursor, visit, &below);
    return CXChildVisit_Continue;
}

static enum CXChildVisitResult visit_top(CXCursor cursor, CXCursor parent, CXClientData data)
{
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if ((kind == CXCursor_FunctionDecl && clang_isCursorDefinition(cursor) != 0) ||
        kind == CXCursor_VarDecl) {
        return visit(cursor, parent, data);
    }
    return CXChildVisit_Continue;
}

void pointers_read(struct pointers *pointers, const char *path, const char *const *options,
                   size_t option_count, const char *root, size_t unit, struct findings *findings)
{
    struct reader reader = {pointers, root, unit, findings};
    CXIndex index = clang_createIndex(0, 0);
    CXTranslationUnit parsed = NULL;
    enum CXErrorCode error = clang_parseTranslationUnit2(index, path, options, (int)option_count,
                                                         NULL, 0, CXTranslationUnit_None, &parsed);
    bool is_sound = error == CXError_Success && parsed != NULL;
    for (unsigned i = 0; is_sound && i < clang_getNumDiagnostics(parsed); i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(parsed, i);
        is_sound = clang_getDiagnosticSeverity(diagnostic) < CXDiagnostic_Error;
        clang_disposeDiagnostic(diagnostic);
    }
    if (is_sound) {
        struct step step = {&reader, NULL};
        (void)clang_visitChildren(clang_getTranslationUnitCursor(parsed), visit_top, &step);
    } else {
        findings_add(findings, "stack", path, 0, "the parser does not understand the file");
    }
    if (parsed != NULL) {
        clang_disposeTranslationUnit(parsed);
    }
    clang_disposeIndex(index);
}

static void visit_holder(struct pointers *pointers, size_t at, pointers_visitor *each,
                         void *context)
{
    struct pointers_holder *holder = &pointers->holders[at];
    if (holder->is_visited) {
        return;
    }
    holder->is_visited = true;
    for (size_t i = 0; i < holder->function_count; i++) {
        each(&holder->functions[i], context);
    }
    for (size_t i = 0; i < holder->holder_count; i++) {
        visit_holder(pointers, holder->holders[i], each, context);
    }
}

bool pointers_behind(struct pointers *pointers, const char *file, unsigned line, unsigned column,
                     const char *callee, pointers_visitor *each, void *context)
{
    for (size_t i = 0; i < pointers->holder_count; i++) {
        pointers->holders[i].is_visited = false;
    }
    for (int of_line = 0; of_line < 2; of_line++) {
        bool found = false;
        for (size_t i = 0; i < pointers->site_count; i++) {
            const struct pointers_site *site = &pointers->sites[i];
            bool same_callee = callee == NULL
                                   ? site->callee == NULL
                                   : site->callee != NULL && strcmp(site->callee, callee) == 0;
            if (same_callee && site->line == line && (of_line != 0 || site->column == column) &&
                strcmp(site->file, file) == 0) {
                visit_holder(pointers, site->holder, each, context);
                found = true;
            }
        }
        if (found) {
            return true;
        }
    }
    return false;
}

static void free_functions(struct pointers_function *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(items[i].name);
    }
    free(items);
}

void pointers_free(struct pointers *pointers)
{
    for (size_t i = 0; i < pointers->holder_count; i++) {
        struct pointers_holder *holder = &pointers->holders[i];
        free_functions(holder->functions, holder->function_count);
        free(holder->holders);
        free(holder->key);
        free(holder->name);
    }
    for (size_t i = 0; i < pointers->site_count; i++) {
        free(pointers->sites[i].file);
        free(pointers->sites[i].callee);
    }
    free_functions(pointers->escaped, pointers->escaped_count);
    free(pointers->holders);
    free(pointers->sites);
    *pointers = (struct pointers){.holder_count = 0};
}
