/*
 * accelerometer.h - something that measures acceleration along three axes that stand square on each
 * other. A board at rest measures 1 g upwards.
 */
#ifndef KERNEL_HIL_ACCELEROMETER_H
#define KERNEL_HIL_ACCELEROMETER_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

/* In thousandths of the earth's gravity. */
struct hil_acceleration {
    int16_t x_mg, y_mg, z_mg;
};

/* Whom to call, from the kernel's main loop. status: K_OK, or what went wrong, and all axes are 0
 * then. May ask again. */
struct hil_accelerometer_client {
    PRIVATE void (*measured)(void *self, int status, struct hil_acceleration acceleration);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_accelerometer_ops {
    PRIVATE int (*measure)(void *self);
    PRIVATE void (*set_client)(void *self, const struct hil_accelerometer_client *client);
};

struct hil_accelerometer {
    PRIVATE const struct hil_accelerometer_ops *ops;
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* of who offers it; NULL: trusted code */
};

/* Starts a measurement; `measured` follows. K_EBUSY while one is under way. */
static inline int hil_accelerometer_measure(BORROWED const struct hil_accelerometer *accelerometer)
{
    return GUARD_OP(accelerometer, measure);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void
hil_accelerometer_set_client(BORROWED const struct hil_accelerometer *accelerometer,
                             const struct hil_accelerometer_client *client)
{
    GUARD_OP_VOID(accelerometer, set_client, client);
}

/* For who offers one. NULL: nobody is told. */
static inline void
hil_accelerometer_client_measured(BORROWED const struct hil_accelerometer_client *client,
                                  int status, struct hil_acceleration acceleration)
{
    GUARD_TELL(client, measured, status, acceleration);
}

#endif
