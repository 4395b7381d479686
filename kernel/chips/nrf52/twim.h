/*
 * twim.h - an I2C controller with EasyDMA, TWIM0 or TWIM1. Product specification, TWIM.
 *
 * A transfer that does not come to its end (a part holds a line low, or stretches the clock for
 * more than 50 ms) ends in K_EFAIL. Then the bus is given what frees a part that was left in the
 * middle of a byte: up to nine clocks by hand until SDA is up, and a STOP; UM10204, 3.1.16.
 */
#ifndef KERNEL_CHIPS_NRF52_TWIM_H
#define KERNEL_CHIPS_NRF52_TWIM_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/chips/nrf52/bus.h"
#include "kernel/chips/nrf52/rtc_delay.h"
#include "kernel/hil/i2c.h"

/* FREQUENCY register values. */
#define NRF52_TWIM_100_KHZ 0x01980000u
#define NRF52_TWIM_400_KHZ 0x06400000u

struct nrf52_twim_config {
    uint32_t base;                 /* NRF52_TWIM0_BASE or ..1 */
    uint32_t scl_pin, sda_pin;     /* as nrf52_pin.number */
    uint32_t frequency;            /* register value, at least 100 kHz */
    struct nrf52_rtc_delay *delay; /* for the transfers' time limit; nobody else's */
};

struct nrf52_twim {
    const struct nrf52_twim_config *config;
    struct nrf52_bus bus;
    struct hil_delay_client delay_client;
};

/* A device at the bus. The board sets the first two, or, for a handle that speaks to any device,
 * `twim` and `any_address`. */
struct nrf52_twim_device {
    struct nrf52_twim *twim;
    uint8_t address;
    bool any_address;
    const struct hil_i2c_client *client;
    struct nrf52_bus_transfer transfer;
};

extern const struct hil_i2c_ops nrf52_twim_ops; /* self: struct nrf52_twim_device */

/* Takes the pins, with their pull-ups, and switches the controller on. `config` is borrowed for
 * ever. */
void nrf52_twim_init(struct nrf52_twim *twim, const struct nrf52_twim_config *config);

/* Its interrupt. self: struct nrf52_twim. */
void nrf52_twim_serve(void *self);

/* As struct nrf52_interrupt has it. */
void nrf52_twim_stop_dead(void *self);

#endif
