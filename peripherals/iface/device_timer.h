/* peripherals/iface/device_timer.h - what a device counts and waits for, as rows of a list for
 * people. Filled from the device's state without changing it. */
#ifndef PERIPHERALS_IFACE_DEVICE_TIMER_H
#define PERIPHERALS_IFACE_DEVICE_TIMER_H

#include <stdint.h>

#include "peripherals/iface/clock.h"

struct device_timer {
    char label[16];  /* "COMPARE[0]", "overflow"; "": the counter itself, which runs */
    char effect[48]; /* what will happen, in words: "interrupt, clear"; "": nothing by itself (PPI
                        may make something of the event) */
    /* When this wait began, so far as the state tells; at most due_cycles. */
    uint64_t begun_cycles;
    /* The cycle in which it will happen if nobody changes anything before; CLOCK_NEVER: it will
     * not, and `effect` may say why. */
    uint64_t due_cycles;
    uint64_t period_cycles; /* it comes again so much later; 0: it does not, or not regularly */
    uint64_t count;         /* the counter's value now */
    uint32_t event;         /* offset of the event register that will be set; 0: none */
};

/* A task of a device, by the offset of its register. */
struct device_task {
    uint32_t offset;
    const char *name; /* "START"; NULL ends a list */
};

/* Appends `more` to a text of `size` bytes, behind ", " where there is something already. Cut when
 * it does not fit. */
void device_timer_add_words(char *text, uint32_t size, const char *more);

#endif
