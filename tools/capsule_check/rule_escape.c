/*
 * The rule `escape`: what is lent for a while is not kept.
 *
 * Every value that is or holds a pointer has a level: how far in the object lies that it leads to.
 * 0 is storable: objects that stay for ever. 1 is what a BORROWED parameter leads to, 2 and up are
 * the nested statements of the function, outermost first: an object declared in one, and the state
 * of a grant entered by one, is gone when it ends.
 *
 * Why nothing lent outlives its object. Three things hold at every moment. (a) An object of level 0
 * holds only values of level 0: every store through a pointer and into anything but a local
 * variable takes a value of level 0. (b) A local variable declared at depth d holds only values of
 * levels up to d, which are good for as long as the variable is. (c) A value loaded through a
 * pointer is given the pointer's level, and by (a) and (b) its true one is no deeper: what the
 * pointer leads to is an object of level 0, or a variable at a depth up to the pointer's level.
 * Levels of local variables are the largest that is ever put in them (a fixpoint over the whole
 * function, so the order of statements, loops and branches cannot matter). Between functions, an
 * unmarked parameter takes level 0 only and is 0 inside; a BORROWED one takes anything and is 1
 * inside, where the same three hold with "1" standing for whatever the caller had; what is returned
 * is at most 1, that is, it comes out of the arguments, and the call's result has the level of the
 * deepest of them (or 0, when all that a function of this file returns is 0: a fixpoint too).
 * Control enters a statement at its beginning only (no goto; case labels stand
 * directly in their switch) and pointers are initialised where they are declared, so no variable is
 * read before (b) holds for it. Memory of a grant has no pointers in it (grant-type), so nothing is
 * lost sight of there; void *, casts, unions and integers that could carry a pointer past its level
 * are refused by other rules, and so is every expression here whose meaning is not known.
 */
#include "tools/capsule_check/initialisers.h"
#include "tools/capsule_check/levels.h"
#include "tools/capsule_check/memory.h"
#include "tools/capsule_check/rule_groups.h"
#include "tools/capsule_check/scopes.h"

struct escape {
    struct levels levels;
    struct scopes scopes;
    size_t current; /* the function under analysis */
    bool changed;   /* a level went up in this pass */
};

/* --- Where values go --- */

/* The variable that is written to by writing to this place; NULL when that is not a local one. */
static struct levels_local *written_local(struct escape *escape, CXCursor place)
{
    CXCursor bare = ast_bare(place);
    switch ((int)clang_getCursorKind(bare)) {
    case CXCursor_DeclRefExpr:
        return levels_local_of(&escape->levels, clang_getCursorReferenced(bare));
    case CXCursor_MemberRefExpr:
        return ast_is_arrow(bare) ? NULL : written_local(escape, ast_child(bare, 0));
    case CXCursor_ArraySubscriptExpr: {
        CXCursor base = ast_bare(ast_child(bare, 0));
        return ast_is_array(clang_getCursorType(base)) ? written_local(escape, base) : NULL;
    }
    default:
        return NULL;
    }
}

static void put(struct escape *escape, struct levels_local *local, unsigned level, CXCursor at)
{
    if (level > local->depth) {
        levels_refuse(&escape->levels, at,
                      "what is lent would be kept in a variable declared further out");
        return;
    }
    if (level > local->level) {
        local->level = level;
        escape->changed = true;
    }
}

static void check_assignment(struct escape *escape, CXCursor assignment, unsigned depth)
{
    if (!ast_bears_pointer(clang_getCursorType(assignment))) {
        return;
    }
    unsigned level = levels_of_value(&escape->levels, ast_child(assignment, 1), depth);
    struct levels_local *local = written_local(escape, ast_child(assignment, 0));
    if (local != NULL) {
        put(escape, local, level, assignment);
    } else if (level > LEVELS_STORABLE) {
        levels_refuse(&escape->levels, assignment, "what is lent would be stored");
    }
}

static void check_call(struct escape *escape, CXCursor call, unsigned depth)
{
    CXCursor callee = ast_bare(ast_child(call, 0));
    CXCursor function = clang_getCursorReferenced(callee);
    bool is_direct = clang_getCursorKind(function) == CXCursor_FunctionDecl;
    int count = clang_Cursor_getNumArguments(call);
    for (int i = 0; i < count; i++) {
        CXCursor argument = clang_Cursor_getArgument(call, (unsigned)i);
        bool is_lent = is_direct && ast_parameter_has_mark(function, (unsigned)i, "borrowed");
        if (!is_lent && levels_of_value(&escape->levels, argument, depth) > LEVELS_STORABLE) {
            levels_refuse(&escape->levels, argument,
                          "what is lent goes to a parameter that is not BORROWED");
        }
    }
}

static void check_return(struct escape *escape, CXCursor statement, unsigned depth)
{
    CXCursor value = ast_child(statement, 0);
    unsigned level = clang_Cursor_isNull(value) ? LEVELS_STORABLE
                                                : levels_of_value(&escape->levels, value, depth);
    if (level > LEVELS_PARAMETER) {
        levels_refuse(&escape->levels, statement, "what is lent would be returned");
    } else if (level > escape->levels.results[escape->current]) {
        escape->levels.results[escape->current] = level;
        escape->changed = true;
    }
}

/* --- Variables as they are declared --- */

struct self_search {
    CXCursor variable;
    bool found;
};

static enum CXChildVisitResult find_self(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct self_search *search = data;
    search->found = search->found ||
                    (clang_getCursorKind(cursor) == CXCursor_DeclRefExpr &&
                     clang_equalCursors(clang_getCursorReferenced(cursor), search->variable) != 0);
    return search->found ? CXChildVisit_Break : CXChildVisit_Recurse;
}

/* `T *q = q;` holds whatever lies on the stack. */
static void check_own_value(struct escape *escape, CXCursor variable, CXCursor value)
{
    struct self_search search = {variable, false};
    (void)find_self(value, variable, &search);
    if (!search.found) {
        (void)clang_visitChildren(value, find_self, &search);
    }
    if (search.found && escape->levels.reports) {
        ast_refuse(escape->levels.source, "uninitialised", variable,
                   "a variable with a pointer in it that is initialised with itself");
    }
}

static void check_variable(struct escape *escape, CXCursor variable, unsigned depth)
{
    CXCursor value = clang_Cursor_getVarDeclInitializer(variable);
    bool is_static = clang_Cursor_getStorageClass(variable) == CX_SC_Static;
    if (!is_static) {
        levels_declare(&escape->levels, variable, depth, LEVELS_STORABLE);
    }
    struct levels_local *local = levels_local_of(&escape->levels, variable);
    if (local != NULL && scopes_of_pointer(&escape->scopes, variable) != NULL) {
        check_own_value(escape, variable, value);
        put(escape, local, depth, variable);
        return;
    }
    if (clang_Cursor_isNull(value) || !ast_bears_pointer(clang_getCursorType(variable))) {
        return;
    }
    check_own_value(escape, variable, value);
    unsigned level = levels_of_value(&escape->levels, value, depth);
    if (local != NULL) {
        /* The room for locals may have moved. */
        put(escape, levels_local_of(&escape->levels, variable), level, variable);
    } else if (level > LEVELS_STORABLE) {
        levels_refuse(&escape->levels, variable, "what is lent would be kept in a static variable");
    }
}

/* --- Walking --- */

struct walk {
    struct escape *escape;
    unsigned depth;
};

static bool is_unevaluated(CXCursor cursor)
{
    /* sizeof and _Alignof: the operand is looked at for its type only, as there are no VLAs. */
    return clang_getCursorKind(cursor) == CXCursor_UnaryExpr;
}

/* Each statement within a statement is a depth of its own, with braces or without: at least every
 * block that C knows. Braces and declarations do not make one of what stands directly in them. */
static bool is_own_depth(CXCursor cursor, CXCursor parent)
{
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    enum CXCursorKind outer = clang_getCursorKind(parent);
    if (kind == CXCursor_DeclStmt) {
        return false;
    }
    return clang_isStatement(kind) || (clang_isStatement(outer) && outer != CXCursor_CompoundStmt &&
                                       outer != CXCursor_DeclStmt);
}

static enum CXChildVisitResult walk_child(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct walk walk = *(const struct walk *)data;
    struct escape *escape = walk.escape;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (is_unevaluated(cursor)) {
        return CXChildVisit_Continue;
    }
    if (is_own_depth(cursor, parent)) {
        walk.depth++;
    }
    if (kind == CXCursor_VarDecl) {
        check_variable(escape, cursor, walk.depth);
    } else if (ast_is_assignment(escape->levels.source, cursor)) {
        check_assignment(escape, cursor, walk.depth);
    } else if (kind == CXCursor_CallExpr) {
        check_call(escape, cursor, walk.depth);
    } else if (kind == CXCursor_ReturnStmt) {
        check_return(escape, cursor, walk.depth);
    }
    (void)clang_visitChildren(cursor, walk_child, &walk);
    return CXChildVisit_Continue;
}

static void declare_parameters(struct escape *escape, CXCursor function)
{
    int count = clang_Cursor_getNumArguments(function);
    for (int i = 0; i < count; i++) {
        bool lent = ast_parameter_has_mark(function, (unsigned)i, "borrowed");
        levels_declare(&escape->levels, clang_Cursor_getArgument(function, (unsigned)i),
                       LEVELS_BODY, lent ? LEVELS_PARAMETER : LEVELS_STORABLE);
    }
}

/* As many passes over a function as its variables need, and one that reports. */
static void check_function(struct escape *escape, size_t index)
{
    CXCursor function = escape->levels.functions.items[index];
    struct walk walk = {escape, LEVELS_BODY - 1};
    escape->levels.count = 0;
    escape->current = index;
    declare_parameters(escape, function);
    bool reports = escape->levels.reports;
    escape->levels.reports = false;
    do {
        escape->changed = false;
        (void)clang_visitChildren(function, walk_child, &walk);
    } while (escape->changed);
    escape->levels.reports = reports;
    if (reports) {
        (void)clang_visitChildren(function, walk_child, &walk);
    }
}

/* A callback may not keep what the header says is lent to it. */
static void check_callbacks(struct source *source, const struct initialiser *initialiser,
                            void *context)
{
    (void)context;
    for (size_t i = 0; i < initialiser->count; i++) {
        CXCursor field = initialiser->items[i].field;
        CXCursor function = clang_getCursorReferenced(ast_bare(initialiser->items[i].value));
        if (clang_getCursorKind(function) != CXCursor_FunctionDecl ||
            !ast_is_function_pointer(clang_getCursorType(field))) {
            continue;
        }
        unsigned index = 0;
        unsigned count = ast_child_count(field);
        for (unsigned k = 0; k < count; k++) {
            CXCursor parameter = ast_child(field, k);
            if (clang_getCursorKind(parameter) != CXCursor_ParmDecl) {
                continue;
            }
            if (ast_has_mark(parameter, "borrowed") &&
                !ast_parameter_has_mark(function, index, "borrowed")) {
                char name[80];
                ast_refuse(source, "escape", initialiser->items[i].value,
                           "%s keeps what it is lent: its parameter is not BORROWED",
                           ast_name(function, name, sizeof name));
            }
            index++;
        }
    }
}

static void check_functions(struct escape *escape)
{
    for (size_t i = 0; i < escape->levels.functions.count; i++) {
        check_function(escape, i);
    }
}

static unsigned long sum_of_results(const struct escape *escape)
{
    unsigned long sum = 0;
    for (size_t i = 0; i < escape->levels.functions.count; i++) {
        sum += escape->levels.results[i];
    }
    return sum;
}

void rule_escape(struct source *source)
{
    struct escape escape = {.levels = {.source = source}};
    unsigned long before = 0;
    scopes_find(source, &escape.scopes);
    functions_find(source, &escape.levels.functions);
    escape.levels.results =
        memory_or_exit(calloc(escape.levels.functions.count + 1, sizeof *escape.levels.results));
    do {
        before = sum_of_results(&escape);
        check_functions(&escape);
    } while (sum_of_results(&escape) > before);
    escape.levels.reports = true;
    check_functions(&escape);
    initialisers_visit(source, check_callbacks, NULL);
    scopes_free(&escape.scopes);
    free(escape.levels.locals);
    functions_free(&escape.levels.functions);
    free(escape.levels.results);
}
