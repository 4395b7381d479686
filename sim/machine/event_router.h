/* sim/machine/event_router.h - carries events of devices to the devices that listen to all of them
 * (PPI), without recursion: an event that is raised while another is being delivered waits its
 * turn. A guest can wire an event to itself; then delivery goes on one cycle later, so that time
 * moves. */
#ifndef SIM_MACHINE_EVENT_ROUTER_H
#define SIM_MACHINE_EVENT_ROUTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peripherals/iface/clock.h"

#define EVENT_ROUTER_DEPTH     64  /* events waiting */
#define EVENT_ROUTER_PER_CYCLE 256 /* delivered in one cycle before time moves on */

struct event_router {
    struct clock *clock;
    void (*deliver)(void *context, uint32_t event_address);
    void *context;
    uint32_t waiting[EVENT_ROUTER_DEPTH]; /* a ring */
    size_t first, count;
    bool delivering;
    uint64_t dropped; /* events that found the ring full */
    struct event later;
};

/* `deliver` is called once for each event, in order. */
void event_router_init(struct event_router *router, struct clock *clock,
                       void (*deliver)(void *context, uint32_t event_address), void *context);

/* For event_port.raised; context is the router. */
void event_router_raise(void *router, uint32_t event_address);

/* Forgets what waits. */
void event_router_reset(struct event_router *router);

#endif
