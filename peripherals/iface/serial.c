#include "peripherals/iface/serial.h"

#include <stddef.h>

void serial_join(struct serial *serial, struct serial_end *end,
                 void (*heard)(void *owner, const struct serial_frame *frame), void *owner)
{
    struct serial_end **link = &serial->ends;
    *end = (struct serial_end){.heard = heard, .owner = owner};
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = end;
}

void serial_send(const struct serial *serial, const struct serial_end *from,
                 const struct serial_frame *frame)
{
    for (struct serial_end *end = serial->ends; end != NULL; end = end->next) {
        if (end != from) {
            end->heard(end->owner, frame);
        }
    }
}
