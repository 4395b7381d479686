#include "tools/capsule_check/depth.h"

#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/memory.h"

enum {
    STEPS_MAX = 1000000, /* of the search within one circle */
};

/* Tarjan's search for circles, by an explicit stack of calls. Circles come out callees first. */
struct circles {
    struct depth_node *nodes;
    size_t *index, *low; /* 0: not seen */
    bool *is_open;
    size_t *open; /* seen, and in no circle yet */
    size_t open_count;
    size_t seen;
    size_t circle_count;
    size_t *order; /* of nodes: circle by circle */
    size_t ordered;
};

static void close_circle(struct circles *circles, size_t node)
{
    size_t member;
    do {
        member = circles->open[--circles->open_count];
        circles->is_open[member] = false;
        circles->nodes[member].circle = circles->circle_count;
        circles->order[circles->ordered++] = member;
    } while (member != node);
    circles->circle_count++;
}

static void search(struct circles *circles, size_t node)
{
    circles->index[node] = circles->low[node] = ++circles->seen;
    circles->open[circles->open_count++] = node;
    circles->is_open[node] = true;
    for (size_t i = 0; i < circles->nodes[node].callee_count; i++) {
        size_t callee = circles->nodes[node].callees[i];
        if (circles->index[callee] == 0) {
            search(circles, callee);
            if (circles->low[callee] < circles->low[node]) {
                circles->low[node] = circles->low[callee];
            }
        } else if (circles->is_open[callee] && circles->index[callee] < circles->low[node]) {
            circles->low[node] = circles->index[callee];
        }
    }
    if (circles->low[node] == circles->index[node]) {
        close_circle(circles, node);
    }
}

/* All ways within a circle from one of its functions on. */
struct ways {
    struct depth_node *nodes;
    bool *is_above;
    size_t *path;
    size_t path_count;
    size_t steps;
    size_t start;
};

static void note_if_deeper(struct ways *ways, uint32_t depth, size_t next)
{
    struct depth_node *start = &ways->nodes[ways->start];
    if (depth <= start->depth) {
        return;
    }
    start->depth = depth;
    start->next = next;
    start->way_count = ways->path_count;
    start->way = memory_or_exit(realloc(start->way, (ways->path_count + 1) * sizeof *start->way));
    memcpy(start->way, ways->path, ways->path_count * sizeof *start->way);
}

static void walk(struct ways *ways, size_t at, uint32_t above)
{
    const struct depth_node *node = &ways->nodes[at];
    uint32_t depth = above + node->frame;
    ways->is_above[at] = true;
    ways->steps++;
    note_if_deeper(ways, depth, DEPTH_NONE);
    for (size_t i = 0; i < node->callee_count && ways->steps < STEPS_MAX; i++) {
        size_t callee = node->callees[i];
        if (ways->nodes[callee].circle != node->circle) {
            note_if_deeper(ways, depth + ways->nodes[callee].depth, callee);
        } else if (!ways->is_above[callee]) {
            ways->path[ways->path_count++] = callee;
            walk(ways, callee, depth);
            ways->path_count--;
        }
    }
    ways->is_above[at] = false;
}

static void solve(struct depth_node *nodes, size_t count, size_t start, const size_t *members,
                  size_t member_count)
{
    struct ways ways = {.nodes = nodes, .start = start};
    ways.is_above = memory_or_exit(calloc(count, sizeof *ways.is_above));
    ways.path = memory_or_exit(calloc(member_count + 1, sizeof *ways.path));
    nodes[start].next = DEPTH_NONE;
    walk(&ways, start, 0);
    if (ways.steps >= STEPS_MAX) {
        uint32_t sum = 0, deepest = 0;
        for (size_t i = 0; i < member_count; i++) {
            const struct depth_node *member = &nodes[members[i]];
            sum += member->frame;
            for (size_t k = 0; k < member->callee_count; k++) {
                const struct depth_node *callee = &nodes[member->callees[k]];
                deepest = callee->circle != member->circle && callee->depth > deepest
                              ? callee->depth
                              : deepest;
            }
        }
        nodes[start].depth = sum + deepest;
        nodes[start].is_estimate = true;
    }
    free(ways.is_above);
    free(ways.path);
}

void depth_solve(struct depth_node *nodes, size_t count)
{
    struct circles circles = {.nodes = nodes};
    circles.index = memory_or_exit(calloc(count + 1, sizeof *circles.index));
    circles.low = memory_or_exit(calloc(count + 1, sizeof *circles.low));
    circles.is_open = memory_or_exit(calloc(count + 1, sizeof *circles.is_open));
    circles.open = memory_or_exit(calloc(count + 1, sizeof *circles.open));
    circles.order = memory_or_exit(calloc(count + 1, sizeof *circles.order));
    for (size_t i = 0; i < count; i++) {
        if (circles.index[i] == 0) {
            search(&circles, i);
        }
    }
    for (size_t begin = 0, end; begin < count; begin = end) {
        size_t circle = nodes[circles.order[begin]].circle;
        for (end = begin; end < count && nodes[circles.order[end]].circle == circle; end++) {
        }
        for (size_t i = begin; i < end; i++) {
            solve(nodes, count, circles.order[i], circles.order + begin, end - begin);
        }
    }
    free(circles.index);
    free(circles.low);
    free(circles.is_open);
    free(circles.open);
    free(circles.order);
}
