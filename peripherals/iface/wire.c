#include "peripherals/iface/wire.h"

#include <stddef.h>

void wire_init(struct wire *wire)
{
    *wire = (struct wire){.level = WIRE_FLOATING};
}

void pin_init(struct pin *pin)
{
    wire_init(&pin->out);
    wire_init(&pin->in);
    wire_init(&pin->claim);
    pin->resistor = WIRE_FLOATING;
    pin->pad = (struct wire){.level = WIRE_LOW};
    pin->detect = (struct wire){.level = WIRE_LOW};
    pin->analog = (struct analog_node){0};
}

int32_t pin_microvolts(const struct pin *pin, int32_t supply_microvolts)
{
    if (pin->out.level == WIRE_FLOATING && pin->analog.driven) {
        return pin->analog.microvolts;
    }
    return pin->pad.level == WIRE_HIGH ? supply_microvolts : 0;
}

bool pin_floats(const struct pin *pin)
{
    return pin->out.level == WIRE_FLOATING && pin->in.level == WIRE_FLOATING && !pin->analog.driven;
}

void wire_drive(struct wire *wire, enum wire_level level)
{
    if (wire->level == level) {
        return;
    }
    wire->level = level;
    for (struct wire_listener *l = wire->listeners; l != NULL; l = l->next) {
        l->changed(l->owner, l->index, level);
    }
}

void wire_listen(struct wire *wire, struct wire_listener *listener,
                 void (*changed)(void *owner, uint32_t index, enum wire_level level), void *owner,
                 uint32_t index)
{
    *listener = (struct wire_listener){.changed = changed, .owner = owner, .index = index};
    struct wire_listener **link = &wire->listeners;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = listener;
}
