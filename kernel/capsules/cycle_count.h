/*
 * cycle_count.h - driver 0x90008: cycles of the processor, counted with 64 bits. One counter, ruled
 * by the process that has started it. ABI: docs/syscalls/90008_cycle_count.md.
 */
#ifndef KERNEL_CAPSULES_CYCLE_COUNT_H
#define KERNEL_CAPSULES_CYCLE_COUNT_H

#include "kernel/capsule/driver.h"
#include "kernel/hil/cycle_counter.h"
#include "kernel/hil/delay.h"

struct cycle_count_driver {
    const struct hil_cycle_counter *counter;
    const struct hil_delay *delay;
    struct hil_delay_client client;
    struct process_id owner; /* who rules it, while it lives */
    uint64_t cycles;         /* up to `latest` */
    uint32_t latest;         /* of the counter's values */
    bool running;
};

extern const struct driver_ops cycle_count_driver_ops;

/* Becomes the delay's client: the counter is looked at before it can have wrapped unseen, which
 * takes 42 seconds at 100 MHz. */
void cycle_count_init(struct cycle_count_driver *driver, const struct hil_cycle_counter *counter,
                      const struct hil_delay *delay);

#endif
