/* peripherals/iface/wire.h - a pin seen from both sides.
 *
 * A pin is two wires, so that who drove it is never a guess: `out` is driven by the chip and read
 * by parts, `in` is driven by parts and read by the chip. A wire that nobody drives floats; what a
 * floating input reads is the reader's business (its pull resistor).
 */
#ifndef PERIPHERALS_IFACE_WIRE_H
#define PERIPHERALS_IFACE_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/iface/analog.h"

enum wire_level { WIRE_LOW, WIRE_HIGH, WIRE_FLOATING };

/* Embedded by whoever listens; never allocated; lives as long as the machine. */
struct wire_listener {
    void (*changed)(void *owner, uint32_t index,
                    enum wire_level level); /* `index` as given to wire_listen */
    void *owner;
    uint32_t index;
    struct wire_listener *next;
};

struct wire {
    enum wire_level level;
    struct wire_listener *listeners;
};

struct pin {
    struct wire out;
    struct wire in;
    enum wire_level resistor; /* on the board, set once by a part: the level while nobody drives
                                 the pin; stronger than the chip's own pull */
    /* Inside the chip, so that GPIO and the peripherals that share its pins need not know each
     * other. GPIO drives `pad` and `detect` and listens to `claim`. */
    struct wire claim; /* driven by the peripheral that has taken the pin over (GPIOTE in task
                          mode); floating: GPIO's OUT and DIR decide */
    struct wire pad; /* what an input buffer on the pin sees: the chip's own level, else `in`, else
                        the resistor, the pull, else low */
    struct wire detect;        /* high: the pin is part of its port's DETECT signal */
    struct analog_node analog; /* the pin's voltage, where a part drives one */
};

void wire_init(struct wire *wire); /* floating, no listeners */
void pin_init(struct pin *pin);    /* out, in and claim float; pad and detect are low */

/* The pin's voltage against ground, with a supply of so many microvolts: what the chip itself puts
 * out, else what a part drives, else the level of the pad. */
int32_t pin_microvolts(const struct pin *pin, int32_t supply_microvolts);

/* Nobody drives the pin: neither the chip, nor a part as voltage, nor a part as level. */
bool pin_floats(const struct pin *pin);

/* Sets the level; on a change every listener is called, in the order in which they joined. */
void wire_drive(struct wire *wire, enum wire_level level);

void wire_listen(struct wire *wire, struct wire_listener *listener,
                 void (*changed)(void *owner, uint32_t index, enum wire_level level), void *owner,
                 uint32_t index);

#endif
