/*
 * flash_mux.h - one flash for several users. Each gets a port, which is a `struct hil_flash` like
 * the flash itself and as large as its part of it: nobody reaches another's bytes.
 *
 * An operation of one port at a time, ports in turn; each has one at most, under way or waiting.
 * Bytes go between the flash and the user's own buffer, which the port holds meanwhile.
 */
#ifndef KERNEL_CAPSULES_FLASH_MUX_H
#define KERNEL_CAPSULES_FLASH_MUX_H

#include <stdint.h>

#include "kernel/capsule/deferred.h"
#include "kernel/hil/flash.h"

struct flash_mux;

enum flash_mux_operation {
    FLASH_MUX_NONE,
    FLASH_MUX_READ,
    FLASH_MUX_PROGRAM,
    FLASH_MUX_ERASE,
};

/* The user sees `flash` only. */
struct flash_mux_port {
    struct hil_flash flash;
    struct flash_mux *mux;
    struct flash_mux_port *next; /* in the ring of all ports */
    const struct hil_flash_client *client;
    uint32_t first_address; /* of its part */
    enum flash_mux_operation operation;
    uint32_t address, length;  /* of the operation, in the flash */
    struct dma_buffer *buffer; /* NULL for an erase */
};

struct flash_mux {
    const struct hil_flash *flash; /* borrowed for ever */
    struct hil_flash_client client;
    struct deferred_call deferred;
    struct flash_mux_port *last;   /* a ring: last->next is the first; NULL: no ports */
    struct flash_mux_port *active; /* whose operation is under way; NULL: nobody's */
    struct flash_mux_port *turn;   /* who is asked first; NULL: the first */
};

/* Becomes the client of `flash`, which nobody else may use. */
void flash_mux_init(struct flash_mux *mux, const struct hil_flash *flash);

/* Adds a port over [first_address, first_address + size_bytes), for ever. At start only. Parts are
 * whole sectors and do not overlap; one that does not lie in the flash has no bytes. */
void flash_mux_add_port(struct flash_mux *mux, struct flash_mux_port *port, uint32_t first_address,
                        uint32_t size_bytes);

#endif
