/* Programs the MPU a known number of times and is refused a known number of times, so that the
 * simulator's account can be checked: 10 reconfigurations of 3 register writes each (RNR, RBAR,
 * RASR) and a barrier; then through region 3 (RAM, privileged read-only) 4 refused writes;
 * unprivileged 2 refused reads of region 4; 1 refused fetch of region 3. */
#include "tests/guests/bare.h"

#define MPU_CTRL 0xE000ED94U
#define MPU_RNR  0xE000ED98U
#define MPU_RBAR 0xE000ED9CU
#define MPU_RASR 0xE000EDA0U
#define SHCSR    0xE000ED24U

#define TARGET_3 0x20004000U
#define TARGET_4 0x20005000U

static volatile uint32_t faults;

/* Skips the instruction that faulted: all of them here are 16 bits wide; a refused fetch goes back
 * to LR. */
__attribute__((naked)) void bare_memmanage(void)
{
    __asm volatile("tst lr, #4\n"
                   "ite eq\n"
                   "mrseq r0, msp\n"
                   "mrsne r0, psp\n"
                   "b bare_memmanage_c");
}

void bare_memmanage_c(uint32_t *frame);
void bare_memmanage_c(uint32_t *frame)
{
    volatile uint32_t *cfsr = bare_register(0xE000ED28U);
    faults++;
    if ((*cfsr & 1U) != 0) {
        frame[6] = frame[5] & ~1U;
    } else {
        frame[6] += 2;
    }
    *cfsr = 0xFFU;
}

static void configure(uint32_t region, uint32_t base, uint32_t attributes)
{
    *bare_register(MPU_RNR) = region;
    *bare_register(MPU_RBAR) = base;
    *bare_register(MPU_RASR) = attributes;
    __asm volatile("dsb\n isb" ::: "memory");
}

static void drop_privilege(void)
{
    __asm volatile("mrs r0, control\n orr r0, #1\n msr control, r0\n isb" ::: "r0", "memory");
}

void bare_main(void)
{
    *bare_register(SHCSR) = 1U << 16;
    *bare_register(MPU_CTRL) =
        5; /* ENABLE, PRIVDEFENA; no barrier of its own: joins the first reconfiguration */
    configure(0, 0x00000000U, 0x06020000U | (16U << 1) | 1U); /* flash 128 kB: read and run */
    configure(1, 0x20000000U, 0x13000000U | (15U << 1) | 1U); /* RAM 64 kB: full access */
    configure(2, 0x40000000U, 0x13000000U | (28U << 1) | 1U); /* peripherals */
    configure(3, TARGET_3, 0x15000000U | (7U << 1) | 1U); /* 256 bytes: privileged read-only, XN */
    configure(4, TARGET_4, 0x11000000U | (7U << 1) | 1U); /* 256 bytes: privileged only */
    for (uint32_t i = 0; i < 5; i++) {
        configure(7, 0x20008000U + 256U * i, 0x13000000U | (7U << 1) | 1U);
    }
    for (uint32_t i = 0; i < 4; i++) {
        __asm volatile("str %1, [%0]" ::"l"(TARGET_3 + 4 * i), "l"(i) : "memory");
    }
    ((void (*)(void))(TARGET_3 | 1U))();
    drop_privilege();
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t value;
        __asm volatile("ldr %0, [%1]" : "=l"(value) : "l"(TARGET_4 + 4 * i) : "memory");
    }
    bare_print("refused ");
    bare_print_hex(faults);
    bare_print("\n");
}
