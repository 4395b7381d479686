#include "tools/capsule_check/callgraph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/memory.h"

enum {
    LINE_BYTES = 4096,
};

#define THROUGH_POINTER "__indirect_call"

const char *callgraph_shown(const char *path, const char *root)
{
    size_t length = strlen(root);
    if (length > 0 && strncmp(path, root, length) == 0 && path[length] == '/') {
        return path + length + 1;
    }
    return strncmp(path, "./", 2) == 0 ? path + 2 : path;
}

size_t callgraph_find(struct callgraph *graph, const char *name, size_t unit, bool make)
{
    for (size_t i = 0; i < graph->count; i++) {
        if (graph->nodes[i].unit == unit && strcmp(graph->nodes[i].name, name) == 0) {
            return i;
        }
    }
    if (!make) {
        return CALLGRAPH_NONE;
    }
    graph->nodes = memory_grown(graph->nodes, graph->count, &graph->room, sizeof *graph->nodes);
    graph->nodes[graph->count] = (struct callgraph_node){.name = memory_text(name, strlen(name)),
                                                         .label = memory_text(name, strlen(name)),
                                                         .unit = unit};
    return graph->count++;
}

void callgraph_add_call(struct callgraph *graph, size_t caller, size_t callee,
                        struct callgraph_place place)
{
    struct callgraph_node *node = &graph->nodes[caller];
    node->calls =
        memory_grown(node->calls, node->call_count, &node->call_room, sizeof *node->calls);
    node->calls[node->call_count++] = (struct callgraph_call){callee, place};
}

/* The text between quotes behind `key`, cut out of the line; NULL when there is none. */
static char *quoted(char *line, const char *key)
{
    char *at = strstr(line, key);
    if (at == NULL) {
        return NULL;
    }
    at += strlen(key);
    char *end = strchr(at, '"');
    if (end == NULL) {
        return NULL;
    }
    *end = '\0';
    return at;
}

/* A static function is called "file:name" there. */
static size_t node_of(struct callgraph *graph, char *title)
{
    char *colon = strrchr(title, ':');
    if (colon == NULL) {
        return callgraph_find(graph, title, CALLGRAPH_NONE, true);
    }
    const char *slash = strrchr(title, '/');
    size_t index = callgraph_find(graph, colon + 1, graph->unit_count, true);
    free(graph->nodes[index].label);
    const char *label = slash != NULL ? slash + 1 : title;
    graph->nodes[index].label = memory_text(label, strlen(label));
    return index;
}

/* "name\nfile:line:column\n72 bytes (static)" */
static bool read_node(struct callgraph *graph, char *line)
{
    bool is_outside = strstr(line, "shape : ellipse") != NULL;
    char *label = strstr(line, "label: \"");
    char *title = quoted(line, "title: \"");
    if (title == NULL || label == NULL) {
        return false;
    }
    if (is_outside) {
        return true;
    }
    size_t index = node_of(graph, title); /* may move them */
    struct callgraph_node *node = &graph->nodes[index];
    char *size = strstr(label, " bytes (");
    if (size == NULL) {
        return false;
    }
    char *digits = size;
    while (digits[-1] >= '0' && digits[-1] <= '9') {
        digits--;
    }
    node->is_defined = true;
    node->home = graph->unit_count;
    node->frame = (uint32_t)strtoul(digits, NULL, 10);
    return strstr(size, "(static)") != NULL || strstr(size, "(dynamic,bounded)") != NULL;
}

/* "file:line:column" */
static struct callgraph_place place_of(char *label, const char *root)
{
    struct callgraph_place place = {.file = NULL};
    char *column = label != NULL ? strrchr(label, ':') : NULL;
    if (column == NULL) {
        return place;
    }
    *column = '\0';
    char *line = strrchr(label, ':');
    if (line == NULL) {
        return place;
    }
    *line = '\0';
    const char *file = callgraph_shown(label, root);
    place.file = memory_text(file, strlen(file));
    place.line = (unsigned)strtoul(line + 1, NULL, 10);
    place.column = (unsigned)strtoul(column + 1, NULL, 10);
    return place;
}

static bool read_edge(struct callgraph *graph, char *line, const char *root)
{
    char *label_at = strstr(line, "label: \"");
    char *label = label_at != NULL ? quoted(label_at, "label: \"") : NULL;
    char *to_at = strstr(line, "targetname: \"");
    char *to = to_at != NULL ? quoted(to_at, "targetname: \"") : NULL;
    char *from = quoted(line, "sourcename: \"");
    if (from == NULL || to == NULL) {
        return false;
    }
    size_t caller = node_of(graph, from);
    size_t callee = strcmp(to, THROUGH_POINTER) == 0 ? CALLGRAPH_NONE : node_of(graph, to);
    callgraph_add_call(graph, caller, callee, place_of(label, root));
    return true;
}

void callgraph_read(struct callgraph *graph, const char *path, const char *root,
                    struct findings *findings)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        findings_add(findings, "stack", path, 0, "the file cannot be read");
        return;
    }
    char line[LINE_BYTES];
    for (unsigned number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        bool is_read = strncmp(line, "node: ", 6) == 0   ? read_node(graph, line)
                       : strncmp(line, "edge: ", 6) == 0 ? read_edge(graph, line, root)
                                                         : true;
        if (!is_read) {
            findings_add(
                findings, "stack", path, number,
                "a function whose frame has no fixed size, or a line that is not understood");
        }
    }
    graph->unit_count++;
    (void)fclose(file);
}

void callgraph_free(struct callgraph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        for (size_t k = 0; k < graph->nodes[i].call_count; k++) {
            free(graph->nodes[i].calls[k].place.file);
        }
        free(graph->nodes[i].calls);
        free(graph->nodes[i].name);
        free(graph->nodes[i].label);
    }
    free(graph->nodes);
    *graph = (struct callgraph){.count = 0};
}
