#include "sim/machine/event_router.h"

static void drain(struct event_router *router)
{
    router->delivering = true;
    for (int i = 0; router->count > 0 && i < EVENT_ROUTER_PER_CYCLE; i++) {
        uint32_t address = router->waiting[router->first];
        router->first = (router->first + 1) % EVENT_ROUTER_DEPTH;
        router->count--;
        router->deliver(router->context, address);
    }
    router->delivering = false;
    if (router->count > 0) {
        clock_schedule(router->clock, &router->later, clock_now(router->clock) + 1);
    }
}

static void resume(void *owner, uint64_t late_cycles)
{
    (void)late_cycles;
    drain(owner);
}

void event_router_init(struct event_router *router, struct clock *clock,
                       void (*deliver)(void *context, uint32_t event_address), void *context)
{
    *router = (struct event_router){.clock = clock, .deliver = deliver, .context = context};
    event_init(&router->later, resume, router);
}

void event_router_raise(void *self, uint32_t event_address)
{
    struct event_router *router = self;
    if (router->count == EVENT_ROUTER_DEPTH) {
        router->dropped++;
        return;
    }
    router->waiting[(router->first + router->count) % EVENT_ROUTER_DEPTH] = event_address;
    router->count++;
    if (!router->delivering && !router->later.queued) {
        drain(router);
    }
}

void event_router_reset(struct event_router *router)
{
    clock_cancel(router->clock, &router->later);
    router->count = 0;
}
