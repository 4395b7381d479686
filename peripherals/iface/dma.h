/* peripherals/iface/dma.h - a device's own way to memory (EasyDMA). It reaches RAM only and
 * bypasses the MPU. */
#ifndef PERIPHERALS_IFACE_DMA_H
#define PERIPHERALS_IFACE_DMA_H

#include <stdint.h>

#include "peripherals/iface/bus.h"

struct dma_port {
    /* BUS_FAULT and nothing transferred when any byte of [address, address + size) is not RAM. */
    enum bus_result (*read)(void *context, uint32_t address, void *buffer, uint32_t size_bytes);
    enum bus_result (*write)(void *context, uint32_t address, const void *buffer,
                             uint32_t size_bytes);
    void *context;
};

#endif
