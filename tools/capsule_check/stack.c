#include "tools/capsule_check/stack.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/board.h"
#include "tools/capsule_check/callgraph.h"
#include "tools/capsule_check/depth.h"
#include "tools/capsule_check/machine_code.h"
#include "tools/capsule_check/memory.h"
#include "tools/capsule_check/object_file.h"
#include "tools/capsule_check/pointers.h"

enum {
    LINE_BYTES = 4096,
    OPTIONS_MAX = 64,
    /* Two handlers at a time: an interrupt or a fault during SVC or PendSV, which may be the
     * kernel's own. The frames of both with the word that aligns, the second the long one of a core
     * whose floating point was in use. */
    HANDLER_BYTES = 36 + 36 + 108,
    EXCEPTION_FRAME_BYTES = 36,
    TRAP_PUSH_BYTES = 8,    /* of the fault handler, before it looks whether a capsule trapped */
    REPORT_PUSH_BYTES = 32, /* and before it reports */
};

struct stack {
    const char *root;
    struct findings *findings;
    struct object_file kernel;
    struct callgraph graph;
    struct pointers pointers;
    char *options[OPTIONS_MAX];
    size_t option_count;
    char **capsules; /* names; their units come last, in this order */
    size_t capsule_count;
    size_t first_capsule_unit;
    bool *calls_by_register; /* of nodes in assembly */
    size_t known_nodes;
    struct depth_node *nodes; /* of the graph, then one for each call through assembly */
    size_t node_count, node_room;
    size_t *assembly; /* of each node behind those of the graph: which it stands for */
    size_t assembly_room;
    json_t *facts;
};

static const char *const capsule_options[] = {
    "-x",      "cpp-output", "--target=arm-none-eabi", "-mcpu=cortex-m4",
    "-mthumb", "-std=c11",   "-ffreestanding",         "-fshort-enums",
};

static void read_unit(struct stack *stack, const char *source, const char *record,
                      const char *const *options, size_t option_count)
{
    pointers_read(&stack->pointers, source, options, option_count, stack->root,
                  stack->graph.unit_count, stack->findings);
    callgraph_read(&stack->graph, record, stack->root, stack->findings);
}

static void read_capsules(struct stack *stack, const char *folder)
{
    stack->first_capsule_unit = stack->graph.unit_count;
    for (size_t i = 0; i < stack->capsule_count; i++) {
        char text[LINE_BYTES], record[LINE_BYTES];
        (void)snprintf(text, sizeof text, "%s/%s.i", folder, stack->capsules[i]);
        (void)snprintf(record, sizeof record, "%s/%s.ci", folder, stack->capsules[i]);
        read_unit(stack, text, record, capsule_options,
                  sizeof capsule_options / sizeof capsule_options[0]);
    }
}

static void read_line(struct stack *stack, char *line, const char *path, unsigned number)
{
    char *rest = line;
    const char *what = strtok_r(line, " \n", &rest);
    char *first = strtok_r(NULL, " \n", &rest);
    char *second = strtok_r(NULL, " \n", &rest);
    if (what == NULL) {
        return;
    }
    if (strcmp(what, "option") == 0 && first != NULL && stack->option_count < OPTIONS_MAX) {
        stack->options[stack->option_count++] = memory_text(first, strlen(first));
    } else if (strcmp(what, "source") == 0 && second != NULL) {
        read_unit(stack, first, second, (const char *const *)stack->options, stack->option_count);
    } else if (strcmp(what, "capsules") == 0 && first != NULL) {
        read_capsules(stack, first);
    } else if (strcmp(what, "assembly") != 0) {
        findings_add(stack->findings, "stack", path, number, "a line that is not understood");
    }
}

static void read_inputs(struct stack *stack, const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        findings_add(stack->findings, "stack", path, 0, "the file cannot be read");
        return;
    }
    char line[LINE_BYTES];
    for (unsigned number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        read_line(stack, line, path, number);
    }
    (void)fclose(file);
}

/* Any binding. False when it is not there. */
static bool symbol_value(const struct stack *stack, const char *name, uint32_t *value)
{
    for (size_t i = 0; i < stack->kernel.symbol_count; i++) {
        if (stack->kernel.symbols[i].section != SHN_UNDEF &&
            strcmp(stack->kernel.symbols[i].name, name) == 0) {
            *value = stack->kernel.symbols[i].value;
            return true;
        }
    }
    return false;
}

static uint32_t known_value(struct stack *stack, const char *name)
{
    uint32_t value = 0;
    if (!symbol_value(stack, name, &value)) {
        findings_add(stack->findings, "stack", name, 0, "the kernel has no such symbol");
    }
    return value;
}

static void note_register_call(size_t node, void *context)
{
    struct stack *stack = context;
    if (node >= stack->known_nodes) {
        size_t known = stack->known_nodes;
        stack->known_nodes = (node + 1) * 2;
        stack->calls_by_register =
            memory_or_exit(realloc(stack->calls_by_register, stack->known_nodes));
        memset(stack->calls_by_register + known, 0, stack->known_nodes - known);
    }
    stack->calls_by_register[node] = true;
}

static bool calls_by_register(const struct stack *stack, size_t node)
{
    return node < stack->known_nodes && stack->calls_by_register[node];
}

static void add_callee(struct depth_node *node, size_t callee)
{
    for (size_t i = 0; i < node->callee_count; i++) {
        if (node->callees[i] == callee) {
            return;
        }
    }
    node->callees =
        memory_grown(node->callees, node->callee_count, &node->callee_room, sizeof *node->callees);
    node->callees[node->callee_count++] = callee;
}

static size_t add_node(struct stack *stack)
{
    stack->nodes =
        memory_grown(stack->nodes, stack->node_count, &stack->node_room, sizeof *stack->nodes);
    stack->nodes[stack->node_count] = (struct depth_node){.next = DEPTH_NONE};
    return stack->node_count++;
}

/* Somebody behind a pointer becomes a callee. */
struct visit {
    struct stack *stack;
    size_t caller;
    json_t *names;
};

static void visit_function(const struct pointers_function *function, void *context)
{
    struct visit *visit = context;
    struct stack *stack = visit->stack;
    uint32_t value;
    size_t callee = callgraph_find(&stack->graph, function->name, function->unit, false);
    if (callee == CALLGRAPH_NONE || !stack->graph.nodes[callee].is_defined ||
        !symbol_value(stack, function->name, &value)) {
        return; /* the linker has left it out */
    }
    add_callee(&stack->nodes[visit->caller], callee);
    (void)json_array_append_new(visit->names, json_string(stack->graph.nodes[callee].label));
}

/* facts[caller][what] as a list. */
static json_t *fact_list(struct stack *stack, const char *caller, const char *what)
{
    json_t *of_caller = json_object_get(stack->facts, caller);
    if (of_caller == NULL) {
        of_caller = json_object();
        (void)json_object_set_new(stack->facts, caller, of_caller);
    }
    json_t *list = json_object_get(of_caller, what);
    if (list == NULL) {
        list = json_array();
        (void)json_object_set_new(of_caller, what, list);
    }
    return list;
}

static void complain(struct stack *stack, const struct callgraph_place *place, const char *caller)
{
    findings_add(stack->findings, "stack", place->file != NULL ? place->file : caller, place->line,
                 "%s calls through a pointer that comes from nowhere in the sources", caller);
}

/* A call of assembly that calls what it is handed: a node of its own for this place. */
static void add_handing_call(struct stack *stack, size_t caller, const struct callgraph_call *call)
{
    size_t assembly = call->callee;
    const char *name = stack->graph.nodes[assembly].name;
    const char *caller_name = stack->graph.nodes[caller].name;
    size_t node = add_node(stack);
    stack->assembly = memory_or_exit(realloc(
        stack->assembly, (stack->node_count - stack->graph.count) * sizeof *stack->assembly));
    stack->assembly[node - stack->graph.count] = assembly;
    stack->nodes[node].frame = stack->graph.nodes[assembly].frame;
    struct visit visit = {stack, node, fact_list(stack, stack->graph.nodes[caller].label, name)};
    /* What HIL_CALL and its like call stands in the source beside the assembly's name. */
    if (call->place.file == NULL ||
        (!pointers_behind(&stack->pointers, call->place.file, call->place.line, call->place.column,
                          name, visit_function, &visit) &&
         !pointers_behind(&stack->pointers, call->place.file, call->place.line, call->place.column,
                          NULL, visit_function, &visit))) {
        complain(stack, &call->place, caller_name);
    }
    for (size_t i = 0; i < stack->graph.nodes[assembly].call_count; i++) {
        add_callee(&stack->nodes[node], stack->graph.nodes[assembly].calls[i].callee);
    }
    /* Assembly whose address is in some structure may take over there. */
    for (size_t i = 0; i < stack->pointers.escaped_count; i++) {
        size_t escaped =
            callgraph_find(&stack->graph, stack->pointers.escaped[i].name, CALLGRAPH_NONE, false);
        if (escaped != CALLGRAPH_NONE && stack->graph.nodes[escaped].unit == CALLGRAPH_NONE &&
            stack->graph.nodes[escaped].is_assembly) {
            add_callee(&stack->nodes[node], escaped);
            (void)json_array_append_new(visit.names,
                                        json_string(stack->graph.nodes[escaped].label));
        }
    }
    add_callee(&stack->nodes[caller], node);
}

static void add_calls(struct stack *stack, size_t caller)
{
    const struct callgraph_node *node = &stack->graph.nodes[caller];
    for (size_t i = 0; i < node->call_count; i++) {
        const struct callgraph_call *call = &node->calls[i];
        if (call->callee == CALLGRAPH_NONE) {
            struct visit visit = {stack, caller, fact_list(stack, node->label, "pointers")};
            if (call->place.file == NULL ||
                !pointers_behind(&stack->pointers, call->place.file, call->place.line,
                                 call->place.column, NULL, visit_function, &visit)) {
                complain(stack, &call->place, node->name);
            }
        } else if (calls_by_register(stack, call->callee)) {
            add_handing_call(stack, caller, call);
        } else {
            add_callee(&stack->nodes[caller], call->callee);
        }
    }
}

static void build(struct stack *stack)
{
    for (size_t i = 0; i < stack->pointers.escaped_count; i++) {
        if (stack->pointers.escaped[i].unit == CALLGRAPH_NONE) {
            (void)callgraph_find(&stack->graph, stack->pointers.escaped[i].name, CALLGRAPH_NONE,
                                 true);
        }
    }
    machine_code_add(&stack->graph, &stack->kernel, note_register_call, stack);
    for (size_t i = 0; i < stack->graph.count; i++) {
        size_t node = add_node(stack);
        stack->nodes[node].frame = stack->graph.nodes[i].frame;
    }
    for (size_t i = 0; i < stack->graph.count; i++) {
        add_calls(stack, i);
    }
    depth_solve(stack->nodes, stack->node_count);
}

static const char *node_name(const struct stack *stack, size_t node)
{
    size_t at = node < stack->graph.count ? node : stack->assembly[node - stack->graph.count];
    return stack->graph.nodes[at].name;
}

static void print_link(const struct stack *stack, size_t node, bool first, FILE *to)
{
    (void)fprintf(to, "%s%s %u", first ? "" : " > ", node_name(stack, node),
                  (unsigned)stack->nodes[node].frame);
}

/* "main 24 > kernel_run 40 > ..." */
static void print_chain(const struct stack *stack, size_t from, FILE *to)
{
    bool first = true;
    for (size_t at = from; at != DEPTH_NONE; at = stack->nodes[at].next) {
        print_link(stack, at, first, to);
        first = false;
        for (size_t i = 0; i < stack->nodes[at].way_count; i++) {
            print_link(stack, stack->nodes[at].way[i], false, to);
        }
        if (stack->nodes[at].is_estimate) {
            (void)fputs(" (and all of its circle)", to);
        }
    }
}

static uint32_t depth_of(struct stack *stack, const char *function, size_t *node)
{
    *node = callgraph_find(&stack->graph, function, CALLGRAPH_NONE, false);
    if (*node == CALLGRAPH_NONE || !stack->graph.nodes[*node].is_defined) {
        findings_add(stack->findings, "stack", function, 0, "the kernel has no such function");
        return 0;
    }
    return stack->nodes[*node].depth;
}

/* A part of the kernel with a bound of its own. */
static void check_bound(struct stack *stack, const char *function, uint32_t most,
                        const char *kernel, FILE *to)
{
    size_t node;
    uint32_t depth = depth_of(stack, function, &node);
    if (depth > most) {
        findings_add(stack->findings, "stack", kernel, 0, "%s takes %u bytes, and has %u", function,
                     (unsigned)depth, (unsigned)most);
        print_chain(stack, node, to);
        (void)fputc('\n', to);
    }
}

static void check_all(struct stack *stack, const char *kernel, bool entries, FILE *to)
{
    uint32_t room =
        known_value(stack, "kernel_stack_top") - known_value(stack, "kernel_stack_bottom");
    uint32_t trap = known_value(stack, "TRAP_STACK");
    uint32_t report = known_value(stack, "REPORT_STACK");
    uint32_t handlers =
        trap + EXCEPTION_FRAME_BYTES > HANDLER_BYTES ? trap + EXCEPTION_FRAME_BYTES : HANDLER_BYTES;
    size_t start;
    uint32_t depth = depth_of(stack, "arch_reset_handler", &start);
    if (stack->findings->count > 0) {
        return;
    }
    (void)fprintf(to,
                  "Stack of the kernel: %u bytes in the deepest chain, %u for handlers; has %u\n",
                  (unsigned)depth, (unsigned)handlers, (unsigned)room);
    if (entries || depth + handlers > room) {
        print_chain(stack, start, to);
        (void)fputc('\n', to);
    }
    (void)json_object_set_new(stack->facts, "(depth)", json_integer(depth));
    if (depth + handlers > room) {
        findings_add(stack->findings, "stack", kernel, 0,
                     "the deepest chain takes %u bytes, handlers %u, and the stack has %u",
                     (unsigned)depth, (unsigned)handlers, (unsigned)room);
    }
    check_bound(stack, "kernel_resume", room - handlers, kernel, to);
    check_bound(stack, "arch_kernel_trapped", trap - TRAP_PUSH_BYTES, kernel, to);
    check_bound(stack, "arch_kernel_faulted", report - REPORT_PUSH_BYTES, kernel, to);
}

/* Functions of capsules that others enter: those that are external, or stand in an ops table, a
 * client, a deferred call. */
struct entry {
    size_t node;
    const char *capsule;
};

static int compare_entries(const void *left, const void *right, void *context)
{
    const struct stack *stack = context;
    const struct entry *a = left;
    const struct entry *b = right;
    int order = strcmp(a->capsule, b->capsule);
    return order != 0 ? order : strcmp(node_name(stack, a->node), node_name(stack, b->node));
}

static bool is_stored(const struct stack *stack, const char *name, size_t unit)
{
    for (size_t i = 0; i < stack->pointers.holder_count; i++) {
        const struct pointers_holder *holder = &stack->pointers.holders[i];
        for (size_t k = 0; k < holder->function_count; k++) {
            if (holder->functions[k].unit == unit && strcmp(holder->functions[k].name, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void print_entries(struct stack *stack, FILE *to)
{
    struct entry *entries = memory_or_exit(calloc(stack->graph.count + 1, sizeof *entries));
    size_t count = 0;
    uint32_t value;
    for (size_t i = 0; i < stack->graph.count; i++) {
        const struct callgraph_node *node = &stack->graph.nodes[i];
        size_t at = node->home - stack->first_capsule_unit;
        if (node->is_defined && !node->is_assembly && node->home >= stack->first_capsule_unit &&
            at < stack->capsule_count && symbol_value(stack, node->name, &value) &&
            (node->unit == CALLGRAPH_NONE || is_stored(stack, node->name, node->unit))) {
            entries[count++] = (struct entry){i, stack->capsules[at]};
        }
    }
    qsort_r(entries, count, sizeof *entries, compare_entries, stack);
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(to, "  %-22s %5u  ", entries[i].capsule,
                      (unsigned)stack->nodes[entries[i].node].depth);
        print_chain(stack, entries[i].node, to);
        (void)fputc('\n', to);
    }
    free(entries);
}

static void free_stack(struct stack *stack)
{
    for (size_t i = 0; i < stack->node_count; i++) {
        free(stack->nodes[i].callees);
        free(stack->nodes[i].way);
    }
    for (size_t i = 0; i < stack->option_count; i++) {
        free(stack->options[i]);
    }
    for (size_t i = 0; i < stack->capsule_count; i++) {
        free(stack->capsules[i]);
    }
    free(stack->capsules);
    free(stack->nodes);
    free(stack->assembly);
    free(stack->calls_by_register);
    json_decref(stack->facts);
    callgraph_free(&stack->graph);
    pointers_free(&stack->pointers);
    object_close(&stack->kernel);
}

void stack_check(const char *kernel, const char *inputs, const char *root, bool entries,
                 const char *facts, FILE *to, struct findings *findings)
{
    struct stack stack = {.root = root, .findings = findings, .facts = json_object()};
    const char *why = "";
    if (!object_open(&stack.kernel, kernel, OBJECT_PROGRAM, &why)) {
        findings_add(findings, "object-file", kernel, 0, "%s", why);
    } else if (board_capsules(kernel, &stack.capsules, &stack.capsule_count, findings)) {
        read_inputs(&stack, inputs);
        build(&stack);
        check_all(&stack, kernel, entries, to);
        if (entries) {
            print_entries(&stack, to);
        }
        if (facts != NULL &&
            json_dump_file(stack.facts, facts, JSON_INDENT(1) | JSON_SORT_KEYS) != 0) {
            findings_add(findings, "stack", facts, 0, "the file cannot be written");
        }
    }
    free_stack(&stack);
}
