/*
 * cycle_counter.h - a counter of the processor's clock, 32 bits wide, which wraps to 0.
 */
#ifndef KERNEL_HIL_CYCLE_COUNTER_H
#define KERNEL_HIL_CYCLE_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

struct hil_cycle_counter_ops {
    PRIVATE void (*run)(void *self, bool on);
    PRIVATE uint32_t (*read)(void *self);
};

struct hil_cycle_counter {
    PRIVATE const struct hil_cycle_counter_ops *ops;
    PRIVATE void *self;
};

/* Counts from now on, or stands still; from where it was. */
static inline void hil_cycle_counter_run(BORROWED const struct hil_cycle_counter *counter, bool on)
{
    HIL_CALL(counter, run, on);
}

static inline uint32_t hil_cycle_counter_read(BORROWED const struct hil_cycle_counter *counter)
{
    return HIL_CALL(counter, read);
}

#endif
