/* What a function leads to by the calls of the capsule itself. Rules up-call, outside-scope. */
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/functions.h"
#include "tools/capsule_check/memory.h"
#include "tools/capsule_check/pairs.h"
#include "tools/capsule_check/rule_groups.h"
#include "tools/capsule_check/scopes.h"

enum {
    NAME_BYTES = 100,
};

/* What is said of a function. */
struct reach_function {
    bool is_entry; /* a command, an op, or what another capsule may call from one */
    bool is_seen;  /* while the calls are followed */
};

struct reach_call {
    size_t from;
    size_t to; /* functions.count: a trusted function */
    CXCursor callee;
    CXCursor at;
};

struct reach {
    struct source *source;
    struct functions functions;
    struct reach_function *about; /* each; owned, as the calls */
    struct reach_call *calls;
    size_t call_count, call_room;
    size_t current;
};

/* --- The calls --- */

/* The struct around a function's name in an initialiser. */
static CXType type_of_list(const struct ast_node *node)
{
    const struct ast_node *above = node->parent;
    while (above != NULL && clang_getCursorKind(above->cursor) != CXCursor_InitListExpr) {
        above = above->parent;
    }
    return ast_type(above != NULL ? above->cursor : clang_getNullCursor());
}

/* A function in a table of ops is called by whoever has the handle, a command by the core. In a
 * client or a deferred call it is called from the main loop. */
static void note_value(struct reach *reach, const struct ast_node *node)
{
    size_t function = functions_index(&reach->functions, clang_getCursorReferenced(node->cursor));
    if (function == reach->functions.count || reach->current != reach->functions.count) {
        return;
    }
    CXType type = type_of_list(node);
    if (!pairs_is_pair(reach->source, type)) {
        reach->about[function].is_entry = true;
    }
}

static enum ast_answer find_call(struct source *source, const struct ast_node *node, void *context)
{
    (void)source;
    struct reach *reach = context;
    if (clang_getCursorKind(node->cursor) == CXCursor_DeclRefExpr) {
        note_value(reach, node);
    }
    if (clang_getCursorKind(node->cursor) == CXCursor_CallExpr) {
        CXCursor callee = clang_getCursorReferenced(ast_bare(ast_child(node->cursor, 0)));
        reach->calls =
            memory_grown(reach->calls, reach->call_count, &reach->call_room, sizeof *reach->calls);
        reach->calls[reach->call_count] = (struct reach_call){
            reach->current, functions_index(&reach->functions, callee), callee, node->cursor};
        reach->call_count++;
    }
    return AST_INTO;
}

static enum ast_answer read_declaration(struct source *source, const struct ast_node *node,
                                        void *context)
{
    struct reach *reach = context;
    bool is_function = clang_getCursorKind(node->cursor) == CXCursor_FunctionDecl;
    reach->current =
        is_function ? functions_index(&reach->functions, node->cursor) : reach->functions.count;
    ast_visit_below(source, node, find_call, reach);
    return AST_OVER;
}

/* --- up-call --- */

/* hil_uart_client_received(client, ...): calls who is above. */
static bool is_up_call(const struct source *source, CXCursor callee)
{
    char tag[NAME_BYTES];
    static const char suffix[] = "_client";
    CXType type = ast_type(clang_Cursor_getArgument(callee, 0));
    if (clang_getCursorKind(callee) != CXCursor_FunctionDecl || !ast_is_pointer(type)) {
        return false;
    }
    CXType client = clang_getPointeeType(type);
    size_t length = strlen(ast_struct_tag(client, tag, sizeof tag));
    return length > sizeof suffix && pairs_is_table(source, client) &&
           strcmp(tag + length - (sizeof suffix - 1), suffix) == 0;
}

static void follow_to_up_calls(struct reach *reach, size_t function)
{
    reach->about[function].is_seen = true;
    for (size_t i = 0; i < reach->call_count; i++) {
        const struct reach_call *call = &reach->calls[i];
        if (call->from != function) {
            continue;
        }
        if (call->to < reach->functions.count) {
            if (!reach->about[call->to].is_seen) {
                follow_to_up_calls(reach, call->to);
            }
        } else if (is_up_call(reach->source, call->callee)) {
            char name[NAME_BYTES];
            ast_refuse(reach->source, "up-call", call->at,
                       "'%s' where a command, an op or another capsule can lead",
                       ast_name(call->callee, name, sizeof name));
        }
    }
}

static void check_up_calls(struct reach *reach)
{
    for (size_t i = 0; i < reach->functions.count; i++) {
        if (reach->about[i].is_entry && !reach->about[i].is_seen) {
            follow_to_up_calls(reach, i);
        }
    }
}

/* --- outside-scope --- */

/* A trusted function that the calls of `function` lead to and that must stay outside. */
static CXCursor leads_outside(struct reach *reach, size_t function)
{
    reach->about[function].is_seen = true;
    for (size_t i = 0; i < reach->call_count; i++) {
        const struct reach_call *call = &reach->calls[i];
        if (call->from != function) {
            continue;
        }
        if (call->to == reach->functions.count) {
            if (ast_has_mark(call->callee, "outside_scope")) {
                return call->callee;
            }
        } else if (!reach->about[call->to].is_seen) {
            CXCursor found = leads_outside(reach, call->to);
            if (!clang_Cursor_isNull(found)) {
                return found;
            }
        }
    }
    return clang_getNullCursor();
}

static bool is_in_scope(const struct scopes *scopes, CXCursor call)
{
    size_t begin = ast_begin(call);
    for (size_t i = 0; i < scopes->count; i++) {
        if (begin >= ast_begin(scopes->items[i].body) && begin < ast_end(scopes->items[i].body)) {
            return true;
        }
    }
    return false;
}

static void check_scopes(struct reach *reach)
{
    struct scopes scopes = {.count = 0};
    scopes_find(reach->source, &scopes);
    for (size_t i = 0; i < reach->call_count; i++) {
        const struct reach_call *call = &reach->calls[i];
        if (!is_in_scope(&scopes, call->at)) {
            continue;
        }
        CXCursor found = clang_getNullCursor();
        for (size_t k = 0; k < reach->functions.count; k++) {
            reach->about[k].is_seen = false;
        }
        if (call->to < reach->functions.count) {
            found = leads_outside(reach, call->to);
        } else if (ast_has_mark(call->callee, "outside_scope")) {
            found = call->callee;
        }
        if (!clang_Cursor_isNull(found)) {
            char name[NAME_BYTES];
            ast_refuse(reach->source, "outside-scope", call->at,
                       "a call that leads to '%s' inside a grant's scope",
                       ast_name(found, name, sizeof name));
        }
    }
    scopes_free(&scopes);
}

void rule_reach(struct source *source)
{
    struct reach reach = {.source = source};
    functions_find(source, &reach.functions);
    reach.about = memory_or_exit(calloc(reach.functions.count + 1, sizeof *reach.about));
    for (size_t i = 0; i < reach.functions.count; i++) {
        reach.about[i].is_entry =
            clang_Cursor_getStorageClass(reach.functions.items[i]) != CX_SC_Static;
    }
    ast_visit_capsule(source, read_declaration, &reach);
    check_up_calls(&reach);
    check_scopes(&reach);
    functions_free(&reach.functions);
    free(reach.about);
    free(reach.calls);
}
