/*
 * temperature.h - a thermometer.
 */
#ifndef KERNEL_HIL_TEMPERATURE_H
#define KERNEL_HIL_TEMPERATURE_H

#include <stdint.h>

/* Whom to call, from the kernel's main loop, with the reading in hundredths of a degree Celsius.
 * May ask again. */
struct hil_temperature_client {
    void (*measured)(void *self, int32_t centidegrees);
    void *self;
};

struct hil_temperature_ops {
    /* Starts a measurement; `measured` follows. K_EBUSY while one is under way. */
    int (*measure)(void *self);
    /* `client` (borrowed for ever) gets the calls from now on. */
    void (*set_client)(void *self, const struct hil_temperature_client *client);
};

struct hil_temperature {
    const struct hil_temperature_ops *ops;
    void *self;
};

#endif
