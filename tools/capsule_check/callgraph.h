/*
 * callgraph.h - functions with their frames and calls, as the compiler wrote them down (.ci files
 * of -fcallgraph-info=su), those of a whole kernel together.
 */
#ifndef TOOLS_CAPSULE_CHECK_CALLGRAPH_H
#define TOOLS_CAPSULE_CHECK_CALLGRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/capsule_check/findings.h"

#define CALLGRAPH_NONE SIZE_MAX

/* Where a call stands in the source; line 0: the compiler made it. */
struct callgraph_place {
    char *file; /* from the root on */
    unsigned line, column;
};

struct callgraph_call {
    size_t callee; /* CALLGRAPH_NONE: through a pointer */
    struct callgraph_place place;
};

struct callgraph_node {
    char *name;
    char *label;      /* its name, in front of it "file.c:" when it is static */
    size_t unit;      /* of a static function, which .ci; CALLGRAPH_NONE: external */
    size_t home;      /* of one that is defined: in which .ci */
    bool is_defined;  /* has a frame */
    bool is_assembly; /* which machine_code.h has found */
    uint32_t frame;   /* bytes */
    struct callgraph_call *calls;
    size_t call_count, call_room;
};

struct callgraph {
    struct callgraph_node *nodes;
    size_t count, room;
    size_t unit_count;
};

/* Adds a file as the next unit. What it has wrong is in `findings` (rule stack). */
void callgraph_read(struct callgraph *graph, const char *path, const char *root,
                    struct findings *findings);
void callgraph_free(struct callgraph *graph);

/* The index of a function; made when `make`, else CALLGRAPH_NONE when there is none. */
size_t callgraph_find(struct callgraph *graph, const char *name, size_t unit, bool make);
void callgraph_add_call(struct callgraph *graph, size_t caller, size_t callee,
                        struct callgraph_place place);

/* A path as messages and other tools show it: without the root in front. */
const char *callgraph_shown(const char *path, const char *root);

#endif
