/*
 * sensor.h - something that measures one number: a thermometer, a hygrometer, a light meter. Who
 * offers one says in which unit.
 */
#ifndef KERNEL_HIL_SENSOR_H
#define KERNEL_HIL_SENSOR_H

#include <stdint.h>

/* Whom to call, from the kernel's main loop. status: K_OK, or what went wrong, and `value` is 0
 * then. May ask again. */
struct hil_sensor_client {
    void (*measured)(void *self, int status, int32_t value);
    void *self;
};

struct hil_sensor_ops {
    /* Starts a measurement; `measured` follows. K_EBUSY while one is under way. */
    int (*measure)(void *self);
    /* `client` (borrowed for ever) gets the calls from now on. */
    void (*set_client)(void *self, const struct hil_sensor_client *client);
};

struct hil_sensor {
    const struct hil_sensor_ops *ops;
    void *self;
};

#endif
