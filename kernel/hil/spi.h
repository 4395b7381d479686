/*
 * spi.h - an SPI bus as its controller sees it. Requests queue up: everyone who has a device on the
 * bus brings a request of his own. Errors are values of enum k_error.
 */
#ifndef KERNEL_HIL_SPI_H
#define KERNEL_HIL_SPI_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/gpio.h"
#include "kernel/hil/slice.h"

/* How a device wants to be spoken to. */
struct hil_spi_device {
    struct hil_gpio select; /* active low; an output that is high */
    uint32_t frequency_hz;  /* at most; the driver takes the nearest below that it has */
    bool idle_high;         /* clock polarity (CPOL) */
    bool sample_trailing;   /* clock phase (CPHA) */
};

/* One transfer under one chip select: bytes go out and come in at the same time. The shorter side
 * is filled up: 0xFF goes out, what comes in is dropped. From `transfer` until `done` it and the
 * bytes of both slices, which lie in RAM, are the driver's. */
struct hil_spi_request {
    const struct hil_spi_device *device;
    struct const_slice write; /* either may be empty */
    struct slice read;
    /* Called from the kernel's main loop, never from inside `transfer`; may ask again. */
    void (*done)(void *self);
    void *self;
    struct hil_spi_request *next; /* the driver's */
    bool pending;                 /* the driver's */
};

struct hil_spi_ops {
    /* Carries the request out, after those that came before. K_EBUSY: it is under way or waits
     * already; K_ESIZE: nothing to do, or a length that this controller cannot do. */
    int (*transfer)(void *self, struct hil_spi_request *request);
};

struct hil_spi {
    const struct hil_spi_ops *ops;
    void *self;
};

#endif
