/*
 * registers.h - access to the chip's registers. Each driver names its own, with the product
 * specification's names and offsets. A task is triggered by writing 1, an event is cleared by
 * writing 0.
 */
#ifndef KERNEL_CHIPS_NRF52_REGISTERS_H
#define KERNEL_CHIPS_NRF52_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

/* Bases of the peripherals that this kernel drives, and their interrupt numbers. */
#define NRF52_CLOCK_BASE  0x40000000u
#define NRF52_UARTE0_BASE 0x40002000u
#define NRF52_GPIOTE_BASE 0x40006000u
#define NRF52_TEMP_BASE   0x4000C000u
#define NRF52_RNG_BASE    0x4000D000u
#define NRF52_RTC1_BASE   0x40011000u
#define NRF52_NVMC_BASE   0x4001E000u
#define NRF52_P0_BASE     0x50000000u

enum nrf52_irqn {
    NRF52_IRQN_POWER_CLOCK = 0,
    NRF52_IRQN_UARTE0 = 2,
    NRF52_IRQN_GPIOTE = 6,
    NRF52_IRQN_TEMP = 12,
    NRF52_IRQN_RNG = 13,
    NRF52_IRQN_RTC1 = 17,
};

static inline volatile uint32_t *nrf52_register(uint32_t base, uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(base + offset);
}

static inline bool nrf52_event_is_set(uint32_t base, uint32_t offset)
{
    return *nrf52_register(base, offset) != 0;
}

/* Reads back: the write has arrived, and the interrupt line is down, when this returns. */
static inline void nrf52_event_clear(uint32_t base, uint32_t offset)
{
    *nrf52_register(base, offset) = 0;
    (void)*nrf52_register(base, offset);
}

static inline void nrf52_task(uint32_t base, uint32_t offset)
{
    *nrf52_register(base, offset) = 1;
}

#endif
