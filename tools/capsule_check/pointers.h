/*
 * pointers.h - who can be behind a function pointer: for each place that calls through one, the
 * functions that the sources of a kernel store where it takes the pointer from. A struct's field is
 * one place for all structs of that type.
 */
#ifndef TOOLS_CAPSULE_CHECK_POINTERS_H
#define TOOLS_CAPSULE_CHECK_POINTERS_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/capsule_check/findings.h"

/* A function, as in callgraph.h. */
struct pointers_function {
    char *name;
    size_t unit;
};

/* What can hold a pointer: a field, a parameter, a variable. */
struct pointers_holder {
    char *key;  /* what tells it from others */
    char *name; /* for people: "hil_uart_ops.transmit" */
    struct pointers_function *functions;
    size_t function_count, function_room;
    size_t *holders; /* what they hold it may hold, too */
    size_t holder_count, holder_room;
    bool is_visited; /* by pointers_behind */
};

/* A place in the source that calls, or hands to a function, what a holder holds. */
struct pointers_site {
    char *file; /* from the root on */
    unsigned line, column;
    char *callee;  /* NULL: the call itself goes through the pointer; else the external function */
    size_t holder; /* a holder of its own */
};

struct pointers {
    struct pointers_holder *holders;
    size_t holder_count, holder_room;
    struct pointers_site *sites;
    size_t site_count, site_room;
    struct pointers_function *escaped; /* turned into numbers; entered in ways of their own */
    size_t escaped_count, escaped_room;
};

/* Adds the facts of one source: parsed with `options`, as unit `unit`. What cannot be followed is
 * in `findings` (rule stack). */
void pointers_read(struct pointers *pointers, const char *path, const char *const *options,
                   size_t option_count, const char *root, size_t unit, struct findings *findings);
void pointers_free(struct pointers *pointers);

/* Calls `each` for every function behind the sites at this place (`callee` as in pointers_site);
 * when none stands at the column, those of the line. False when there is no site. */
typedef void pointers_visitor(const struct pointers_function *function, void *context);
bool pointers_behind(struct pointers *pointers, const char *file, unsigned line, unsigned column,
                     const char *callee, pointers_visitor *each, void *context);

#endif
