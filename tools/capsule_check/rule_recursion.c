/*
 * The rule `recursion`: no function of a capsule can be called while it runs.
 *
 * The graph has the capsule's functions and their calls by name. A capsule calls no pointer, but a
 * trusted header's function calls the functions of the client or handle that is its first
 * argument. That can be one of this capsule's own when the capsule says so: the argument is the
 * address of such a struct; or the capsule lets the address of one of that type go anywhere but
 * into a call of a trusted header, so that a pointer of that type can be its own. What the board
 * wires to what is the board's affair, and the rule up-call keeps callbacks from closing a circle.
 * A deferred call comes from the main loop and not from inside the request.
 */
#include <string.h>

#include "tools/capsule_check/functions.h"
#include "tools/capsule_check/memory.h"
#include "tools/capsule_check/rule_groups.h"

enum {
    TAG_BYTES = 80,
};

/* Of a function, while circles are looked for. */
enum state { NEW, OPEN, DONE };

struct call {
    size_t from, to; /* functions */
    CXCursor at;
};

/* A function that stands in the initialiser of a struct `tag`. */
struct stored {
    size_t function;
    char tag[TAG_BYTES];
};

/* A call of a trusted function whose first argument is a pointer to a struct `tag`. */
struct outward {
    size_t from;
    CXCursor at;
    char tag[TAG_BYTES];
    bool is_address; /* of an object that the expression names */
};

/* Structs of this tag whose address the capsule passes around itself. */
struct loose {
    char tag[TAG_BYTES];
};

struct recursion {
    struct source *source;
    struct functions functions;
    enum state *states; /* of each; owned, as the lists below */
    struct call *calls;
    size_t call_count, call_room;
    struct stored *stored;
    size_t stored_count, stored_room;
    struct outward *outward;
    size_t outward_count, outward_room;
    struct loose *loose;
    size_t loose_count, loose_room;
    size_t current; /* the function that is being read */
};

/* --- The parts of the graph --- */

static void add_call(struct recursion *graph, size_t from, size_t to, CXCursor at)
{
    graph->calls =
        memory_grown(graph->calls, graph->call_count, &graph->call_room, sizeof(graph->calls[0]));
    graph->calls[graph->call_count++] = (struct call){from, to, at};
}

static const char *pointed_tag(CXCursor expression, char *tag)
{
    CXType type = ast_type(expression);
    tag[0] = '\0';
    return ast_is_pointer(type) ? ast_struct_tag(clang_getPointeeType(type), tag, TAG_BYTES) : tag;
}

static bool is_address_of(const struct source *source, CXCursor expression)
{
    CXCursor bare = ast_bare(expression);
    return clang_getCursorKind(bare) == CXCursor_UnaryOperator &&
           strcmp(ast_operator(source, bare), "&") == 0;
}

static void read_call(struct recursion *graph, CXCursor cursor)
{
    CXCursor callee = clang_getCursorReferenced(cursor);
    size_t to = functions_index(&graph->functions, callee);
    if (to < graph->functions.count) {
        add_call(graph, graph->current, to, cursor);
        return;
    }
    CXCursor first = clang_Cursor_getArgument(cursor, 0);
    struct outward outward = {.from = graph->current, .at = cursor};
    if (clang_Cursor_isNull(first) || ast_is_capsule_text(graph->source, callee) ||
        pointed_tag(first, outward.tag)[0] == '\0' || strcmp(outward.tag, "deferred_call") == 0) {
        return;
    }
    outward.is_address = is_address_of(graph->source, first);
    graph->outward = memory_grown(graph->outward, graph->outward_count, &graph->outward_room,
                                  sizeof(graph->outward[0]));
    graph->outward[graph->outward_count++] = outward;
}

static const struct ast_node *without_conversions_up(const struct ast_node *node)
{
    const struct ast_node *up = node->parent;
    while (up != NULL && (ast_is_conversion(up->cursor) ||
                          clang_getCursorKind(up->cursor) == CXCursor_ParenExpr)) {
        up = up->parent;
    }
    return up;
}

static bool is_callee(const struct ast_node *node, const struct ast_node *user)
{
    return user != NULL && clang_getCursorKind(user->cursor) == CXCursor_CallExpr &&
           ast_begin(ast_child(user->cursor, 0)) == ast_begin(node->cursor);
}

static void read_name(struct recursion *graph, const struct ast_node *node)
{
    size_t function = functions_index(&graph->functions, clang_getCursorReferenced(node->cursor));
    const struct ast_node *user = without_conversions_up(node);
    if (function == graph->functions.count || is_callee(node, user)) {
        return;
    }
    while (user != NULL && clang_getCursorKind(user->cursor) != CXCursor_InitListExpr) {
        user = user->parent;
    }
    struct stored stored = {.function = function};
    if (user != NULL) {
        (void)ast_struct_tag(clang_getCursorType(user->cursor), stored.tag, sizeof stored.tag);
    }
    graph->stored = memory_grown(graph->stored, graph->stored_count, &graph->stored_room,
                                 sizeof(graph->stored[0]));
    graph->stored[graph->stored_count++] = stored;
}

/* An address that does not go straight into a trusted function. */
static void read_address(struct recursion *graph, const struct ast_node *node)
{
    const struct ast_node *user = without_conversions_up(node);
    struct loose loose;
    bool goes_out = user != NULL && clang_getCursorKind(user->cursor) == CXCursor_CallExpr &&
                    !ast_is_capsule_text(graph->source, clang_getCursorReferenced(user->cursor));
    if (goes_out || pointed_tag(node->cursor, loose.tag)[0] == '\0') {
        return;
    }
    graph->loose =
        memory_grown(graph->loose, graph->loose_count, &graph->loose_room, sizeof(graph->loose[0]));
    graph->loose[graph->loose_count++] = loose;
}

static enum ast_answer read_body(struct source *source, const struct ast_node *node, void *context)
{
    struct recursion *graph = context;
    enum CXCursorKind kind = clang_getCursorKind(node->cursor);
    if (kind == CXCursor_CallExpr) {
        read_call(graph, node->cursor);
    } else if (kind == CXCursor_DeclRefExpr) {
        read_name(graph, node);
    } else if (kind == CXCursor_UnaryOperator && is_address_of(source, node->cursor)) {
        read_address(graph, node);
    }
    return AST_INTO;
}

static enum ast_answer read_top(struct source *source, const struct ast_node *node, void *context)
{
    struct recursion *graph = context;
    graph->current = functions_index(&graph->functions, node->cursor);
    ast_visit_below(source, node, read_body, graph);
    return AST_OVER;
}

/* --- Through handles of its own --- */

struct field_search {
    const char *tag;
    bool found;
};

static enum CXVisitorResult find_field(CXCursor field, CXClientData data)
{
    char tag[TAG_BYTES];
    struct field_search *search = data;
    search->found = strcmp(pointed_tag(field, tag), search->tag) == 0;
    return search->found ? CXVisit_Break : CXVisit_Continue;
}

/* Does a call through a struct of the outward call's type reach functions stored in a `tag`? */
static bool leads_to(const struct outward *outward, const char *tag)
{
    struct field_search search = {tag, false};
    if (strcmp(outward->tag, tag) == 0) {
        return true;
    }
    CXType type = ast_type(clang_Cursor_getArgument(outward->at, 0));
    (void)clang_Type_visitFields(clang_getCanonicalType(clang_getPointeeType(type)), find_field,
                                 &search);
    return search.found;
}

static bool can_be_own(const struct recursion *graph, const struct outward *outward)
{
    bool own = outward->is_address;
    for (size_t i = 0; !own && i < graph->loose_count; i++) {
        own = strcmp(graph->loose[i].tag, outward->tag) == 0;
    }
    return own;
}

static void add_calls_through_handles(struct recursion *graph)
{
    for (size_t i = 0; i < graph->outward_count; i++) {
        const struct outward *outward = &graph->outward[i];
        for (size_t k = 0; can_be_own(graph, outward) && k < graph->stored_count; k++) {
            if (graph->stored[k].tag[0] != '\0' && leads_to(outward, graph->stored[k].tag)) {
                add_call(graph, outward->from, graph->stored[k].function, outward->at);
            }
        }
    }
}

/* --- Circles --- */

static void visit_calls(struct recursion *graph, size_t function)
{
    graph->states[function] = OPEN;
    for (size_t i = 0; i < graph->call_count; i++) {
        const struct call *call = &graph->calls[i];
        if (call->from != function) {
            continue;
        }
        if (graph->states[call->to] == OPEN) {
            char name[TAG_BYTES];
            ast_refuse(graph->source, "recursion", call->at, "%s is called while it runs",
                       ast_name(graph->functions.items[call->to], name, sizeof name));
        } else if (graph->states[call->to] == NEW) {
            visit_calls(graph, call->to);
        }
    }
    graph->states[function] = DONE;
}

void rule_recursion(struct source *source)
{
    struct recursion graph = {.source = source};
    functions_find(source, &graph.functions);
    graph.states = memory_or_exit(calloc(graph.functions.count + 1, sizeof *graph.states));
    ast_visit_capsule(source, read_top, &graph);
    add_calls_through_handles(&graph);
    for (size_t i = 0; i < graph.functions.count; i++) {
        if (graph.states[i] == NEW) {
            visit_calls(&graph, i);
        }
    }
    functions_free(&graph.functions);
    free(graph.states);
    free(graph.calls);
    free(graph.stored);
    free(graph.outward);
    free(graph.loose);
}
