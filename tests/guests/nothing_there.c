/* Touches what does not exist on the chip and prints what it gets: CFSR and BFAR, each time; then
 * it locks up, by a fault in HardFault. */
#include "tests/guests/bare.h"

#define SHCSR 0xE000ED24U
#define CFSR  0xE000ED28U
#define BFAR  0xE000ED38U

__attribute__((naked)) void bare_busfault(void)
{
    __asm volatile("mov r0, sp\n b bare_busfault_c");
}

void bare_busfault_c(uint32_t *frame);
void bare_busfault_c(uint32_t *frame)
{
    bare_print("busfault ");
    bare_print_hex(*bare_register(CFSR));
    bare_print(" ");
    bare_print_hex(*bare_register(BFAR));
    bare_print("\n");
    *bare_register(CFSR) = *bare_register(CFSR);
    frame[6] += 2; /* the loads below are 16 bits wide */
}

void bare_hardfault(void)
{
    bare_print("hardfault\n");
    __asm volatile("udf #0");
}

static void load(uint32_t address)
{
    uint32_t value;
    __asm volatile("ldr %0, [%1]" : "=l"(value) : "l"(address) : "memory");
}

void bare_main(void)
{
    *bare_register(SHCSR) = 1U << 17;
    load(0x30000000U); /* between RAM and the peripherals */
    load(0x20010000U); /* the first byte behind 64 kB of RAM */
    load(0x60000000U); /* external RAM, of which there is none */
    bare_print("done\n");
    __asm volatile(
        "udf #0"); /* UsageFault is not enabled: HardFault, and there the next one: lockup */
}
