/* Vector table and the way from reset to main. The linker script names the sections' bounds. */
#include <stdint.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/cortex_m/scs.h"

extern uint32_t kernel_stack_bottom[], kernel_stack_unused_end[], kernel_stack_top[];
extern const uint32_t kernel_data_load[];
extern uint32_t kernel_data_start[], kernel_data_end[];
extern uint32_t kernel_bss_start[], kernel_bss_end[];

void arch_svc_handler(void);
void arch_pendsv_handler(void);
void arch_systick_handler(void);
void arch_interrupt_handler(void);
void arch_fault_handler(void);
_Noreturn void arch_reset_handler(void);
int main(void);

_Noreturn void arch_reset_handler(void)
{
    for (uint32_t *word = kernel_stack_bottom; word < kernel_stack_unused_end; word++) {
        *word = ARCH_STACK_PATTERN;
    }
    const uint32_t *from = kernel_data_load;
    for (uint32_t *to = kernel_data_start; to < kernel_data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = kernel_bss_start; to < kernel_bss_end; to++) {
        *to = 0;
    }
    *scs(SCS_VTOR) = 0;
    main();
    for (;;) {
    }
}

struct vector_table {
    uint32_t *stack_top;
    void (*reset)(void);
    void (*exception[14])(void);              /* exceptions 2 to 15 */
    void (*interrupt[ARCH_INTERRUPTS])(void); /* as many as the chip has */
};

static const struct vector_table vectors __attribute__((section(".vectors"), used)) = {
    .stack_top = kernel_stack_top,
    .reset = arch_reset_handler,
    .exception =
        {
            arch_fault_handler, /* 2 NMI */
            arch_fault_handler, /* 3 HardFault */
            arch_fault_handler, /* 4 MemManage */
            arch_fault_handler, /* 5 BusFault */
            arch_fault_handler, /* 6 UsageFault */
            arch_fault_handler, arch_fault_handler, arch_fault_handler,
            arch_fault_handler,  /* 7 to 10: reserved */
            arch_svc_handler,    /* 11 */
            arch_fault_handler,  /* 12 DebugMonitor */
            arch_fault_handler,  /* 13: reserved */
            arch_pendsv_handler, /* 14 */
            arch_systick_handler /* 15 */
        },
    .interrupt = {[0 ... ARCH_INTERRUPTS - 1] = arch_interrupt_handler},
};
