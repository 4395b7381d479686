/* peripherals/iface/task_event.h - tasks and events of nRF peripherals, as PPI sees them: by
 * register address.
 *
 * A device that generates an event calls event_port_raise with the event register's offset, after
 * its own state (event register, shortcuts) is up to date. PPI listens and triggers tasks of other
 * devices through its task port.
 */
#ifndef PERIPHERALS_IFACE_TASK_EVENT_H
#define PERIPHERALS_IFACE_TASK_EVENT_H

#include <stddef.h>
#include <stdint.h>

struct event_port {
    void (*raised)(void *context, uint32_t event_address); /* NULL: nobody listens */
    void *context;
    uint32_t base; /* of the device that owns this port */
};

static inline void event_port_raise(const struct event_port *port, uint32_t offset)
{
    if (port->raised != NULL) {
        port->raised(port->context, port->base + offset);
    }
}

/* Triggers the task whose register has this absolute address, as a write of 1 would. Unknown
 * addresses are ignored. */
struct task_port {
    void (*trigger)(void *context, uint32_t task_address);
    void *context;
};

static inline void task_port_trigger(const struct task_port *port, uint32_t task_address)
{
    if (port->trigger != NULL) {
        port->trigger(port->context, task_address);
    }
}

#endif
