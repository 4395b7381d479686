/*
 * nine_dof.h - driver 0x60004: acceleration, for every process that asks.
 * ABI: docs/syscalls/60004_nine_dof.md.
 */
#ifndef KERNEL_CAPSULES_NINE_DOF_H
#define KERNEL_CAPSULES_NINE_DOF_H

#include "kernel/capsule/driver.h"
#include "kernel/hil/accelerometer.h"

struct nine_dof_driver {
    const struct hil_accelerometer *accelerometer; /* borrowed for ever */
    struct hil_accelerometer_client client;
};

extern const struct driver_ops nine_dof_driver_ops;

/* Becomes the client of `accelerometer`, which nobody else may use. */
void nine_dof_init(struct nine_dof_driver *driver, const struct hil_accelerometer *accelerometer);

#endif
