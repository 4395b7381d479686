/*
 * registers.h - access to the chip's registers. Each driver names its own, with the product
 * specification's names and offsets. A task is triggered by writing 1, an event is cleared by
 * writing 0.
 */
#ifndef KERNEL_CHIPS_NRF52_REGISTERS_H
#define KERNEL_CHIPS_NRF52_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

/* How the chips of the family differ, as far as drivers care; the build says it for each image.
 *   NRF52_PORTS            GPIO ports: 1 (nRF52832) or 2 (nRF52840)
 *   NRF52_DMA_COUNT_BITS   width of EasyDMA's MAXCNT registers: 8 (nRF52832) or 16 (nRF52840)
 *   NRF52_ERRATUM_58       1: SPIM clocks a byte too many when it reads one (nRF52832)
 *   NRF52_TXPOWER_ABOVE_0  the radio's powers above 0 dBm, bit n for n dBm
 *   NRF52_PARTIAL_ERASE    1: a page of flash can be erased in pieces of time (nRF52840) */
#define NRF52_DMA_MAX_BYTES ((1u << NRF52_DMA_COUNT_BITS) - 1u)

/* A pin's number: P0.n is n, P1.n is NRF52_P1(n); what PSEL registers want, too. */
#define NRF52_PINS_PER_PORT 32u
#define NRF52_P1(n)         (NRF52_PINS_PER_PORT + (n))

/* Bases of the peripherals that this kernel drives, and their interrupt numbers. */
#define NRF52_FICR_BASE   0x10000000u
#define NRF52_UICR_BASE   0x10001000u
#define NRF52_CLOCK_BASE  0x40000000u
#define NRF52_POWER_BASE  0x40000000u
#define NRF52_RADIO_BASE  0x40001000u
#define NRF52_UARTE0_BASE 0x40002000u
#define NRF52_UARTE1_BASE 0x40028000u
#define NRF52_SPIM0_BASE  0x40003000u
#define NRF52_TWIM0_BASE  0x40003000u
#define NRF52_SPIM1_BASE  0x40004000u
#define NRF52_TWIM1_BASE  0x40004000u
#define NRF52_GPIOTE_BASE 0x40006000u
#define NRF52_SAADC_BASE  0x40007000u
#define NRF52_TIMER1_BASE 0x40009000u
#define NRF52_TEMP_BASE   0x4000C000u
#define NRF52_RNG_BASE    0x4000D000u
#define NRF52_ECB_BASE    0x4000E000u
#define NRF52_RTC1_BASE   0x40011000u
#define NRF52_COMP_BASE   0x40013000u
#define NRF52_PWM0_BASE   0x4001C000u
#define NRF52_NVMC_BASE   0x4001E000u
#define NRF52_PPI_BASE    0x4001F000u
#define NRF52_SPIM2_BASE  0x40023000u
#define NRF52_USBD_BASE   0x40027000u
#define NRF52_QSPI_BASE   0x40029000u
#define NRF52_P0_BASE     0x50000000u
#define NRF52_P1_BASE     0x50000300u

enum nrf52_irqn {
    NRF52_IRQN_POWER_CLOCK = 0,
    NRF52_IRQN_RADIO = 1,
    NRF52_IRQN_UARTE0 = 2,
    NRF52_IRQN_UARTE1 = 40,
    NRF52_IRQN_TWIM0 = 3,
    NRF52_IRQN_SPIM0 = 3,
    NRF52_IRQN_TWIM1 = 4,
    NRF52_IRQN_SPIM1 = 4,
    NRF52_IRQN_GPIOTE = 6,
    NRF52_IRQN_SAADC = 7,
    NRF52_IRQN_TEMP = 12,
    NRF52_IRQN_RNG = 13,
    NRF52_IRQN_ECB = 14,
    NRF52_IRQN_RTC1 = 17,
    NRF52_IRQN_COMP = 19,
    NRF52_IRQN_SPIM2 = 35,
    NRF52_IRQN_USBD = 39,
    NRF52_IRQN_QSPI = 41,
};

static inline volatile uint32_t *nrf52_register(uint32_t base, uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(base + offset);
}

/* The registers of a pin's port: offsets are those of P0. */
static inline uint32_t nrf52_port_base(uint32_t pin_number)
{
    bool second = NRF52_PORTS > 1 && pin_number >= NRF52_PINS_PER_PORT;
    return second ? NRF52_P1_BASE : NRF52_P0_BASE;
}

/* The pin's place in its port. */
static inline uint32_t nrf52_pin_index(uint32_t pin_number)
{
    return NRF52_PORTS > 1 ? pin_number % NRF52_PINS_PER_PORT : pin_number;
}

static inline uint32_t nrf52_pin_bit(uint32_t pin_number)
{
    return 1u << nrf52_pin_index(pin_number);
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
