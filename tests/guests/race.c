/* A student's race: two parts of a program count in one variable, and nothing guards it.
 *
 * TIMER0 wakes the main loop every 40 us; the loop adds 1 to `total` with a plain load, add and
 * store, and sleeps again. TIMER1's handler adds 1 to it as well, a little after each of TIMER0's
 * ticks, when the main loop is just done. On a fixed schedule the two never meet and the sum is
 * right, run after run. When interrupts come late by a microsecond or less, a handler now and then
 * lands between load and store, and what it has counted is lost.
 */
#include "tests/guests/bare.h"

#define TIMER0 0x40008000U
#define TIMER1 0x40009000U

#define TIMER_START     0x000U
#define TIMER_COMPARE0  0x140U
#define TIMER_SHORTS    0x200U
#define TIMER_INTENSET  0x304U
#define TIMER_BITMODE   0x508U
#define TIMER_PRESCALER 0x510U
#define TIMER_CC0       0x540U
#define COMPARE0_CLEAR  1U
#define COMPARE0_INT    (1U << 16)
#define BITMODE_32      3U
#define NVIC_ISER       0xE000E100U
#define TIMER0_IRQ      8U
#define TIMER1_IRQ      9U
#define ICSR            0xE000ED04U
#define PERIOD_TICKS    640U /* 40 us at 16 MHz */
#define LATER_TICKS     20U  /* 1.25 us */
#define ROUNDS          1000U

static volatile uint32_t total, woken, handled;

void bare_irq(void)
{
    uint32_t number = (*bare_register(ICSR) & 0x1FFU) - 16U;
    uint32_t base = number == TIMER0_IRQ ? TIMER0 : TIMER1;
    *bare_register(base + TIMER_COMPARE0) = 0;
    (void)*bare_register(base + TIMER_COMPARE0); /* the write has arrived */
    if (base == TIMER0) {
        woken = woken + 1;
    } else {
        *bare_register(TIMER1 + TIMER_CC0) += PERIOD_TICKS;
        total = total + 1;
        handled = handled + 1;
    }
}

static void set_up(uint32_t timer, uint32_t ticks, uint32_t shorts)
{
    *bare_register(timer + TIMER_PRESCALER) = 0;
    *bare_register(timer + TIMER_BITMODE) = BITMODE_32;
    *bare_register(timer + TIMER_CC0) = ticks;
    *bare_register(timer + TIMER_SHORTS) = shorts;
    *bare_register(timer + TIMER_INTENSET) = COMPARE0_INT;
}

void bare_main(void)
{
    set_up(TIMER0, PERIOD_TICKS, COMPARE0_CLEAR);
    set_up(TIMER1, PERIOD_TICKS + LATER_TICKS, 0);
    *bare_register(NVIC_ISER) = 1U << TIMER0_IRQ | 1U << TIMER1_IRQ;
    *bare_register(TIMER0 + TIMER_START) = 1;
    *bare_register(TIMER1 + TIMER_START) = 1;
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        while (woken < round) {
            __asm volatile("wfe");
        }
        total = total + 1; /* the race */
    }
    *bare_register(NVIC_ISER + 0x80U) = 1U << TIMER0_IRQ | 1U << TIMER1_IRQ;
    uint32_t lost = ROUNDS + handled - total;
    bare_print(lost == 0 ? "the sum is right\n" : "lost ");
    if (lost != 0) {
        bare_print_hex(lost);
        bare_print("\n");
    }
}
