/* peripherals/iface/analog.h - a voltage that parts set and that the chip measures: a pin's, or the
 * supply's. */
#ifndef PERIPHERALS_IFACE_ANALOG_H
#define PERIPHERALS_IFACE_ANALOG_H

#include <stdbool.h>
#include <stdint.h>

/* Embedded by whoever listens; never allocated; lives as long as the machine. */
struct analog_listener {
    void (*changed)(void *owner, uint32_t index,
                    int32_t microvolts); /* as given to analog_listen */
    void *owner;
    uint32_t index;
    struct analog_listener *next;
};

struct analog_node {
    int32_t microvolts; /* against ground; 0 while nobody drives it */
    bool driven;        /* else the reader decides from the pin's digital level */
    struct analog_listener *listeners;
};

/* Sets the voltage; on a change every listener is called, in the order in which they joined. */
void analog_drive(struct analog_node *node, int32_t microvolts);

void analog_listen(struct analog_node *node, struct analog_listener *listener,
                   void (*changed)(void *owner, uint32_t index, int32_t microvolts), void *owner,
                   uint32_t index);

#endif
