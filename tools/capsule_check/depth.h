/*
 * depth.h - the deepest that calls can get from a function on: frames along the longest way on
 * which no function comes twice. A way that came back to a function would be a recursion, which
 * capsules do not have (rules recursion and up-call); it only looks possible because one field of a
 * struct type stands for all structs of that type.
 */
#ifndef TOOLS_CAPSULE_CHECK_DEPTH_H
#define TOOLS_CAPSULE_CHECK_DEPTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEPTH_NONE SIZE_MAX

/* A function: its frame, and whom it may call. */
struct depth_node {
    uint32_t frame;
    size_t *callees;
    size_t callee_count, callee_room;
    /* Found by depth_solve. */
    uint32_t depth; /* with its own frame */
    size_t *way;    /* the functions below it in the deepest chain, as far as its own circle goes */
    size_t way_count;
    size_t next;      /* and the one behind them, whose own way goes on; DEPTH_NONE: the end */
    size_t circle;    /* functions that can reach each other have the same number */
    bool is_estimate; /* a circle too large to try all ways: all of its frames were added up */
};

/* Fills in what is to be found. Owned by the caller: `way` of each node is to be freed. */
void depth_solve(struct depth_node *nodes, size_t count);

#endif
