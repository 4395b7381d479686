/* The memory watch unit: which loads and stores raise an event, and that its interrupt comes right
 * after the access. Prints a line for each step. */
#include "tests/guests/bare.h"

#define MWU         0x40020000U
#define WA0         (MWU + 0x100U)
#define RA0         (MWU + 0x104U)
#define PREGION0_RA (MWU + 0x164U)
#define INTENSET    (MWU + 0x304U)
#define NMIENSET    (MWU + 0x324U)
#define SUBSTATRA0  (MWU + 0x404U)
#define REGIONENSET (MWU + 0x514U)
#define REGIONENCLR (MWU + 0x518U)
#define START0      (MWU + 0x600U)
#define END0        (MWU + 0x604U)
#define SUBS0       (MWU + 0x6C8U)
#define NVIC_ISER1  0xE000E104U
#define RNG_CONFIG  0x4000D504U

static volatile uint32_t words[512];
static volatile uint32_t interrupts, seen, nmis, nmi_seen;

static uint32_t get(uint32_t address)
{
    return *bare_register(address);
}

static void set(uint32_t address, uint32_t value)
{
    *bare_register(address) = value;
}

static void say(const char *what, uint32_t value)
{
    bare_print(what);
    bare_print_hex(value);
    bare_print("\n");
}

void bare_irq(void)
{
    interrupts++;
    seen = words[8];
    set(WA0, 0);
    (void)get(WA0);
}

void bare_nmi(void)
{
    nmis++;
    nmi_seen = words[8];
}

void bare_main(void)
{
    set(START0, (uint32_t)(uintptr_t)&words[4]);
    set(END0, (uint32_t)(uintptr_t)&words[4] + 3U);
    words[4] = 1;
    say("before it is on: ", get(WA0));
    set(REGIONENSET, 3);
    words[3] = 1;
    words[5] = 1;
    say("beside it: ", get(WA0) << 4 | get(RA0));
    words[4] = 2;
    say("a store: ", get(WA0) << 4 | get(RA0));
    set(WA0, 0);
    uint32_t value = words[4];
    say("a load: ", get(WA0) << 4 | get(RA0));
    set(RA0, 0);
    *(volatile uint8_t *)((uintptr_t)&words[4] + 3U) = 0;
    say("a byte: ", get(WA0) << 4 | get(RA0));
    set(WA0, 0);
    set(INTENSET, 1);
    set(NVIC_ISER1, 1);
    set(REGIONENCLR, 2);
    for (uint32_t i = 0; i < 10; i++) {
        words[8] = i;
        words[4] = value;
        words[8] = 100;
        if (seen != i) {
            say("late: ", i);
        }
    }
    say("interrupts: ", interrupts);
    set(REGIONENCLR, 1);
    words[4] = 3;
    say("off again: ", interrupts);
    set(SUBS0, 1U << 13);
    set(REGIONENSET, 1U << 25);
    (void)get(RNG_CONFIG);
    say("a peripheral: ", get(PREGION0_RA) << 16 | get(SUBSTATRA0));
    set(REGIONENSET, 1);
    set(NMIENSET, 1);
    __asm volatile("cpsid i" ::: "memory");
    for (uint32_t i = 0; i < 10; i++) {
        words[8] = i;
        words[4] = value;
        words[8] = 100;
        if (nmi_seen != i) {
            say("late: ", i);
        }
    }
    say("not masked: ", nmis << 16 | interrupts);
    bare_print("done\n");
}
