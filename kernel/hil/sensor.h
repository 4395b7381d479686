/*
 * sensor.h - something that measures one number: a thermometer, a hygrometer, a light meter. Who
 * offers one says in which unit.
 */
#ifndef KERNEL_HIL_SENSOR_H
#define KERNEL_HIL_SENSOR_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

/* Whom to call, from the kernel's main loop. status: K_OK, or what went wrong, and `value` is 0
 * then. May ask again. */
struct hil_sensor_client {
    PRIVATE void (*measured)(void *self, int status, int32_t value);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_sensor_ops {
    PRIVATE int (*measure)(void *self);
    PRIVATE void (*set_client)(void *self, const struct hil_sensor_client *client);
};

struct hil_sensor {
    PRIVATE const struct hil_sensor_ops *ops;
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* of who offers it; NULL: trusted code */
};

/* Starts a measurement; `measured` follows. K_EBUSY while one is under way. */
static inline int hil_sensor_measure(BORROWED const struct hil_sensor *sensor)
{
    return GUARD_OP(sensor, measure);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_sensor_set_client(BORROWED const struct hil_sensor *sensor,
                                         const struct hil_sensor_client *client)
{
    GUARD_OP_VOID(sensor, set_client, client);
}

/* For who offers a sensor. NULL: nobody is told. */
static inline void hil_sensor_client_measured(BORROWED const struct hil_sensor_client *client,
                                              int status, int32_t value)
{
    GUARD_TELL(client, measured, status, value);
}

#endif
