/* sim/loader/little_endian.h - numbers out of a target's bytes, on any host and at any alignment.
 */
#ifndef SIM_LOADER_LITTLE_ENDIAN_H
#define SIM_LOADER_LITTLE_ENDIAN_H

#include <stdint.h>

static inline uint32_t little_endian_u16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
}

static inline uint32_t little_endian_u32(const uint8_t *bytes)
{
    return little_endian_u16(bytes) | little_endian_u16(bytes + 2) << 16;
}

#endif
