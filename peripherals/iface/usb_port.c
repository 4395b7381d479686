#include "peripherals/iface/usb_port.h"

#include <stddef.h>

void usb_port_init(struct usb_port *port)
{
    wire_init(&port->vbus);
    wire_init(&port->pull_up);
    wire_init(&port->wake);
    port->function = NULL;
    port->has_host = false;
}
