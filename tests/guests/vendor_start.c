/* What start-up code of the vendor's SDKs and of Zephyr does before main(), on either chip: looks
 * for the chip's revision, works around its errata, programs UICR and resets, and then relies on
 * clocks, counters and nested interrupts. Our own code; the addresses are those of the public
 * errata documents. It prints what it finds; tests/system/vendor_start.lua says what that has
 * to be. */
#include "tests/guests/bare.h"

#define REG(address)  (*bare_register(address))
#define FICR(offset)  REG(0x10000000U + (offset))
#define UICR(offset)  REG(0x10001000U + (offset))
#define CLOCK(offset) REG(0x40000000U + (offset))
#define NVMC(offset)  REG(0x4001E000U + (offset))
#define TIMER1        0x40009000U
#define TIMER2        0x4000A000U
#define RTC1          0x40011000U
#define GPIOTE        0x40006000U
#define PPI           0x4001F000U
#define SPIM1         0x40004000U
#define DEMCR         REG(0xE000EDFCU)
#define DWT(offset)   REG(0xE0001000U + (offset))
#define NVIC_ENABLE   REG(0xE000E100U)
#define TRCENA        (1U << 24)
#define IRQ_SPIM1     4U
#define IRQ_TIMER1    9U
#define IRQ_TIMER2    10U
#define IRQ_RTC1      17U

static volatile uint32_t low_ran, high_ran, nested, ticks;
static uint8_t received[4];
static const uint8_t sent[1] = {0x9F}; /* in flash: EasyDMA must not take it from here */

static void say(const char *what, uint32_t value)
{
    bare_print(what);
    bare_print(" ");
    bare_print_hex(value);
    bare_print("\n");
}

static uint32_t is_nrf52840(void)
{
    return FICR(0x100) == 0x52840U;
}

/* Which revision: by the part number in the core's ROM table, and by FICR. */
static void look_for_revision(void)
{
    say("part", REG(0xF0000FE0U) & 0xFFU);
    say("revision", (REG(0xF0000FE4U) & 0xFU) << 8 | (REG(0xF0000FE8U) & 0xF0U));
    say("ficr", FICR(0x130) << 16 | FICR(0x134));
}

static void work_around_errata(void)
{
    REG(0x40013540U) = (FICR(0x324) & 0x1F00U) >> 8;                      /* 12 */
    REG(0x4007C074U) = 0xBAADF00DU;                                       /* 16 */
    REG(0x4000053CU) = (FICR(0x244) & 0xE000U) >> 13;                     /* 31 */
    DEMCR &= ~TRCENA;                                                     /* 32 */
    CLOCK(0x10C) = 0;                                                     /* 36 */
    CLOCK(0x110) = 0;                                                     /* 36 */
    CLOCK(0x538) = 0;                                                     /* 36 */
    REG(0x400005A0U) = 3;                                                 /* 37 */
    REG(0x40005610U) = 5;                                                 /* 57 */
    REG(0x40005688U) = 1;                                                 /* 57 */
    REG(0x40005618U) = 0;                                                 /* 57 */
    REG(0x40005614U) = 0x3F;                                              /* 57 */
    REG(0x4000568CU) = 0x38148U;                                          /* 98 */
    REG(0x40000EE4U) = FICR(0x258) & 0x4FU;                               /* 108 */
    REG(0x40000EE4U) = (REG(0x40000EE4U) & ~0xFU) | (FICR(0x258) & 0xFU); /* 115 */
    REG(0x40000EE4U) |= 0xFU;                                             /* 217 */
    for (uint32_t i = 0; i < 6; i++) {                                    /* 66 */
        REG(0x4000C520U + 4 * i) = FICR(0x404 + 4 * i);
        REG(0x4000C540U + 4 * i) = FICR(0x41C + 4 * i);
        if (i < 5) {
            REG(0x4000C560U + 4 * i) = FICR(0x434 + 4 * i);
        }
    }
    if (is_nrf52840()) {
        REG(0x4000F518U) = 0xFB;      /* 103 */
        REG(0x40029640U) = 0x200;     /* 120 */
        REG(0x4000173CU) |= 1U << 10; /* 182 */
    }
    REG(0x40000558U) = UICR(0x208); /* APPROTECT.DISABLE */
    say("reset reasons", CLOCK(0x400));
    CLOCK(0x400) = 0xFFFFFFFFU; /* 136 */
    REG(0xE000ED88U) |= 0xFU << 20;
    __asm volatile("dsb\n isb" ::: "memory");
}

static void program_word(uint32_t offset, uint32_t value)
{
    NVMC(0x504) = 1;
    while (NVMC(0x400) == 0) {
    }
    UICR(offset) = value;
    while (NVMC(0x400) == 0) {
    }
    NVMC(0x504) = 0;
    while (NVMC(0x400) == 0) {
    }
}

/* Reset pin, NFC pins as GPIO, and the regulator's voltage where the chip has one: once, then a
 * reset, so that they count. */
static void program_uicr(void)
{
    if (UICR(0x200) == 0xFFFFFFFFU) {
        program_word(0x200, 21);
        program_word(0x204, 21);
        program_word(0x20C, UICR(0x20C) & ~1U);
        if (is_nrf52840()) {
            program_word(0x304, (UICR(0x304) & ~7U) | 5U);
        }
        bare_print("uicr is programmed\n");
        bare_system_reset();
    }
    say("pselreset", UICR(0x200));
    say("nfcpins", UICR(0x20C));
    say("regout0", UICR(0x304));
}

static void start_timer(uint32_t timer, uint32_t us)
{
    REG(timer + 0x508U) = 3;
    REG(timer + 0x540U) = us;
    REG(timer + 0x200U) = 1U << 8;
    REG(timer + 0x304U) = 1U << 16;
    REG(timer) = 1;
}

/* TIMER1's handler is under way when TIMER2's, of a higher priority, comes. */
void bare_irq(void)
{
    uint32_t exception;
    __asm volatile("mrs %0, ipsr" : "=r"(exception));
    if (exception == 16 + IRQ_TIMER1) {
        REG(TIMER1 + 0x140U) = 0;
        uint32_t before = high_ran;
        for (uint32_t i = 0; i < 100000 && high_ran == before; i++) {
        }
        nested = high_ran - before;
        low_ran++;
    } else if (exception == 16 + IRQ_TIMER2) {
        REG(TIMER2 + 0x140U) = 0;
        high_ran++;
    } else {
        REG(RTC1 + 0x140U) = 0;
        (void)REG(RTC1 + 0x140U);
        ticks++;
    }
}

static void nest_interrupts(void)
{
    REG(0xE000E408U) = 3U << 13 | 1U << 21; /* priorities of 9 and 10: IPR bytes, top three bits */
    NVIC_ENABLE = 1U << IRQ_TIMER1 | 1U << IRQ_TIMER2;
    start_timer(TIMER1, 50);
    start_timer(TIMER2, 100);
    while (low_ran == 0) {
        __asm volatile("wfe");
    }
    say("nested", nested);
}

/* The slow clock, and a tick by RTC1 as a kernel would have it. */
static void run_slow_clock(void)
{
    say("lfclkstat", CLOCK(0x418));
    REG(RTC1) = 1;
    for (volatile uint32_t i = 0; i < 5000; i++) {
    }
    say("rtc without lfclk", REG(RTC1 + 0x504U));
    CLOCK(0x518) = 1;
    CLOCK(0x008) = 1;
    while (CLOCK(0x104) == 0) {
    }
    CLOCK(0x104) = 0;
    say("lfclkstat", CLOCK(0x418));
    REG(RTC1 + 0x008U) = 1;
    REG(RTC1 + 0x540U) = 328; /* 10 ms */
    REG(RTC1 + 0x344U) = 1U << 16;
    REG(RTC1 + 0x304U) = 1U << 16;
    NVIC_ENABLE = 1U << IRQ_RTC1;
    DEMCR |= TRCENA;
    DWT(4) = 0;
    DWT(0) |= 1;
    uint32_t from = DWT(4);
    for (volatile uint32_t i = 0; i < 1000; i++) {
    }
    say("cycle counter runs", DWT(4) - from > 1000);
    while (ticks == 0) {
        __asm volatile("wfi");
    }
    say("ticks", ticks);
}

/* A single byte by SPIM as erratum 58 wants it: an edge of the clock stops it, through GPIOTE and
 * PPI. */
static void use_spim(void)
{
    static uint8_t command[1];
    command[0] = sent[0];
    REG(SPIM1 + 0x508U) = 25;
    REG(SPIM1 + 0x50CU) = 24;
    REG(SPIM1 + 0x510U) = 23;
    REG(SPIM1 + 0x524U) = 0x80000000U;
    REG(SPIM1 + 0x534U) = (uint32_t)received;
    REG(SPIM1 + 0x538U) = 1;
    REG(SPIM1 + 0x544U) = (uint32_t)command;
    REG(SPIM1 + 0x548U) = 1;
    REG(GPIOTE + 0x510U) = 1U | 25U << 8 | 3U << 16;
    REG(PPI + 0x510U) = GPIOTE + 0x100U;
    REG(PPI + 0x514U) = SPIM1 + 0x014U;
    REG(PPI + 0x504U) = 1;
    REG(SPIM1 + 0x500U) = 7;
    REG(SPIM1 + 0x010U) = 1;
    while (REG(SPIM1 + 0x118U) == 0) {
    }
    REG(PPI + 0x508U) = 1;
    REG(GPIOTE + 0x510U) = 0;
    say("spim amount", REG(SPIM1 + 0x53CU));
    REG(SPIM1 + 0x500U) = 0;
}

void bare_main(void)
{
    look_for_revision();
    work_around_errata();
    program_uicr();
    nest_interrupts();
    run_slow_clock();
    use_spim();
    bare_print("main\n");
}
