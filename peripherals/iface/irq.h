/* peripherals/iface/irq.h - an interrupt line: a level that its device derives from its state. */
#ifndef PERIPHERALS_IFACE_IRQ_H
#define PERIPHERALS_IFACE_IRQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct irq_line {
    void (*set)(void *context, uint32_t irqn, bool level); /* NULL: the line is not connected */
    void *context;
    uint32_t irqn; /* external interrupt number: 0 is exception 16 */
};

/* Tells the level. Calling it again with the same level has no effect. */
static inline void irq_line_set(const struct irq_line *line, bool level)
{
    if (line->set != NULL) {
        line->set(line->context, line->irqn, level);
    }
}

#endif
