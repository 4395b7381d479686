/*
 * scs.h - registers of the System Control Space, and of the unit that counts cycles, that this
 * kernel uses. Reference: ARMv7-M
 * Architecture Reference Manual, B3.
 */
#ifndef KERNEL_ARCH_CORTEX_M_SCS_H
#define KERNEL_ARCH_CORTEX_M_SCS_H

#include <stdint.h>

enum {
    SCS_DWT_CTRL = 0x1000,
    SCS_DWT_CYCCNT = 0x1004,
    SCS_SYST_CSR = 0xE010,
    SCS_SYST_RVR = 0xE014,
    SCS_SYST_CVR = 0xE018,
    SCS_NVIC_ISER = 0xE100,
    SCS_NVIC_ICER = 0xE180,
    SCS_NVIC_ISPR = 0xE200,
    SCS_NVIC_ICPR = 0xE280,
    SCS_NVIC_IPR = 0xE400,
    SCS_ICSR = 0xED04,
    SCS_VTOR = 0xED08,
    SCS_AIRCR = 0xED0C,
    SCS_SHPR1 = 0xED18, /* MemManage, BusFault, UsageFault: bytes 0-2 */
    SCS_SHPR2 = 0xED1C, /* SVCall: byte 3 */
    SCS_SHPR3 = 0xED20, /* DebugMonitor, -, PendSV, SysTick */
    SCS_SHCSR = 0xED24,
    SCS_CFSR = 0xED28,
    SCS_HFSR = 0xED2C,
    SCS_MMFAR = 0xED34,
    SCS_BFAR = 0xED38,
    SCS_CPACR = 0xED88,
    SCS_MPU_CTRL = 0xED94,
    SCS_DEMCR = 0xEDFC,
    SCS_FPCCR = 0xEF34,
};

#define SCS_BASE 0xE0000000u

static inline volatile uint32_t *scs(uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(SCS_BASE + offset);
}

#endif
