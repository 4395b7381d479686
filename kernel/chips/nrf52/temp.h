/*
 * temp.h - the chip's own thermometer.
 */
#ifndef KERNEL_CHIPS_NRF52_TEMP_H
#define KERNEL_CHIPS_NRF52_TEMP_H

#include <stdbool.h>

#include "kernel/hil/sensor.h"

struct nrf52_temp {
    bool busy;
    const struct hil_sensor_client *client;
};

extern const struct hil_sensor_ops nrf52_temp_ops; /* self: struct nrf52_temp */

/* The TEMP interrupt. self: struct nrf52_temp. */
void nrf52_temp_serve(void *self);

#endif
