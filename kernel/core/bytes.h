/*
 * bytes.h - little-endian numbers in memory, at any address: on the processor, which is
 * little-endian, too, each is one instruction.
 */
#ifndef KERNEL_CORE_BYTES_H
#define KERNEL_CORE_BYTES_H

#include <stdint.h>

#include "kernel/arch/arch.h"

static inline uint32_t bytes_get_u16(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8;
}

static inline uint32_t bytes_get_u32(const uint8_t *at)
{
    return ((const struct arch_word *)at)->value;
}

static inline void bytes_put_u32(uint8_t *at, uint32_t value)
{
    ((struct arch_word *)at)->value = value;
}

#endif
