/*
 * spi_controller.h - driver 0x20001: one device on an SPI bus, for one process at a time.
 * ABI: docs/syscalls/20001_spi_controller.md.
 */
#ifndef KERNEL_CAPSULES_SPI_CONTROLLER_H
#define KERNEL_CAPSULES_SPI_CONTROLLER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/driver.h"
#include "kernel/hil/spi.h"

struct spi_controller_driver {
    const struct hil_spi *spi;    /* borrowed for ever */
    struct hil_spi_device device; /* rate and mode as the owner set them */
    struct hil_spi_request request;
    struct process_id owner; /* the first that used it, until it ends */
    bool reads;              /* the transfer under way has a buffer for what comes in */
    uint32_t length;         /* of it */
    uint8_t out[ABI_SPI_CONTROLLER_MAX];
    uint8_t in[ABI_SPI_CONTROLLER_MAX];
};

extern const struct driver_ops spi_controller_driver_ops;

/* `device` is how the bus is used until an app says otherwise; its chip select is made an output.
 */
void spi_controller_init(struct spi_controller_driver *driver, const struct hil_spi *spi,
                         const struct hil_spi_device *device);

#endif
