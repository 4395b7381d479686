#include "sim/machine/event_router.h"

#define TICK_HZ 16000000U

static void drain(struct event_router *router, size_t count_max)
{
    router->delivering = true;
    for (size_t i = 0; router->count > 0 && i < count_max; i++) {
        uint32_t address = router->waiting[router->first];
        router->first = (router->first + 1) % EVENT_ROUTER_DEPTH;
        router->count--;
        router->deliver(router->context, address);
    }
    router->delivering = false;
    if (router->count > 0) {
        uint64_t tick = router->clock->cpu_hz / TICK_HZ;
        clock_schedule(router->clock, &router->later, (clock_now(router->clock) / tick + 1) * tick);
    }
}

static void resume(void *owner, uint64_t late_cycles)
{
    struct event_router *router = owner;
    (void)late_cycles;
    router->throttled = true;
    drain(router, router->count);
    router->throttled = false;
}

void event_router_init(struct event_router *router, struct clock *clock,
                       void (*deliver)(void *context, uint32_t event_address),
                       void (*endless)(void *context), void *context)
{
    *router = (struct event_router){
        .clock = clock, .deliver = deliver, .endless = endless, .context = context};
    event_init(&router->later, resume, router);
}

static bool is_waiting(const struct event_router *router, uint32_t event_address)
{
    for (size_t i = 0; i < router->count; i++) {
        if (event_router_waiting(router, i) == event_address) {
            return true;
        }
    }
    return false;
}

void event_router_raise(void *self, uint32_t event_address)
{
    struct event_router *router = self;
    if ((router->throttled || router->later.queued) && is_waiting(router, event_address)) {
        return;
    }
    if (router->count == EVENT_ROUTER_DEPTH) {
        router->dropped++;
        return;
    }
    router->waiting[(router->first + router->count) % EVENT_ROUTER_DEPTH] = event_address;
    router->count++;
    if (!router->delivering && !router->later.queued) {
        drain(router, EVENT_ROUTER_AT_ONCE);
        if (router->later.queued && router->endless != NULL) {
            router->endless(router->context);
        }
    }
}

void event_router_reset(struct event_router *router)
{
    clock_cancel(router->clock, &router->later);
    router->count = 0;
}
