#include "peripherals/iface/analog.h"

#include <stddef.h>

void analog_drive(struct analog_node *node, int32_t microvolts)
{
    if (node->driven && node->microvolts == microvolts) {
        return;
    }
    node->driven = true;
    node->microvolts = microvolts;
    for (struct analog_listener *l = node->listeners; l != NULL; l = l->next) {
        l->changed(l->owner, l->index, microvolts);
    }
}

void analog_listen(struct analog_node *node, struct analog_listener *listener,
                   void (*changed)(void *owner, uint32_t index, int32_t microvolts), void *owner,
                   uint32_t index)
{
    *listener = (struct analog_listener){.changed = changed, .owner = owner, .index = index};
    struct analog_listener **link = &node->listeners;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = listener;
}
