/* What the flash's wait states cost: the same code with the instruction cache off (as after reset),
 * on, and off again. Prints the cycles of each. */
#include "tests/guests/bare.h"

#define DEMCR      0xE000EDFCU
#define TRCENA     (1U << 24)
#define DWT_CTRL   0xE0001000U
#define DWT_CYCCNT 0xE0001004U
#define ICACHECNF  0x4001E540U
#define ROUNDS     1000U

/* A hundred NOPs and a branch a round, on a line of flash: 13 lines and a bit. */
static uint32_t measure(void)
{
    uint32_t from = *bare_register(DWT_CYCCNT);
    uint32_t rounds = ROUNDS;
    __asm volatile(".balign 16\n"
                   "1: .rept 100\n nop\n .endr\n"
                   "subs %0, #1\n"
                   "bne.w 1b\n"
                   : "+l"(rounds)
                   :
                   : "cc");
    return *bare_register(DWT_CYCCNT) - from;
}

static void show(const char *name)
{
    uint32_t cycles = measure();
    bare_print(name);
    bare_print_hex(cycles);
    bare_print("\n");
}

void bare_main(void)
{
    *bare_register(DEMCR) |= TRCENA;
    *bare_register(DWT_CTRL) |= 1U;
    show("off ");
    *bare_register(ICACHECNF) = 1;
    show("on ");
    *bare_register(ICACHECNF) = 0;
    show("off ");
}
