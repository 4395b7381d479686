#include "kernel/chips/nrf52/bus.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"

/* The first `length` bytes of the buffer; none are had without one. */
static int claim(struct dma_buffer *buffer, uint32_t length, struct slice *bytes)
{
    *bytes = (struct slice){NULL, 0};
    if (length == 0) {
        return K_OK;
    }
    return buffer != NULL ? dma_buffer_claim(buffer, 0, length, bytes) : K_ESIZE;
}

static void release(struct dma_buffer *buffer, uint32_t length)
{
    if (length > 0) {
        dma_buffer_release(buffer);
    }
}

static int claim_both(struct nrf52_bus_transfer *transfer, uint32_t write_length,
                      uint32_t read_length)
{
    struct slice write = {NULL, 0}, read = {NULL, 0};
    int status = K_OK;
    if (transfer->write_buffer == transfer->read_buffer) {
        uint32_t longer = write_length > read_length ? write_length : read_length;
        status = claim(transfer->write_buffer, longer, &write);
        read = slice_part(write, 0, read_length);
    } else {
        status = claim(transfer->read_buffer, read_length, &read);
        if (status == K_OK) {
            status = claim(transfer->write_buffer, write_length, &write);
            if (status != K_OK) {
                release(transfer->read_buffer, read_length);
            }
        }
    }
    transfer->write = slice_as_const(slice_part(write, 0, write_length));
    transfer->read = read;
    return status;
}

int nrf52_bus_prepare(struct nrf52_bus_transfer *transfer, struct dma_buffer *write,
                      uint32_t write_length, struct dma_buffer *read, uint32_t read_length)
{
    if (transfer->pending) {
        return K_EBUSY;
    }
    if (write_length == 0 && read_length == 0) {
        return K_ESIZE;
    }
    transfer->write_buffer = write;
    transfer->read_buffer = read;
    return claim_both(transfer, write_length, read_length);
}

bool nrf52_bus_add(struct nrf52_bus *bus, struct nrf52_bus_transfer *transfer, const void *device,
                   const struct capsule *owner)
{
    bool was_idle = bus->first == NULL;
    transfer->device = device;
    transfer->owner = owner;
    transfer->pending = true;
    if (bus->first == transfer) {
        return true;
    }
    transfer->next = NULL;
    if (was_idle) {
        bus->first = transfer;
    } else {
        bus->last->next = transfer;
    }
    bus->last = transfer;
    return was_idle;
}

static void finish(struct nrf52_bus_transfer *transfer)
{
    if (!transfer->pending) {
        return; /* held: its buffers may be another's by now */
    }
    transfer->pending = false;
    release(transfer->write_buffer, transfer->write.length);
    release(transfer->read_buffer, transfer->read.length);
}

void nrf52_bus_remove_first(struct nrf52_bus *bus)
{
    struct nrf52_bus_transfer *transfer = bus->first;
    bus->first = transfer->next;
    finish(transfer);
}

void nrf52_bus_hold_first(struct nrf52_bus *bus)
{
    finish(bus->first);
}

bool nrf52_bus_drop_dead(struct nrf52_bus *bus)
{
    struct nrf52_bus_transfer *last = bus->first;
    if (last == NULL) {
        return false;
    }
    while (last->next != NULL) {
        struct nrf52_bus_transfer *next = last->next;
        if (guard_is_dead(next->owner)) {
            last->next = next->next;
            finish(next);
        } else {
            last = next;
        }
    }
    bus->last = last;
    return guard_is_dead(bus->first->owner);
}
