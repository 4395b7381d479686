#include "kernel/chips/nrf52/chip.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/cortex_m/nvic.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    FICR_DEVICEID0 = 0x060,
    FICR_DEVICEID1 = 0x064,
    FICR_DEVICEADDR0 = 0x0A4,
    FICR_DEVICEADDR1 = 0x0A8,
    CLOCK_TASKS_HFCLKSTART = 0x000,
    CLOCK_TASKS_LFCLKSTART = 0x008,
    CLOCK_EVENTS_HFCLKSTARTED = 0x100,
    CLOCK_EVENTS_LFCLKSTARTED = 0x104,
    CLOCK_INTENSET = 0x304,
    CLOCK_INTENCLR = 0x308,
    CLOCK_LFCLKSRC = 0x518,
    NVMC_ICACHECNF = 0x540,
};
#define CLOCK_LFCLKSRC_XTAL    1u
#define CLOCK_INT_LFCLKSTARTED (1u << 1)
#define NVMC_ICACHECNF_CACHEEN 1u
#define IRQNS_PER_PENDING_WORD 32u
#define ADDRESS_MASK           0xFFFFFFFFFFFFu

uint64_t nrf52_device_id(void)
{
    return *nrf52_register(NRF52_FICR_BASE, FICR_DEVICEID0) |
           (uint64_t)*nrf52_register(NRF52_FICR_BASE, FICR_DEVICEID1) << 32;
}

uint64_t nrf52_device_address(void)
{
    uint64_t address = *nrf52_register(NRF52_FICR_BASE, FICR_DEVICEADDR0) |
                       (uint64_t)*nrf52_register(NRF52_FICR_BASE, FICR_DEVICEADDR1) << 32;
    return address & ADDRESS_MASK;
}

void nrf52_clocks_start(void)
{
    *nrf52_register(NRF52_NVMC_BASE, NVMC_ICACHECNF) = NVMC_ICACHECNF_CACHEEN;
    nrf52_event_clear(NRF52_CLOCK_BASE, CLOCK_EVENTS_HFCLKSTARTED);
    nrf52_event_clear(NRF52_CLOCK_BASE, CLOCK_EVENTS_LFCLKSTARTED);
    *nrf52_register(NRF52_CLOCK_BASE, CLOCK_LFCLKSRC) = CLOCK_LFCLKSRC_XTAL;
    nrf52_task(NRF52_CLOCK_BASE, CLOCK_TASKS_LFCLKSTART);
    nrf52_task(NRF52_CLOCK_BASE, CLOCK_TASKS_HFCLKSTART);
    /* A quarter of a second for the 32 kHz crystal: asleep, it costs no current. The high-frequency
     * clock is long up then. */
    *nrf52_register(NRF52_CLOCK_BASE, CLOCK_INTENSET) = CLOCK_INT_LFCLKSTARTED;
    nvic_enable(NRF52_IRQN_POWER_CLOCK);
    while (!nrf52_event_is_set(NRF52_CLOCK_BASE, CLOCK_EVENTS_LFCLKSTARTED)) {
        arch_sleep();
    }
    *nrf52_register(NRF52_CLOCK_BASE, CLOCK_INTENCLR) = CLOCK_INT_LFCLKSTARTED;
    nvic_disable(NRF52_IRQN_POWER_CLOCK);
    nvic_clear_pending(NRF52_IRQN_POWER_CLOCK);
    while (!nrf52_event_is_set(NRF52_CLOCK_BASE, CLOCK_EVENTS_HFCLKSTARTED)) {
    }
}

void nrf52_interrupts_enable(const struct nrf52_interrupts *table)
{
    for (uint32_t i = 0; i < table->count; i++) {
        if (table->rows[i].serve != NULL) {
            nvic_clear_pending(table->rows[i].irqn);
            nvic_enable(table->rows[i].irqn);
        }
    }
}

void nrf52_interrupts_stop_dead(const struct nrf52_interrupts *table)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct nrf52_interrupt *row = &table->rows[i];
        if (row->stop_dead != NULL) {
            row->stop_dead(row->self);
        }
    }
}

void nrf52_interrupts_serve(const struct nrf52_interrupts *table)
{
    /* What becomes pending meanwhile is served the next time. */
    const uint32_t pending[] = {nvic_pending(0), nvic_pending(1)};
    for (uint32_t i = 0; i < table->count; i++) {
        const struct nrf52_interrupt *row = &table->rows[i];
        uint32_t word = pending[row->irqn / IRQNS_PER_PENDING_WORD];
        if ((word >> (row->irqn % IRQNS_PER_PENDING_WORD) & 1u) != 0 && row->serve != NULL) {
            row->serve(row->self);
            /* A line that is up again, or still, pends the interrupt anew by itself. */
            nvic_clear_pending(row->irqn);
            nvic_enable(row->irqn);
        }
    }
}
