/*
 * comparator.h - driver 0x7: analogue comparators.
 * ABI: docs/syscalls/00007_analog_comparator.md.
 */
#ifndef KERNEL_CAPSULES_COMPARATOR_H
#define KERNEL_CAPSULES_COMPARATOR_H

#include "kernel/capsule/driver.h"
#include "kernel/hil/comparator.h"

struct comparator_driver {
    const struct hil_comparator *comparator; /* borrowed for ever */
    struct hil_comparator_client client;
};

extern const struct driver_ops comparator_driver_ops;

/* Becomes the client of `comparator`, which nobody else may use. */
void comparator_init(struct comparator_driver *driver, const struct hil_comparator *comparator);

#endif
