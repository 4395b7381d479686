/* The deepest chain of calls, against a search that tries all ways, over random graphs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/depth.h"

enum {
    GRAPHS = 300,
    NODES_MAX = 9,
};

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* By trying everything: no function twice on a way. */
static uint32_t deepest(const struct depth_node *nodes, size_t at, uint32_t above)
{
    uint32_t best = 0;
    for (size_t i = 0; i < nodes[at].callee_count; i++) {
        size_t callee = nodes[at].callees[i];
        if ((above & 1u << callee) == 0 && callee != at) {
            uint32_t depth = deepest(nodes, callee, above | 1u << at);
            best = depth > best ? depth : best;
        }
    }
    return best + nodes[at].frame;
}

static void agrees_with_trying_all(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (unsigned graph = 0; graph < GRAPHS; graph++) {
        struct depth_node nodes[NODES_MAX];
        size_t callees[NODES_MAX][NODES_MAX];
        size_t count = 1 + next_random(&random) % NODES_MAX;
        uint32_t sparse = 2 + next_random(&random) % 6;
        for (size_t i = 0; i < count; i++) {
            nodes[i] = (struct depth_node){.frame = 8 * (next_random(&random) % 20),
                                           .callees = callees[i]};
            for (size_t k = 0; k < count; k++) {
                if (next_random(&random) % sparse == 0) {
                    callees[i][nodes[i].callee_count++] = k;
                }
            }
        }
        depth_solve(nodes, count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(nodes[i].depth, deepest(nodes, i, 0));
            assert_false(nodes[i].is_estimate);
            free(nodes[i].way);
        }
    }
}

/* Every function of 20 may call every other: too many ways, so all frames are added up. */
static void estimates_what_is_too_much(void **state)
{
    (void)state;
    enum { COUNT = 20 };
    struct depth_node nodes[COUNT + 1];
    size_t callees[COUNT][COUNT + 1];
    for (size_t i = 0; i < COUNT; i++) {
        nodes[i] = (struct depth_node){.frame = 8, .callees = callees[i]};
        for (size_t k = 0; k <= COUNT; k++) {
            callees[i][nodes[i].callee_count++] = k;
        }
    }
    nodes[COUNT] = (struct depth_node){.frame = 100};
    depth_solve(nodes, COUNT + 1);
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(nodes[i].is_estimate);
        assert_int_equal(nodes[i].depth, COUNT * 8 + 100);
    }
    for (size_t i = 0; i <= COUNT; i++) {
        free(nodes[i].way);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_trying_all),
        cmocka_unit_test(estimates_what_is_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
