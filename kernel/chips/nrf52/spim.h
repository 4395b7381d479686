/*
 * spim.h - an SPI controller with EasyDMA, SPIM0 to SPIM2. Product specification, SPIM.
 *
 * nRF52832's erratum 58 (a transfer that reads one byte and writes at most one clocks a second one)
 * is kept out of: longer transfers are cut so that no such piece remains, and one of just that
 * length is refused.
 */
#ifndef KERNEL_CHIPS_NRF52_SPIM_H
#define KERNEL_CHIPS_NRF52_SPIM_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/chips/nrf52/bus.h"
#include "kernel/chips/nrf52/gpio.h"
#include "kernel/hil/spi.h"

struct nrf52_spim_config {
    uint32_t base;                        /* NRF52_SPIM0_BASE and so on */
    uint32_t sck_pin, mosi_pin, miso_pin; /* as nrf52_pin.number */
};

struct nrf52_spim {
    const struct nrf52_spim_config *config;
    struct nrf52_bus bus;
    struct const_slice write_rest; /* of the transfer under way, not yet handed to the DMA */
    struct slice read_rest;
};

/* A device at the bus. The board sets the first three. */
struct nrf52_spim_device {
    struct nrf52_spim *spim;
    struct nrf52_pin *select; /* active low */
    bool holds;               /* the chip select stays active after a transfer */
    struct hil_spi_mode mode;
    const struct hil_spi_client *client;
    struct nrf52_bus_transfer transfer;
};

extern const struct hil_spi_ops nrf52_spim_ops; /* self: struct nrf52_spim_device */

/* Takes the pins and switches the controller on. `config` is borrowed for ever. */
void nrf52_spim_init(struct nrf52_spim *spim, const struct nrf52_spim_config *config);

/* Makes the device's chip select an output, high. */
void nrf52_spim_device_init(const struct nrf52_spim_device *device);

/* Its interrupt. self: struct nrf52_spim. */
void nrf52_spim_serve(void *self);

/* As struct nrf52_interrupt has it. */
void nrf52_spim_stop_dead(void *self);

#endif
