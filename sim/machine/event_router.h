/* sim/machine/event_router.h - carries events of devices to the devices that listen to all of them
 * (PPI), without recursion: an event that is raised while another is being delivered waits its
 * turn. A guest can wire an event to itself. After EVENT_ROUTER_AT_ONCE of them time has to move:
 * what waits is delivered one round a tick of the 16 MHz clock, as on the chip, and an event that
 * waits already is one with itself. When nothing waits any more, delivery is at once again. */
#ifndef SIM_MACHINE_EVENT_ROUTER_H
#define SIM_MACHINE_EVENT_ROUTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peripherals/iface/clock.h"

#define EVENT_ROUTER_DEPTH   64  /* events waiting */
#define EVENT_ROUTER_AT_ONCE 256 /* delivered before time moves on */

struct event_router {
    struct clock *clock;
    void (*deliver)(void *context, uint32_t event_address);
    void (*endless)(void *context);
    void *context;
    uint32_t waiting[EVENT_ROUTER_DEPTH]; /* a ring */
    size_t first, count;
    bool delivering;
    bool throttled;   /* delivering a round of events that trigger each other without end */
    uint64_t dropped; /* events that found the ring full */
    struct event later;
};

/* `deliver` is called once for each event, in order; `endless`, which may be NULL, whenever
 * delivery slows down. */
void event_router_init(struct event_router *router, struct clock *clock,
                       void (*deliver)(void *context, uint32_t event_address),
                       void (*endless)(void *context), void *context);

/* For event_port.raised; context is the router. */
void event_router_raise(void *router, uint32_t event_address);

/* The event that is delivered `nth` of the router->count that wait. */
static inline uint32_t event_router_waiting(const struct event_router *router, size_t nth)
{
    return router->waiting[(router->first + nth) % EVENT_ROUTER_DEPTH];
}

/* Forgets what waits. */
void event_router_reset(struct event_router *router);

#endif
