/*
 * nvic.h - the interrupts of the chip, as its main-loop service sees them. irqn counts from 0.
 */
#ifndef KERNEL_ARCH_CORTEX_M_NVIC_H
#define KERNEL_ARCH_CORTEX_M_NVIC_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/arch/cortex_m/scs.h"

static inline void nvic_enable(uint32_t irqn)
{
    *scs(SCS_NVIC_ISER + 4u * (irqn / 32u)) = 1u << (irqn % 32u);
}

static inline void nvic_disable(uint32_t irqn)
{
    *scs(SCS_NVIC_ICER + 4u * (irqn / 32u)) = 1u << (irqn % 32u);
}

/* The pending bits of irqn 32 * word and up. */
static inline uint32_t nvic_pending(uint32_t word)
{
    return *scs(SCS_NVIC_ISPR + 4u * word);
}

static inline void nvic_clear_pending(uint32_t irqn)
{
    *scs(SCS_NVIC_ICPR + 4u * (irqn / 32u)) = 1u << (irqn % 32u);
}

#endif
