/*
 * bytes.h - little-endian numbers in memory, at any address. On the processor each is one
 * instruction, less than a call of it.
 */
#ifndef KERNEL_CORE_BYTES_H
#define KERNEL_CORE_BYTES_H

#include <stdint.h>

#include "kernel/arch/arch.h"

ARCH_IN_LINE uint32_t bytes_get_u16(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8;
}

ARCH_IN_LINE uint32_t bytes_get_u32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

ARCH_IN_LINE void bytes_put_u32(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
    at[2] = (uint8_t)(value >> 16);
    at[3] = (uint8_t)(value >> 24);
}

#endif
