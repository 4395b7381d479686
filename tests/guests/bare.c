#include "tests/guests/bare.h"

#include <stdbool.h>

#define UART0_BASE    0x40002000U
#define UART_STARTTX  0x008U
#define UART_TXDRDY   0x11CU
#define UART_ENABLE   0x500U
#define UART_PSELTXD  0x50CU
#define UART_TXD      0x51CU
#define UART_BAUDRATE 0x524U
#define UART_1M       0x10000000U
#define AIRCR         0xE000ED0CU
#define AIRCR_RESET   0x05FA0004U

extern uint32_t bare_data_start[], bare_data_end[], bare_bss_start[], bare_bss_end[];
extern const uint32_t bare_data_load[];
extern uint32_t bare_stack_top[];

void bare_reset(void);
void bare_spin(void);

void bare_spin(void)
{
    for (;;) {
    }
}

#define WEAK_HANDLER __attribute__((weak, alias("bare_spin")))
WEAK_HANDLER void bare_nmi(void);
WEAK_HANDLER void bare_hardfault(void);
WEAK_HANDLER void bare_memmanage(void);
WEAK_HANDLER void bare_busfault(void);
WEAK_HANDLER void bare_usagefault(void);
WEAK_HANDLER void bare_svcall(void);
WEAK_HANDLER void bare_pendsv(void);
WEAK_HANDLER void bare_systick(void);
WEAK_HANDLER void bare_irq(void);

struct bare_vectors {
    uint32_t *stack_top;
    void (*handler[15])(void);
    void (*irq[48])(void);
};

__attribute__((section(".vectors"), used)) static const struct bare_vectors vectors = {
    .stack_top = bare_stack_top,
    .handler = {bare_reset, bare_nmi, bare_hardfault, bare_memmanage, bare_busfault,
                bare_usagefault, bare_spin, bare_spin, bare_spin, bare_spin, bare_svcall, bare_spin,
                bare_spin, bare_pendsv, bare_systick},
    .irq = {[0 ... 47] = bare_irq},
};

void bare_reset(void)
{
    const uint32_t *from = bare_data_load;
    for (uint32_t *to = bare_data_start; to < bare_data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = bare_bss_start; to < bare_bss_end; to++) {
        *to = 0;
    }
    bare_main();
    bare_halt();
}

void bare_system_reset(void)
{
    __asm volatile("dsb" ::: "memory");
    *bare_register(AIRCR) = AIRCR_RESET;
    __asm volatile("dsb" ::: "memory");
    bare_spin();
    __builtin_unreachable();
}

void bare_halt(void)
{
    for (;;) {
        __asm volatile("wfi");
    }
}

static void bare_put(char c)
{
    if (*bare_register(UART0_BASE + UART_ENABLE) == 0) {
        *bare_register(UART0_BASE + UART_PSELTXD) = 6;
        *bare_register(UART0_BASE + UART_BAUDRATE) = UART_1M;
        *bare_register(UART0_BASE + UART_ENABLE) = 4;
        *bare_register(UART0_BASE + UART_STARTTX) = 1;
    }
    *bare_register(UART0_BASE + UART_TXD) = (uint8_t)c;
    while (*bare_register(UART0_BASE + UART_TXDRDY) == 0) {
    }
    *bare_register(UART0_BASE + UART_TXDRDY) = 0;
}

void bare_print(const char *text)
{
    while (*text != '\0') {
        bare_put(*text++);
    }
}

void bare_print_hex(uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4) {
        bare_put("0123456789abcdef"[(value >> shift) & 15U]);
    }
}
