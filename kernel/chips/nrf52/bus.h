/*
 * bus.h - what SPIM and TWIM have in common: the devices on a bus bring a transfer each, which are
 * carried out one after another.
 */
#ifndef KERNEL_CHIPS_NRF52_BUS_H
#define KERNEL_CHIPS_NRF52_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/slice.h"

/* A device's transfer. All zero: there is none. */
struct nrf52_bus_transfer {
    struct nrf52_bus_transfer *next;
    const void *device;                            /* whose it is */
    const struct capsule *owner;                   /* whom its device works for */
    bool pending;                                  /* under way, or in the line */
    struct dma_buffer *write_buffer, *read_buffer; /* claimed while pending; NULL: none */
    struct const_slice write;                      /* what lies in them */
    struct slice read;
};

struct nrf52_bus {
    struct nrf52_bus_transfer *first, *last; /* the first is under way or held; NULL: idle */
};

/* Claims the buffers, which may be one and the same. K_EBUSY: the device has a transfer pending, or
 * a buffer is claimed; K_ESIZE: there are no bytes, or fewer in a buffer. */
int nrf52_bus_prepare(struct nrf52_bus_transfer *transfer, struct dma_buffer *write,
                      uint32_t write_length, struct dma_buffer *read, uint32_t read_length);

/* What has been prepared for `owner` waits for its turn. True: this is it, also when it was held.
 */
bool nrf52_bus_add(struct nrf52_bus *bus, struct nrf52_bus_transfer *transfer, const void *device,
                   const struct capsule *owner);

/* The first (there is one) is over: its buffers are released. */
void nrf52_bus_remove_first(struct nrf52_bus *bus);

/* The same, but the bus stays its device's: it is first, and not pending, until that adds the next
 * or it is removed. */
void nrf52_bus_hold_first(struct nrf52_bus *bus);

/* What waits for somebody dead does so no more. True: so does the first, which stays. */
bool nrf52_bus_drop_dead(struct nrf52_bus *bus);

#endif
