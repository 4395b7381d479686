/* peripherals/armv7m/lane.h - bytes and halfwords of word registers (little endian). */
#ifndef PERIPHERALS_ARMV7M_LANE_H
#define PERIPHERALS_ARMV7M_LANE_H

#include <stdint.h>

#include "peripherals/iface/bus.h"

static inline uint32_t lane_shift(struct bus_access access)
{
    return 8U * (access.offset & 3U);
}

/* The bits of the word that the access covers. */
static inline uint32_t lane_mask(struct bus_access access)
{
    uint32_t bits = access.size_bytes == 4 ? 0xFFFFFFFFU : access.size_bytes == 2 ? 0xFFFFU : 0xFFU;
    return bits << lane_shift(access);
}

/* What the access reads out of the word. */
static inline uint32_t lane_read(uint32_t word, struct bus_access access)
{
    return (word & lane_mask(access)) >> lane_shift(access);
}

/* The value written, in its place in the word; 0 elsewhere. */
static inline uint32_t lane_place(uint32_t value, struct bus_access access)
{
    return (value << lane_shift(access)) & lane_mask(access);
}

static inline uint32_t lane_merge(uint32_t word, uint32_t value, struct bus_access access)
{
    return (word & ~lane_mask(access)) | lane_place(value, access);
}

#endif
