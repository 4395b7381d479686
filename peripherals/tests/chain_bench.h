/* peripherals/tests/chain_bench.h - several devices of the chip together, for tests without a CPU:
 * events go straight into PPI, and its tasks to the registers that they name.
 *
 * A test embeds struct chain_bench, fills in what env_of wants of the world, and makes the devices.
 */
#ifndef PERIPHERALS_TESTS_CHAIN_BENCH_H
#define PERIPHERALS_TESTS_CHAIN_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "peripherals/catalogue.h"

#define CHAIN_NODES_MAX 8U

struct chain_node {
    const char *compatible;
    uint32_t base; /* 0: a part */
};

struct chain_bench {
    struct clock clock;
    struct diag diag;
    struct nets nets;
    const struct chain_node *nodes;
    uint32_t count;
    const struct device_class *classes[CHAIN_NODES_MAX];
    void *devices[CHAIN_NODES_MAX];
};

static inline void chain_access(struct chain_bench *chain, uint32_t address, bool write,
                                uint32_t *value)
{
    for (uint32_t i = 0; i < chain->count; i++) {
        if (chain->nodes[i].base != 0 && (address & ~0xFFFU) == chain->nodes[i].base) {
            const struct device_class *c = chain->classes[i];
            struct bus_access a = {.offset = address & 0xFFF, .size_bytes = 4, .privileged = true};
            (void)(write ? c->write(chain->devices[i], a, *value)
                         : c->read(chain->devices[i], a, value));
        }
    }
}

static inline void chain_put(struct chain_bench *chain, uint32_t address, uint32_t value)
{
    chain_access(chain, address, true, &value);
}

static inline uint32_t chain_get(struct chain_bench *chain, uint32_t address)
{
    uint32_t value = 0;
    chain_access(chain, address, false, &value);
    return value;
}

static inline void chain_trigger(void *context, uint32_t task_address)
{
    chain_put(context, task_address, 1);
}

/* Straight into PPI, however deep in the call stack: it has to bear it. */
static inline void chain_raised(void *context, uint32_t event_address)
{
    struct chain_bench *chain = context;
    for (uint32_t i = 0; i < chain->count; i++) {
        if (chain->classes[i]->event_raised != NULL) {
            chain->classes[i]->event_raised(chain->devices[i], event_address);
        }
    }
}

static inline void chain_init(struct chain_bench *chain, const struct chain_node *nodes,
                              uint32_t count)
{
    chain->nodes = nodes;
    chain->count = count;
    clock_init(&chain->clock, 64000000);
    nets_init(&chain->nets);
}

/* Makes the device of node `index`; what `env` leaves out of clock, events, tasks and the like is
 * the chain's. */
static inline void chain_make(struct chain_bench *chain, uint32_t index, struct device_env env)
{
    const struct chain_node *node = &chain->nodes[index];
    env.name = env.name == NULL ? "device" : env.name;
    env.base = node->base;
    env.clock = &chain->clock;
    env.diag = &chain->diag;
    env.nets = &chain->nets;
    env.events = (struct event_port){.raised = chain_raised, .context = chain, .base = node->base};
    env.tasks = (struct task_port){.trigger = chain_trigger, .context = chain};
    chain->classes[index] = catalogue_find(node->compatible);
    chain->devices[index] = calloc(1, chain->classes[index]->size_bytes);
    assert_non_null(chain->devices[index]);
    assert_null(chain->classes[index]->init(chain->devices[index], &env));
}

/* Both passes of a reset, over all of them. */
static inline void chain_reset(struct chain_bench *chain)
{
    for (uint32_t i = 0; i < chain->count; i++) {
        if (chain->classes[i]->reset != NULL) {
            chain->classes[i]->reset(chain->devices[i], RESET_POWER_ON);
        }
    }
    for (uint32_t i = 0; i < chain->count; i++) {
        if (chain->classes[i]->update != NULL) {
            chain->classes[i]->update(chain->devices[i]);
        }
    }
}

static inline void chain_free(struct chain_bench *chain)
{
    for (uint32_t i = 0; i < chain->count; i++) {
        free(chain->devices[i]);
    }
}

static inline void chain_run_to(struct chain_bench *chain, uint64_t cycles)
{
    while (clock_next_due(&chain->clock) <= cycles) {
        clock_set_now(&chain->clock, clock_next_due(&chain->clock));
        clock_fire_due(&chain->clock);
    }
    clock_set_now(&chain->clock, cycles);
}

#endif
