/* sim/machine/irq_jitter.h - interrupts that come late by an irregular but reproducible time, so
 * that a guest meets orders of events that a fixed schedule never shows.
 *
 * Stands between the devices' interrupt lines and the NVIC. When a line rises, the NVIC sees it 0
 * to `bound_cycles` later; everything else of the device (event registers, PPI, DMA) keeps its
 * time. A line that falls:
 * - after the NVIC has seen it rise: falls for the NVIC at once;
 * - before that, by the guest's own access to a device (it polled, and cleared the cause): the
 *   interrupt does not come;
 * - before that, by anything else: a pulse. It is not lost, but a second rise within the delay of
 *   the first is one interrupt with it.
 * When software clears the pending bit (ICPR, ICSR.PENDSTCLR), a pulse that is still on its way is
 * gone; a line that is high comes all the same. What software pends is not moved.
 *
 * Each delay follows from the seed, the line and how often it has risen: a line more or less
 * changes nothing for the others.
 */
#ifndef SIM_MACHINE_IRQ_JITTER_H
#define SIM_MACHINE_IRQ_JITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peripherals/iface/clock.h"
#include "peripherals/iface/irq.h"

struct irq_jitter_config {
    uint64_t seed;
    uint64_t bound_cycles; /* 0: no jitter */
};

/* Plain values: all that changes but the event. */
struct irq_jitter_state {
    uint64_t rises;
    bool level;   /* as the device has it */
    bool waiting; /* `due` is queued: a rise that the NVIC does not know yet */
    bool pulse;   /* what waits has fallen again by itself */
};

struct irq_jitter_line {
    struct irq_jitter *jitter;
    struct irq_line out; /* to the NVIC */
    struct irq_jitter_state state;
    struct event due;
};

struct irq_jitter {
    struct irq_jitter_config config;
    struct clock *clock;
    struct irq_jitter_line *lines; /* line_count of them */
    uint32_t line_count;
    bool guest_acts; /* a device is being accessed by the guest: set around each access */
};

/* `lines` has room for `line_count` and stays where it is, as does *jitter. */
void irq_jitter_init(struct irq_jitter *jitter, const struct irq_jitter_config *config,
                     struct clock *clock, struct irq_jitter_line *lines, uint32_t line_count);

/* Puts line `index` between a device and `out`; what the device gets. */
struct irq_line irq_jitter_connect(struct irq_jitter *jitter, uint32_t index, struct irq_line out);

/* The source of line `index` asks once, without a level. */
void irq_jitter_pulse(struct irq_jitter *jitter, uint32_t index);

/* Software has cleared the pending bit of line `index`. */
void irq_jitter_pending_cleared(struct irq_jitter *jitter, uint32_t index);

/* All lines are low, nothing is on its way. The delays go on where they were. */
void irq_jitter_reset(struct irq_jitter *jitter);

#endif
